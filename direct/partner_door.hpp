// Everybody whom our own scribe serves, between the wire and the core.
//
// They are devices whose identities are known before they come here, and all of them speak lines of JSON.
// A connection's id is its session's, as in server/guests.hpp.

#pragma once

#include "core/chat.hpp"
#include "doors/json.hpp"
#include "net/connections.hpp"
#include "net/departures.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace duet {

class PartnerDoor final : ConnectionHandler {
public:
    /// All are lent. What follows from what is said here goes into `outbox`.
    PartnerDoor(Loop& loop, Connections& connections, Chat& chat, Outbox& outbox);

    /// A device is at the other end of this connection; what came and was not used is heard first.
    void adopt(ConnectionId id);

    /// One who is here no more.
    struct Departure {
        ConnectionId id;
        bool in_order; // it said that it leaves; otherwise the connection broke, or we let it go
    };
    std::vector<Departure> take_departures() { return std::exchange(gone_, {}); }

    /// From here on nothing more is heard: it is said again another time.
    void stop_listening() { is_listening_ = false; }

    /// Says to everybody what the outbox holds, in order, and empties it.
    void deliver();

    [[nodiscard]] static Now now();

private:
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { }

    void hear(ConnectionId id, Bytes line);
    void say(Outgoing const& outgoing);
    void forget(ConnectionId id, bool in_order);
    [[nodiscard]] bool has(ConnectionId id) const;
    [[nodiscard]] Bytes exporter_of(ConnectionId id);

    Connections& connections_;
    Chat& chat_;
    Outbox& outbox_;
    Departures departures_;
    JsonDoor json_;
    std::map<std::uint32_t, std::uint32_t> here_; // the connections' generations by their slots
    std::vector<Departure> gone_;
    std::string text_; // being put together, kept for its memory
    bool is_listening_ = true;
};

} // namespace duet
