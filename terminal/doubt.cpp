#include "terminal/doubt.hpp"

#include "base/limits.hpp"

#include <utility>

namespace duet {

namespace {

/// One question may get lost; a second one unanswered says that nobody answers.
constexpr int telling_probes = 2;

} // namespace

std::optional<Doubt::Verdict> Doubt::look(
    Arrival const& arrival, std::uint64_t handed_bytes, std::size_t queued_bytes, MonotonicTime now)
{
    std::uint64_t const arrived = handed_bytes - arrival.unacknowledged_bytes;
    bool const has_moved = std::exchange(arrived_bytes_, arrived) != arrived;
    if (arrival.is_complete() and queued_bytes == 0)
        waiting_since_.reset();
    else if (has_moved or not waiting_since_.has_value())
        waiting_since_ = now;

    Verdict const verdict = judge(arrival, now);
    if (std::exchange(verdict_, verdict) == verdict)
        return std::nullopt;
    return verdict;
}

Doubt::Verdict Doubt::judge(Arrival const& arrival, MonotonicTime now) const
{
    if (not waiting_since_.has_value() or now - *waiting_since_ < limits::arrival_doubt_after)
        return Verdict::none;
    // The questions whether there is room again come ever more seldom (up to two minutes apart), so
    // behind a closed window a silence alone means nothing.
    if (arrival.window_is_closed)
        return arrival.unanswered_probes >= telling_probes
                and arrival.since_heard >= limits::arrival_doubt_after
            ? Verdict::not_arriving
            : Verdict::not_reading;
    return arrival.since_heard >= limits::arrival_doubt_after ? Verdict::not_arriving
                                                              : Verdict::none;
}

} // namespace duet
