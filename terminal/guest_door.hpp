// Where other `duet` commands of the same user come to, while this process holds the profile.
//
// Each guest gives one order, which becomes an errand among ours; its words go back over the socket.

#pragma once

#include "doors/json_value.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "terminal/errands.hpp"
#include "terminal/profile.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace duet {

class GuestDoor final : AcceptorHandler, ConnectionHandler {
public:
    /// All are lent. Without a place to meet nobody comes, and why is in the log.
    GuestDoor(Loop& loop, Connections& connections, Errands& errands, Client& client,
        Profile const& profile);
    ~GuestDoor();
    GuestDoor(GuestDoor const&) = delete;
    GuestDoor& operator=(GuestDoor const&) = delete;

    /// What guests have ordered is begun, if they are still there. Before that they are told so, and that
    /// has left this process: whoever was not told can rely on it that nothing was done.
    void begin_orders();

    /// An errand is over: if it is a guest's, they are told, and it is dropped.
    void finished(Errands::Id id);

private:
    class Guest;

    void open(Loop& loop);
    void accepted(Socket socket) override;
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { } // errands look for themselves whether there is room

    bool take_line(Guest& guest, std::string_view line);
    bool take_order(Guest& guest, JsonObject const& object);
    static bool take_typed(Guest& guest, JsonObject const& object);
    void hand_over_lines(Guest& guest);
    void let_go(ConnectionId id);

    Connections& connections_;
    Errands& errands_;
    Client& client_;
    JsonReader reader_;
    std::vector<MeetingPlace> places_; // outlive the acceptor, whose paths go through them
    std::optional<Acceptor> acceptor_;
    std::map<std::uint32_t, std::unique_ptr<Guest>> guests_; // by their connections' slots
};

} // namespace duet
