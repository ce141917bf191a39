// How far a conversation has been seen: every number up to one, and perhaps a run of later ones.
//
// A mark says that everything up to a number was seen, so it must not move over what was left out.

#pragma once

#include <algorithm>
#include <cstdint>

namespace duet {

class SeenNumbers {
public:
    /// Everything up to this number was seen some time.
    void note_seen_before(std::uint64_t last)
    {
        to_ = std::max(to_, last);
        join();
    }

    /// This one was seen.
    void note(std::uint64_t number)
    {
        if (number <= to_)
            return;
        if (number > later_last_ + 1)
            later_first_ = number;
        later_last_ = std::max(later_last_, number);
        join();
    }

    /// The numbers mean something else now.
    void forget() { *this = {}; }

    /// Every number up to here was seen.
    [[nodiscard]] std::uint64_t to() const { return to_; }

    /// True if something was seen behind others that were not.
    [[nodiscard]] bool has_gap() const { return later_last_ > to_; }

    // The last run of numbers that were seen behind a gap.
    [[nodiscard]] std::uint64_t later_first() const { return later_first_; }

private:
    void join()
    {
        if (later_first_ <= to_ + 1)
            to_ = std::max(to_, later_last_);
    }

    std::uint64_t to_ = 0;
    std::uint64_t later_first_ = 0;
    std::uint64_t later_last_ = 0;
};

} // namespace duet
