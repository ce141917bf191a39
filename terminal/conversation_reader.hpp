// Sees to it that the newest part of a conversation is stored here, as far as the server has it.
//
// What is missing is fetched, a page after the other, until so many of the newest are here without a
// gap, or there is no more.

#pragma once

#include "client/duet.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace duet {

class ConversationReader {
public:
    static constexpr std::size_t everything = static_cast<std::size_t>(-1);

    /// `last_seq` is the conversation's last number, as the server told it; `wanted` entries are.
    ConversationReader(std::string with, std::uint64_t last_seq, std::size_t wanted);

    /// Asks for what is missing. Gives true when all that is wanted is here, or can be had.
    bool is_complete(Client& client);

    /// From ClientHandler::fetched: whether there is more.
    void fetched(std::string const& with, bool more);

    [[nodiscard]] std::string const& with() const { return with_; }

private:
    [[nodiscard]] bool has_all(std::vector<Message> const& messages) const;

    std::string with_;
    std::uint64_t last_seq_;
    std::size_t wanted_;
    bool is_fetching_ = false;
    bool has_more_ = true;
};

/// What is stored of a conversation with numbers in [first, end), oldest first. What a restored server does
/// not have any more stands beside what has its number now.
std::vector<Message> entries_between(
    Client const& client, std::string const& with, std::uint64_t first, std::uint64_t end);

} // namespace duet
