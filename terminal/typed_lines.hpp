// What was typed here, numbered, until whoever holds the profile has taken it.
//
// It outlives each holder: what one had not taken yet is given to the next under the same number, so no
// line is lost and none is said twice.

#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace duet {

class TypedLines {
public:
    using Line = std::pair<std::uint64_t, std::string>;

    /// One more was typed.
    Line const& add(std::string_view text) { return not_taken_.emplace_back(++count_, text); }

    /// All up to this one are taken.
    void took(std::uint64_t number)
    {
        while (not not_taken_.empty() and not_taken_.front().first <= number)
            not_taken_.pop_front();
    }

    [[nodiscard]] std::deque<Line> const& not_taken() const { return not_taken_; }

    // Nothing more will be typed.
    void end() { have_ended_ = true; }
    [[nodiscard]] bool have_ended() const { return have_ended_; }

private:
    std::deque<Line> not_taken_;
    std::uint64_t count_ = 0;
    bool have_ended_ = false;
};

} // namespace duet
