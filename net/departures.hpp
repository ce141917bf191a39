// Connections on their way out: each has been told its last word.
//
// To close a socket at once would reset it when the other side has said anything, and the word would
// be lost. So the word is followed by a half-close, what still comes is thrown away, and the socket
// closes when the other side does, after limits::drain_silence_max at the latest. When
// limits::departures_max are on their way, the one who has been longest goes first.

#pragma once

#include "net/connections.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <deque>
#include <string_view>

namespace duet {

class Departures final : ConnectionHandler, TimerHandler {
public:
    Departures(Loop& loop, Connections& connections);
    ~Departures();
    Departures(Departures const&) = delete;
    Departures& operator=(Departures const&) = delete;

    /// Tells `last_word` (which may be empty) to a caller, and shows them out.
    void show_out(Socket socket, std::string_view last_word);

    /// The same for a connection that was somebody's: its handler is told nothing more. One that has
    /// finished sending has had its last word already.
    void show_out(ConnectionId id, std::string_view last_word);

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
    void close_longest_leaving();
    void start_timer();

    Loop& loop_;
    Connections& connections_;
    std::deque<Leaving> leaving_; // in the order of their times; some have left already
    TimerId timer_;
    bool timer_runs_ = false;
};

} // namespace duet
