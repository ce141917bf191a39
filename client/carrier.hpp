// What lies under a client's face: its machine, and whoever carries its bytes to the server and back.
//
// A carrier has at most one connection at a time, in a Connections that is lent to it. How it comes by one
// is the matter of those who derive from it: a client of its own dials (client.cpp), and one that talks
// directly is given what others have made (direct/).

#pragma once

#include "client/duet.hpp"
#include "client/happening.hpp"
#include "client/machine.hpp"
#include "net/connections.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet {

class Carrier : protected ConnectionHandler {
public:
    /// `connections` and `handler` are lent.
    Carrier(std::unique_ptr<Machine> machine, Connections& connections, ClientHandler& handler);
    virtual ~Carrier() = default;
    Carrier(Carrier const&) = delete;
    Carrier& operator=(Carrier const&) = delete;

    // What Client::turn and so on do

    virtual void turn(std::chrono::milliseconds at_most) = 0;
    [[nodiscard]] virtual int descriptor() const = 0;
    [[nodiscard]] virtual std::optional<MonotonicTime> next_deadline() const;

    /// After a call of the user's: what it has to send leaves at once.
    void push();
    std::uint64_t ask(Request::Body body);

    // How the user is to see what the device knows. As it is, unless somebody else says otherwise.

    [[nodiscard]] virtual Message shown(Message message) const { return message; }
    [[nodiscard]] virtual Contact shown(Contact contact) const { return contact; }
    [[nodiscard]] virtual std::vector<Message> outbox() const { return machine_->file().outbox(); }
    [[nodiscard]] virtual Connectedness connectedness() const { return machine_->connectedness(); }
    [[nodiscard]] virtual std::string const& you() const { return machine_->data().you; }
    [[nodiscard]] virtual std::string const& server() const { return machine_->file().server(); }

    /// The handle of whom the user calls so.
    [[nodiscard]] virtual std::string handle_of(std::string const& person) const { return person; }

    [[nodiscard]] Machine& machine() const { return *machine_; }
    [[nodiscard]] static Now now();

protected:
    /// From here on this is the connection. There is none before. With TLS it is secured by now.
    void begin(ConnectionId connection);

    /// What is told of it comes here, and what of it was not used is told first.
    void take_over(ConnectionId connection) { connections_.hand_over(connection, *this); }

    /// Nothing more will be said on it.
    void finish_sending() { connections_.finish_sending(connection_); }

    /// It is no more, or could not be made.
    void end(std::string const& words);

    /// What a turn does behind the waiting: time passes, what came is settled, sent and told.
    /// Gives   whether it is time to connect.
    bool act();

    virtual void tell(Happening const& happening);
    [[nodiscard]] ClientHandler& handler() const { return handler_; }
    [[nodiscard]] ConnectionId connection() const { return connection_; }

    // from the connection
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { }

private:
    void send_output();
    void leave_if_must();
    void tell_all();

    std::unique_ptr<Machine> machine_;
    Connections& connections_;
    ClientHandler& handler_;
    ConnectionId connection_;
    bool is_in_turn_ = false;
};

} // namespace duet
