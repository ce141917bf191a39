#include "terminal/sent_lines.hpp"

#include <algorithm>

namespace duet {

void SentLines::add(std::string_view text, std::uint64_t end_bytes)
{
    Kept& kept = kept_[count_ % kept_.size()];
    kept.text.assign(text);
    kept.end_bytes = end_bytes;
    ++count_;
}

SentLines::Lines SentLines::since_heard() const
{
    return newest(count_ - heard_count_);
}

SentLines::Lines SentLines::beyond(std::uint64_t bytes) const
{
    std::uint64_t const known = std::min<std::uint64_t>(count_, kept_.size());
    std::uint64_t beyond = 0;
    while (beyond < known and kept_[(count_ - beyond - 1) % kept_.size()].end_bytes > bytes)
        ++beyond;
    return newest(beyond);
}

SentLines::Lines SentLines::newest(std::uint64_t count) const
{
    Lines lines {count, {}};
    for (std::uint64_t i = count_ - std::min<std::uint64_t>(count, kept_.size()); i < count_; ++i)
        lines.newest.push_back(kept_[i % kept_.size()].text);
    return lines;
}

} // namespace duet
