// The client's side of a talk with one partner, whoever of the two is the scribe.
//
// It is given connections: to the partner, or, where we are the scribe, to the server inside of ourselves.
// The user sees one and the same thing: a person who is there or not, called as they are called here, and
// for each line how far it has got. Where we are the scribe a line that lies in our own store has not gone
// anywhere yet: it is `waiting` until the partner's device has it.

#pragma once

#include "client/carrier.hpp"

#include <optional>
#include <string>
#include <vector>

namespace duet {

/// How both are called, on the wire and here.
struct TalkNames {
    std::string own_handle;
    std::string own_name;
    std::string partners_handle;
    std::string partners_name;
};

class PartnerCarrier final : public Carrier {
public:
    /// `loop` is where the connections are.
    PartnerCarrier(std::unique_ptr<Machine> machine, Loop& loop, Connections& connections,
        ClientHandler& handler, TalkNames names, bool we_are_scribe);

    /// From here on this is the connection. One that was there before is dropped: all can go on on this.
    void give(ConnectionId connection);

    [[nodiscard]] bool has_connection() const { return connection() != ConnectionId {}; }

    /// The partner could not be reached, or has left; `words` say why.
    void note_away(std::string const& words);

    /// We leave, in order: it is told behind all that was said.
    void take_leave() { finish_sending(); }

    /// True once after a connection has ended, and whether the partner ended it in order.
    struct Departure {
        bool in_order;
    };
    std::optional<Departure> take_departure() { return std::exchange(departure_, std::nullopt); }

    void turn(std::chrono::milliseconds at_most) override;
    [[nodiscard]] int descriptor() const override { return loop_.descriptor(); }
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const override;

    [[nodiscard]] Message shown(Message message) const override;
    [[nodiscard]] Contact shown(Contact contact) const override;
    [[nodiscard]] std::vector<Message> outbox() const override;
    [[nodiscard]] Connectedness connectedness() const override;
    [[nodiscard]] std::string const& you() const override { return names_.own_name; }
    [[nodiscard]] std::string const& server() const override { return names_.partners_name; }
    [[nodiscard]] std::string handle_of(std::string const& person) const override;

private:
    void tell(Happening const& happening) override;
    void tell_connection(ConnectionMoved const& moved);
    void tell_presence(Presence const& presence);
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    [[nodiscard]] std::string name_of(std::string const& handle) const;
    [[nodiscard]] bool was_replaced_by_ourselves(Happening const& happening) const;

    Loop& loop_;
    TalkNames const names_;
    bool const we_are_scribe_;
    bool is_partner_here_ = false; // where we are the scribe
    std::optional<Departure> departure_;
    MonotonicTime given_at_ {}; // when a connection took another's place
};

} // namespace duet
