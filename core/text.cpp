#include "core/text.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace duet {

namespace {

constexpr std::string_view allowed_in_messages = "\n\t";

/// C0, DEL, and C1 (which UTF-8 writes as 0xC2 and a byte from 0x80 to 0x9F).
std::optional<std::size_t> control_in(std::string_view text, std::string_view allowed)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const letter = static_cast<unsigned char>(text[i]);
        bool const is_c0 = letter < 0x20 or letter == 0x7F;
        bool const is_c1 = letter == 0xC2 and i + 1 < text.size()
            and static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (is_c1 or (is_c0 and allowed.find(text[i]) == std::string_view::npos))
            return i;
    }
    return std::nullopt;
}

Result<void> check_text(std::string_view text, std::size_t bytes_max, std::string_view allowed)
{
    if (text.empty())
        return fail(Error::text_empty);
    if (text.size() > bytes_max)
        return fail(Error::text_too_long);
    if (control_in(text, allowed).has_value())
        return fail(Error::control_character);
    return {};
}

bool is_small_letter_or_digit(char letter)
{
    return (letter >= 'a' and letter <= 'z') or (letter >= '0' and letter <= '9');
}

} // namespace

Result<void> check_message(std::string_view text)
{
    return check_text(text, limits::text_bytes_max, allowed_in_messages);
}

Result<void> check_request(std::string_view text)
{
    TRY_VOID(check_message(text));
    auto const is_first_byte = [](char byte) { return (byte & 0xC0) != 0x80; };
    if (static_cast<std::size_t>(std::ranges::count_if(text, is_first_byte))
        > limits::request_characters_max)
        return fail(Error::text_too_long);
    return {};
}

std::optional<std::size_t> control_character_in(std::string_view text)
{
    return control_in(text, allowed_in_messages);
}

Result<void> check_name(std::string_view text)
{
    return check_text(text, limits::name_bytes_max, "");
}

Result<void> check_handle(std::string_view text)
{
    constexpr std::string_view others = "._-";
    bool const has_size = not text.empty() and text.size() <= limits::handle_bytes_max;
    if (not has_size or not is_small_letter_or_digit(text.front()))
        return fail(Error::handle_wrong);
    for (char const letter : text) {
        if (not is_small_letter_or_digit(letter) and others.find(letter) == std::string_view::npos)
            return fail(Error::handle_wrong);
    }
    return {};
}

} // namespace duet
