// Which numbers of a conversation a device has: a set of intervals, so that a hole is remembered
// however old it gets, and a million entries without one cost two numbers.

#pragma once

#include "core/ids.hpp"

#include <map>
#include <optional>

namespace duet {

/// First and last, both included.
struct Interval {
    Seq first;
    Seq last;
    bool operator==(Interval const&) const = default;
};

class Intervals {
public:
    void add(Interval interval);
    void add(Seq seq) { add({seq, seq}); }

    [[nodiscard]] bool has(Seq seq) const;

    /// The newest hole at or below `last`; nullopt if all of 1 to `last` is there.
    [[nodiscard]] std::optional<Interval> newest_hole(Seq last) const;

    /// By first number; never overlapping, never touching.
    [[nodiscard]] std::map<Seq, Seq> const& all() const { return intervals_; }

private:
    std::map<Seq, Seq> intervals_; // first → last
};

} // namespace duet
