// Callers who cannot be served: each is told one thing and shown out.
//
// To close a socket at once would reset it when the caller has said anything, and the word would be
// lost. So the word is followed by a half-close, what the caller says is thrown away, and the socket
// closes when the caller does, after limits::drain_silence_max at the latest. When
// limits::busy_callers_max are on their way out, the one who has been longest goes first.

#pragma once

#include "net/connections.hpp"
#include "net/loop.hpp"

#include <cstdint>
#include <deque>
#include <string_view>

namespace duet {

class Refusals final : ConnectionHandler, TimerHandler {
public:
    Refusals(Loop& loop, Connections& connections);
    ~Refusals();
    Refusals(Refusals const&) = delete;
    Refusals& operator=(Refusals const&) = delete;

    /// Tells `words` to the caller, and shows them out.
    void refuse(Socket socket, std::string_view words);

private:
    struct Leaving {
        ConnectionId id;
        MonotonicTime until;
    };

    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId id) override;
    void due(Tag tag) override;
    void start_timer();

    Loop& loop_;
    Connections& connections_;
    std::deque<Leaving> leaving_; // in the order of their times; some have left already
    TimerId timer_;
    bool timer_runs_ = false;
};

} // namespace duet
