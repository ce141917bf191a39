#include "pairing/words.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

using namespace duet;

namespace {

/// How many letters must be put in, taken out, changed, or swapped with their neighbour.
std::size_t distance(std::string_view one, std::string_view other)
{
    std::vector<std::vector<std::size_t>> table(
        one.size() + 1, std::vector<std::size_t>(other.size() + 1));
    for (std::size_t i = 0; i <= one.size(); ++i)
        table[i][0] = i;
    std::iota(table[0].begin(), table[0].end(), 0);
    for (std::size_t i = 1; i <= one.size(); ++i) {
        for (std::size_t j = 1; j <= other.size(); ++j) {
            std::size_t const changed = table[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
            table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, changed});
            bool const is_swapped =
                i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1];
            if (is_swapped)
                table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
        }
    }
    return table.back().back();
}

} // namespace

TEST_SUITE_BEGIN("words");

TEST_CASE("every word has 4 to 7 letters, all of them small, and stands once")
{
    for (std::uint32_t i = 0; i < word_count; ++i) {
        std::string_view const word = word_of(i);
        CHECK(word.size() >= 4);
        CHECK(word.size() <= 7);
        CHECK(
            std::ranges::all_of(word, [](char letter) { return letter >= 'a' and letter <= 'z'; }));
        CHECK(number_of(word) == i);
    }
}

TEST_CASE("no slip of one letter, and no swap of two, makes another word")
{
    std::vector<std::string> too_near;
    for (std::uint32_t i = 0; i < word_count; ++i) {
        for (std::uint32_t j = 0; j < i; ++j) {
            if (distance(word_of(i), word_of(j)) < 2)
                too_near.push_back(std::string(word_of(i)) + ' ' + std::string(word_of(j)));
        }
    }
    CHECK(too_near == std::vector<std::string>());
}

TEST_CASE("no word begins another one: it can be said without a pause")
{
    for (std::uint32_t i = 1; i < word_count; ++i)
        CHECK_FALSE(word_of(i).starts_with(word_of(i - 1)));
}

TEST_CASE("what is no word of the list has no number")
{
    for (char const* word : {"", "a", "Acorn", "acorn ", "aardvark", "zzz"})
        CHECK_FALSE(number_of(word).has_value());
}

TEST_SUITE_END();
