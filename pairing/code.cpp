#include "pairing/code.hpp"

#include "base/check.hpp"
#include "pairing/spoken.hpp"
#include "pairing/words.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace duet {

namespace {

constexpr std::size_t digits_a_word = 4;

bool is_number(std::string_view text)
{
    return not text.empty()
        and std::ranges::all_of(text, [](char letter) { return letter >= '0' and letter <= '9'; });
}

Result<std::uint32_t> number_in(std::string_view text)
{
    std::uint32_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (not is_number(text) or error != std::errc() or end != text.data() + text.size())
        return fail(Error::code_malformed);
    return number;
}

Result<std::uint32_t> name_in(std::string_view text)
{
    std::uint32_t const name = TRY(number_in(text));
    if (name < 1 or name > ShortCode::name_max)
        return fail(Error::code_malformed);
    return name;
}

/// Half of the secret: a word, or its number in four digits.
Result<std::uint32_t> half_in(std::string_view text)
{
    if (is_number(text)) {
        std::uint32_t const number = TRY(number_in(text));
        if (text.size() != digits_a_word or number >= word_count)
            return fail(Error::code_malformed);
        return number;
    }
    if (auto const number = number_of(text); number.has_value())
        return *number;
    bool const is_word =
        std::ranges::all_of(text, [](char letter) { return letter >= 'a' and letter <= 'z'; });
    return fail(is_word ? Error::word_unknown : Error::code_malformed);
}

/// Both words' digits typed in one go are taken apart.
void split_digits(std::vector<std::string>& parts)
{
    bool const is_in_one_go =
        parts.size() == 2 and is_number(parts[1]) and parts[1].size() == 2 * digits_a_word;
    if (not is_in_one_go)
        return;
    parts.push_back(parts[1].substr(digits_a_word));
    parts[1].resize(digits_a_word);
}

std::string four_digits(std::uint32_t number)
{
    std::string const digits = std::to_string(number);
    return std::string(digits_a_word - digits.size(), '0') + digits;
}

} // namespace

Result<ShortCode> ShortCode::parse(std::string_view text)
{
    std::vector<std::string> parts = spoken_parts(text);
    if (parts.empty())
        return fail(Error::code_malformed);
    std::uint32_t const name = TRY(name_in(parts.front()));
    split_digits(parts);
    std::uint32_t secret = 0;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        std::uint32_t const half = TRY(half_in(parts[i]));
        secret = secret * word_count + half;
        if (i > 2)
            return fail(Error::code_malformed);
    }
    if (parts.size() < 3)
        return fail(Error::code_incomplete);
    return ShortCode {name, secret};
}

std::string ShortCode::words() const
{
    check(secret < secret_count);
    return std::to_string(name) + '-' + std::string(word_of(secret / word_count)) + '-'
        + std::string(word_of(secret % word_count));
}

std::string ShortCode::digits() const
{
    check(secret < secret_count);
    return std::to_string(name) + '-' + four_digits(secret / word_count) + '-'
        + four_digits(secret % word_count);
}

} // namespace duet
