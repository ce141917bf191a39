// What was said lately, kept until it is certain that it was heard: the truth to tell when it was not.
//
// Two questions are asked of it. When bytes stay unacknowledged: which lines are they? When the other
// side is suddenly gone: what has it perhaps never read? That it acknowledged a line says only that
// its machine has it; that it answered afterwards is the best sign there is that it was read.

#pragma once

#include "base/limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

class SentLines {
public:
    /// A line was queued; with it, `end_bytes` have been queued on this connection in all.
    void add(std::string_view text, std::uint64_t end_bytes);

    [[nodiscard]] bool has_any() const { return count_ > 0; }

    /// The other side has said something.
    void heard() { heard_count_ = count_; }

    /// A choice of lines: how many there are, and the text of the newest of them.
    struct Lines {
        std::uint64_t count;
        std::vector<std::string> newest; // at most limits::reported_lines_max, oldest first
    };

    /// Those added since the other side was last heard.
    [[nodiscard]] Lines since_heard() const;

    /// Those that are not wholly within the first `bytes` of the connection. When more than are kept
    /// are not, `count` is of those that are known.
    [[nodiscard]] Lines beyond(std::uint64_t bytes) const;

private:
    struct Kept {
        std::string text;
        std::uint64_t end_bytes = 0;
    };

    [[nodiscard]] Lines newest(std::uint64_t count) const;

    std::array<Kept, limits::reported_lines_max> kept_; // a ring: line number i stands at i % size
    std::uint64_t count_ = 0;
    std::uint64_t heard_count_ = 0;
};

} // namespace duet
