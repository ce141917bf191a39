#include "core/intervals.hpp"

#include <algorithm>
#include <iterator>

namespace duet {

namespace {

Seq before(Seq seq)
{
    return Seq {number(seq) - 1};
}

} // namespace

void Intervals::add(Interval interval)
{
    // Everything that overlaps or touches becomes one with it.
    auto at = intervals_.upper_bound(interval.first);
    if (at != intervals_.begin() and next(std::prev(at)->second) >= interval.first)
        --at;
    while (at != intervals_.end() and at->first <= next(interval.last)) {
        interval.first = std::min(interval.first, at->first);
        interval.last = std::max(interval.last, at->second);
        at = intervals_.erase(at);
    }
    intervals_.emplace(interval.first, interval.last);
}

bool Intervals::has(Seq seq) const
{
    auto const after = intervals_.upper_bound(seq);
    return after != intervals_.begin() and std::prev(after)->second >= seq;
}

std::optional<Interval> Intervals::newest_hole(Seq last) const
{
    auto at = intervals_.upper_bound(last);
    if (at != intervals_.begin() and std::prev(at)->second >= last) {
        --at;
        last = before(at->first);
    }
    if (last == Seq {})
        return std::nullopt;
    Seq const first = at == intervals_.begin() ? Seq {1} : next(std::prev(at)->second);
    return Interval {first, last};
}

} // namespace duet
