// Reads a client's feed from a number on, a page at a time, and never more than its reader can take.

#pragma once

#include "client/duet.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace duet {

class FeedReader {
public:
    explicit FeedReader(std::uint64_t from) : next_(from) { }

    /// There may be something new.
    void note_news() { has_news_ = true; }

    /// The next entry; nullopt if there is none yet.
    std::optional<Message> take(Client const& client)
    {
        if (page_.empty() and has_news_) {
            auto const page = client.feed(next_, page_entries);
            page_.assign(page.begin(), page.end());
            has_news_ = not page_.empty();
        }
        if (page_.empty())
            return std::nullopt;
        Message message = std::move(page_.front());
        page_.pop_front();
        next_ = message.feed + 1;
        return message;
    }

    /// The feed number of what comes next.
    [[nodiscard]] std::uint64_t next() const { return next_; }

private:
    static constexpr std::size_t page_entries = 100;

    std::uint64_t next_;
    bool has_news_ = true;
    std::deque<Message> page_;
};

} // namespace duet
