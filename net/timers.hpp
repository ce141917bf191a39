// What is due when: a heap of times on the monotonic clock, which it never reads itself.
//
// A timer that is stopped only loses its right to ring; its place in the heap goes when its time
// comes, or when more than half of all places are such. So starting costs O(log n), stopping O(1).

#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace duet {

/// What its owner wrote on a watch or a timer, to know it again: an id, an index, nothing.
using Tag = std::uint64_t;

/// Is told when a timer rings. One for each kind of thing that waits, not for each thing.
class TimerHandler {
public:
    virtual void due(Tag tag) = 0;

protected:
    ~TimerHandler() = default;
};

/// One timer that was started. It is found out when it has rung or was stopped, and harmless then.
struct TimerId {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0; // 0 names no timer
};

class Timers {
public:
    /// `handler` is told once, by the first `ring` whose now is `when` or later. It is lent until then.
    TimerId start(MonotonicTime when, TimerHandler& handler, Tag tag);

    /// Does nothing if it has rung or was stopped already.
    void stop(TimerId id);

    /// When the next one is due; nullopt if none is.
    [[nodiscard]] std::optional<MonotonicTime> next();

    /// Tells the handlers of all that is due at `now`, in the order of their times. A timer started
    /// meanwhile waits for the next ring, so this always ends.
    void ring(MonotonicTime now);

private:
    struct Slot {
        TimerHandler* handler = nullptr;
        Tag tag = 0;
        std::uint32_t generation = 1;
    };
    struct Place {
        MonotonicTime when;
        std::uint64_t order; // of two at the same time, the one that was started first
        TimerId id;
        bool operator>(Place const& other) const
        {
            return when != other.when ? when > other.when : order > other.order;
        }
    };

    [[nodiscard]] bool is_waiting(TimerId id) const;
    void give_back(TimerId id);
    void take_top();
    void sweep();

    std::vector<Place> heap_; // the earliest at the front
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::uint64_t started_ = 0;
};

} // namespace duet
