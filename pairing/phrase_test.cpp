#include "pairing/phrase.hpp"

#include "pairing/words.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace duet;

namespace {

using Random = std::array<std::byte, 16>;

/// Other bytes for each seed.
Random random_of(std::uint64_t seed)
{
    Random random {};
    for (std::byte& byte : random) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        byte = static_cast<std::byte>(seed >> 56);
    }
    return random;
}

Error why_not(std::string_view text)
{
    auto const phrase = normal_phrase(text);
    REQUIRE_FALSE(phrase.has_value());
    return phrase.error();
}

} // namespace

TEST_SUITE_BEGIN("phrase");

TEST_CASE("a phrase has thirteen words, and is its own normal form")
{
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        std::string const phrase = phrase_of(random_of(seed));
        CHECK(std::ranges::count(phrase, ' ') == phrase_words - 1);
        CHECK(normal_phrase(phrase) == phrase);
    }
}

TEST_CASE("every one of its 128 bits makes another phrase")
{
    Random const random = random_of(1);
    for (std::size_t bit = 0; bit < 128; ++bit) {
        Random other = random;
        other[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
        CHECK(phrase_of(other) != phrase_of(random));
    }
    CHECK(phrase_of(Random {}).starts_with("acorn acorn acorn acorn acorn acorn acorn acorn"));
}

TEST_CASE("a phrase is read as people type it")
{
    std::string const phrase = phrase_of(random_of(7));
    std::string typed = "  " + phrase + "\n";
    std::ranges::replace(typed, ' ', '-');
    for (std::size_t i = 0; i < typed.size(); i += 3)
        typed[i] = typed[i] >= 'a' ? static_cast<char>(typed[i] - 32) : typed[i];
    CHECK(normal_phrase(typed) == phrase);
}

TEST_CASE("three of four slips that make another word are found by the checksum")
{
    std::size_t found = 0;
    std::size_t slips = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        std::string const phrase = phrase_of(random_of(seed));
        std::size_t const first_end = phrase.find(' ');
        for (std::uint32_t number = 0; number < word_count; number += 10) {
            std::string const slip = std::string(word_of(number)) + phrase.substr(first_end);
            auto const read = normal_phrase(slip);
            slips += std::size_t {slip != phrase};
            found += std::size_t {not read.has_value()};
        }
    }
    CHECK(found > slips * 70 / 100);
    CHECK(found < slips * 80 / 100);
}

TEST_CASE("what is wrong with a phrase is told")
{
    std::string const phrase = phrase_of(random_of(3));
    CHECK(why_not("") == Error::phrase_incomplete);
    CHECK(why_not(phrase + " acorn") == Error::phrase_incomplete);
    CHECK(why_not(phrase.substr(0, phrase.rfind(' '))) == Error::phrase_incomplete);
    CHECK(why_not("xyzzy" + phrase.substr(phrase.find(' '))) == Error::word_unknown);
}

TEST_SUITE_END();
