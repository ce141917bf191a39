#include "pairing/phrase.hpp"

#include "base/check.hpp"
#include "base/hash.hpp"
#include "pairing/spoken.hpp"
#include "pairing/words.hpp"

#include <vector>

namespace duet {

namespace {

constexpr std::size_t word_bits = 10;
constexpr std::size_t random_bits = 128;

using Numbers = std::array<std::uint32_t, phrase_words>;

std::uint32_t checksum_of(std::array<std::byte, 16> const& random)
{
    return std::to_integer<std::uint32_t>(sha_256(random).front() >> 6);
}

/// Bit by bit, the highest of each byte and of each word first; the checksum comes last.
Numbers numbers_of(std::array<std::byte, 16> const& random)
{
    Numbers numbers {};
    for (std::size_t bit = 0; bit < phrase_words * word_bits; ++bit) {
        bool const is_random = bit < random_bits;
        std::uint32_t const value = is_random
            ? std::to_integer<std::uint32_t>(random[bit / 8]) >> (7 - bit % 8)
            : checksum_of(random) >> (random_bits + 1 - bit);
        numbers[bit / word_bits] = numbers[bit / word_bits] << 1 | (value & 1);
    }
    return numbers;
}

std::array<std::byte, 16> random_of(Numbers const& numbers)
{
    std::array<std::byte, 16> random {};
    for (std::size_t bit = 0; bit < random_bits; ++bit) {
        std::uint32_t const value =
            numbers[bit / word_bits] >> (word_bits - 1 - bit % word_bits) & 1;
        random[bit / 8] |= static_cast<std::byte>(value << (7 - bit % 8));
    }
    return random;
}

std::string text_of(Numbers const& numbers)
{
    std::string text;
    for (std::uint32_t const number : numbers) {
        text += text.empty() ? "" : " ";
        text += word_of(number);
    }
    return text;
}

} // namespace

std::string phrase_of(std::array<std::byte, 16> const& random)
{
    return text_of(numbers_of(random));
}

Result<std::string> normal_phrase(std::string_view typed)
{
    std::vector<std::string> const parts = spoken_parts(typed);
    if (parts.size() != phrase_words)
        return fail(Error::phrase_incomplete);
    Numbers numbers {};
    for (std::size_t i = 0; i < phrase_words; ++i) {
        auto const number = number_of(parts[i]);
        if (not number.has_value())
            return fail(Error::word_unknown);
        numbers[i] = *number;
    }
    if (numbers_of(random_of(numbers)) != numbers)
        return fail(Error::phrase_mistyped);
    return text_of(numbers);
}

} // namespace duet
