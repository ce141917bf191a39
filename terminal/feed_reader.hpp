// Reads a client's feed from a number on, a page at a time, and never more than its reader can take.

#pragma once

#include "client/duet.hpp"

#include <algorithm>
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

    /// An entry of this number was told.
    void note_heard(std::uint64_t feed)
    {
        has_news_ = true;
        if (is_beginning_again_ and feed > 0)
            next_ = std::min(next_, feed);
    }

    /// The server counts anew. `from` is what comes next; and what is still told before the next `take` is
    /// part of the new count, for the client may have it already.
    void begin_again(std::uint64_t from)
    {
        next_ = from;
        page_.clear();
        has_news_ = true;
        is_beginning_again_ = true;
    }

    /// The next entry; nullopt if there is none yet.
    std::optional<Message> take(Client const& client)
    {
        is_beginning_again_ = false;
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
    bool is_beginning_again_ = false;
    std::deque<Message> page_;
};

} // namespace duet
