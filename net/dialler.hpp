// Reaches one of several addresses: the first that answers.
//
// As RFC 8305 ("Happy Eyeballs", section 5) has it: the addresses are tried in the order given, the
// next one limits::connect_attempt_delay after the last or as soon as one has failed, while those
// under way go on. The first to connect wins, all others are dropped. So a machine whose IPv6 leads
// nowhere is reached a quarter of a second later, not after a minute.

#pragma once

#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/socket.hpp"

#include <optional>
#include <vector>

namespace duet {

class DiallerHandler {
public:
    /// One has answered.
    virtual void reached(Socket socket) = 0;

    /// None has, within limits::connect_time_max. `errors` has one for each address, in the order in
    /// which they failed; those that never answered timed out.
    virtual void not_reached(std::vector<SocketError> const& errors) = 0;

protected:
    ~DiallerHandler() = default;
};

class Dialler final : Watcher, TimerHandler {
public:
    Dialler(Loop& loop, DiallerHandler& handler);
    ~Dialler();
    Dialler(Dialler const&) = delete;
    Dialler& operator=(Dialler const&) = delete;

    /// Begins, with at least one address. The handler is told once, maybe before this returns.
    void dial(std::vector<Address> addresses);

private:
    struct Attempt {
        Socket socket;
        WatchId watch;
    };

    void ready(Tag tag, Ready what) override; // tag: the attempt's index
    void due(Tag tag) override;
    void try_next();
    void succeed(Socket socket);
    void stop();

    Loop& loop_;
    DiallerHandler& handler_;
    std::vector<Address> addresses_;
    std::vector<std::optional<Attempt>> attempts_; // by address; none: not begun, or has failed
    std::vector<SocketError> errors_;
    TimerId next_timer_;
    TimerId end_timer_;
};

} // namespace duet
