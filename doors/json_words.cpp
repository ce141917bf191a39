#include "doors/json_words.hpp"

#include <array>

namespace duet {

namespace {

constexpr std::array<std::string_view, 8> kinds = {
    "", "text", "edit", "erasure", "reaction", "file", "request", "device_added"};

constexpr std::array<std::string_view, 6> states = {
    "none", "contact", "asked", "asks", "blocked", "none"};

int digit_of(char letter)
{
    if (letter >= '0' and letter <= '9')
        return letter - '0';
    if (letter >= 'a' and letter <= 'f')
        return letter - 'a' + 10;
    return -1;
}

} // namespace

std::string_view word(Kind kind)
{
    auto const index = static_cast<std::size_t>(kind);
    return index < kinds.size() ? kinds[index] : "";
}

Kind kind_of(std::string_view word)
{
    for (std::size_t i = 1; i < kinds.size(); ++i) {
        if (kinds[i] == word)
            return static_cast<Kind>(i);
    }
    return Kind {};
}

std::string_view word(TalkState state)
{
    auto const index = static_cast<std::size_t>(state);
    return states[index < states.size() ? index : 0];
}

TalkState state_of(std::string_view word)
{
    for (std::size_t i = 1; i < states.size(); ++i) {
        if (states[i] == word)
            return static_cast<TalkState>(i);
    }
    return TalkState::none;
}

Result<void> read_hex(std::string_view text, std::span<std::byte> room)
{
    if (text.size() != 2 * room.size())
        return fail(Error::field_wrong);
    for (std::size_t i = 0; i < room.size(); ++i) {
        int const high = digit_of(text[2 * i]);
        int const low = digit_of(text[2 * i + 1]);
        if (high < 0 or low < 0)
            return fail(Error::field_wrong);
        room[i] = static_cast<std::byte>(high * 16 + low);
    }
    return {};
}

} // namespace duet
