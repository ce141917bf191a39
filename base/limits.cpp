#include "base/limits.hpp"

#include <array>

namespace duet::limits {

namespace {

constexpr std::int64_t count(std::size_t value)
{
    return static_cast<std::int64_t>(value);
}

constexpr std::int64_t ms(Duration value)
{
    return value.count();
}

constexpr std::array table = {
    Limit{"line_bytes_max", count(line_bytes_max), "bytes",
        "A longer line is not sent; one that comes ends the talk, and nothing of it is shown."},
    Limit{"read_buffer_bytes", count(read_buffer_bytes), "bytes",
        "One buffer for each loop, shared by all its connections: no more is read at once."},
    Limit{"backlog_bytes_max", count(backlog_bytes_max), "bytes",
        "What may wait to be sent on one connection; one that passes it is closed (too_slow)."},
    Limit{"backlog_bytes_mark", count(backlog_bytes_mark), "bytes",
        "From here on a talk stops reading its own input until some of it has left."},
    Limit{"listen_backlog_max", listen_backlog_max, "connections",
        "What the kernel may hold for us to accept; the system's own maximum may be lower."},
    Limit{"accept_batch_max", count(accept_batch_max), "connections",
        "Accepted in one turn of the loop; the rest waits for the next turn."},
    Limit{"accept_pause", ms(accept_pause), "ms",
        "How long accepting rests when there is no descriptor left."},
    Limit{"keep_alive_idle", ms(keep_alive_idle), "ms",
        "A connection silent for so long is asked whether it is still there."},
    Limit{"keep_alive_interval", ms(keep_alive_interval), "ms",
        "The time between two such questions."},
    Limit{"keep_alive_probes_max", keep_alive_probes_max, "questions",
        "After so many without an answer the connection is lost."},
    Limit{"addresses_max", count(addresses_max), "addresses",
        "A host name's further addresses are not tried."},
    Limit{"connect_attempt_delay", ms(connect_attempt_delay), "ms",
        "How long an address is waited for before the next one is tried beside it."},
    Limit{"connect_time_max", ms(connect_time_max), "ms",
        "After this a call to an address that does not answer is given up."},
    Limit{"progress_after", ms(progress_after), "ms",
        "A call that takes longer says what it is waiting for."},
    Limit{"busy_callers_max", count(busy_callers_max), "connections",
        "Callers told `busy` that have not hung up yet; the longest waiting is closed first."},
    Limit{"drain_silence_max", ms(drain_silence_max), "ms",
        "After the talk's end the other side is waited for as long as bytes move."},
    Limit{"drain_time_max", ms(drain_time_max), "ms", "And no longer than this in all."},
    Limit{"arrival_doubt_after", ms(arrival_doubt_after), "ms",
        "Bytes unacknowledged for so long are told as not arriving, or not being read."},
    Limit{"reported_lines_max", count(reported_lines_max), "lines",
        "Of the lines whose arrival is in doubt, the newest so many are shown; the rest is counted."},
    Limit{"history_lines_max", count(history_lines_max), "lines",
        "The line editor remembers so many; the oldest is forgotten first."},
};

} // namespace

std::span<Limit const> all()
{
    return table;
}

} // namespace duet::limits
