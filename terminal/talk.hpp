// One plain talk: a connection and a console, joined until one of the two ends it.
//
// Both directions run at any time and each has its own end. A talk goes through three stages:
//
//   talking   lines both ways. Half of it may be over: our input's end half-closes, the other side's
//             end closes our output. At a keyboard each of the two ends the talk.
//   draining  it is over for us (`quit` from either side, Ctrl-C, an end as above, a broken rule).
//             Nothing more is read from the console. What was said still leaves; what the other side
//             had said before it knew is still shown; then both ends are closed. Only this stage is
//             timed: limits::drain_silence_max without a byte, limits::drain_time_max in all, since
//             some peers (netcat) do not leave when we do.
//   over      the connection is closed, and everything that may not have arrived has been told.
//
// While bytes are under way, Doubt looks once a second whether they arrive.

#pragma once

#include "console/console.hpp"
#include "net/connections.hpp"
#include "net/departures.hpp"
#include "net/loop.hpp"
#include "terminal/doubt.hpp"
#include "terminal/sent_lines.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

enum class Side { listening, calling };

/// How a talk came to its end.
enum class TalkEnd : std::uint8_t {
    ended,       // by `quit` or end of input, of either side
    failed,      // by an error, or something could not be handed over
    interrupted, // by Ctrl-C
    no_talk,     // the caller left before any line went either way, or was none (an HTTP request)
};

class Talk final : ConnectionHandler, ConsoleHandler, TimerHandler {
public:
    /// All are lent for the life of the talk, which begins at once. `socket` is connected. With
    /// `is_one_of_many` others will follow at this console, so the other side's end ends the talk, and
    /// leaves the output open.
    Talk(Loop& loop, Connections& connections, Departures& departures, Console& console, Side side,
        bool is_one_of_many, Socket socket);
    ~Talk();
    Talk(Talk const&) = delete;
    Talk& operator=(Talk const&) = delete;

    /// Ends it in order, as Ctrl-C does; the second time, at once.
    void interrupt();

    [[nodiscard]] bool is_over() const { return stage_ == Stage::over; }

    /// How it ended, once it is over.
    [[nodiscard]] TalkEnd end() const { return end_; }

private:
    enum class Stage : std::uint8_t { talking, draining, over };

    // from the connection
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId id) override;

    // from the console
    void own_line(std::string_view text) override;
    void own_bad_line(std::uint64_t number, Error why) override;
    void own_line_refused(Error why) override;
    void own_end(int error) override;
    void output_failed(std::string_view words) override;
    void output_left() override;

    void due(Tag tag) override;

    void hear(std::string_view line);
    void refuse_bad_line(Error why);
    void refuse_http();
    void begin_to_drain();
    void look_whether_drained();
    void give_up_waiting();
    void look_whether_arriving();
    void finish(CloseReason reason);
    void fail_with(std::string_view sentence);
    void tell_lines(std::string_view heading, SentLines::Lines const& lines);
    void mark_begun();

    Loop& loop_;
    Connections& connections_;
    Departures& departures_;
    Console& console_;
    Side const side_;
    bool const is_one_of_many_;
    std::string const peer_;
    ConnectionId id_;

    Stage stage_ = Stage::talking;
    TalkEnd end_ = TalkEnd::ended;
    bool own_input_has_ended_ = false;
    bool peer_has_ended_ = false;
    bool is_deaf_ = false; // what comes is no longer shown: `quit` was heard, or a rule was broken
    bool has_begun_ = false; // a line went one way or the other
    CloseReason close_reason_ = CloseReason::we_left;
    std::uint64_t lines_heard_ = 0;
    std::uint64_t queued_bytes_ = 0; // on the connection, in all
    std::string line_;               // the line under way to the connection

    SentLines sent_lines_;
    Doubt doubt_;
    TimerId timer_; // of Doubt while talking, of the drain while draining
    bool timer_runs_ = false;
    MonotonicTime drain_began_;
    MonotonicTime last_moved_;
    std::uint64_t moved_bytes_ = 0; // in both directions, as last seen
    std::uint64_t heard_bytes_ = 0;
};

} // namespace duet
