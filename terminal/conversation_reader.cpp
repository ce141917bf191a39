#include "terminal/conversation_reader.hpp"

#include <algorithm>
#include <utility>

namespace duet {

ConversationReader::ConversationReader(std::string with, std::uint64_t last_seq, std::size_t wanted)
    : with_(std::move(with)), last_seq_(last_seq), wanted_(wanted)
{
}

bool ConversationReader::is_complete(Client& client)
{
    if (is_fetching_)
        return false;
    // Not everything is looked through to see whether it is everything: fetching finds that out.
    bool const is_here = wanted_ != everything and has_all(client.history(with_, 0, wanted_));
    if (is_here or not has_more_)
        return true;
    is_fetching_ = true;
    client.fetch_older(with_);
    return false;
}

void ConversationReader::fetched(std::string const& with, bool more)
{
    if (with != with_)
        return;
    is_fetching_ = false;
    has_more_ = more;
}

bool ConversationReader::has_all(std::vector<Message> const& messages) const
{
    if (messages.empty())
        return last_seq_ == 0;
    auto const is_gap = [](Message const& one, Message const& next) {
        return next.seq > one.seq + 1;
    };
    bool const is_whole = std::ranges::adjacent_find(messages, is_gap) == messages.end();
    bool const is_long_enough = messages.size() >= wanted_ or messages.front().seq == 1;
    return is_whole and is_long_enough and messages.back().seq >= last_seq_;
}

std::vector<Message> entries_between(
    Client const& client, std::string const& with, std::uint64_t first, std::uint64_t end)
{
    for (std::size_t limit = end - first + 1;; limit *= 2) {
        auto found = client.history(with, end, limit);
        if (found.size() == limit and found.front().seq >= first)
            continue; // there are more of these numbers than numbers
        std::erase_if(found, [&](Message const& each) { return each.seq < first; });
        return found;
    }
}

} // namespace duet
