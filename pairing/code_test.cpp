#include "pairing/code.hpp"

#include "pairing/words.hpp"

#include <doctest/doctest.h>

using namespace duet;

namespace {

ShortCode const code {7, 849 * word_count + 33};

Error why_not(std::string_view text)
{
    auto const parsed = ShortCode::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

std::string two_words()
{
    return code.words().substr(2);
}

} // namespace

TEST_SUITE_BEGIN("code");

TEST_CASE("a code is written in two words, or in digits alone")
{
    CHECK(code.words() == "7-" + std::string(word_of(849)) + '-' + std::string(word_of(33)));
    CHECK(code.digits() == "7-0849-0033");
    CHECK(ShortCode {999'999, ShortCode::secret_count - 1}.digits() == "999999-1023-1023");
    CHECK(ShortCode {1, 0}.words() == "1-acorn-acorn");
}

TEST_CASE("what is written is read as the same code again, in words and in digits")
{
    for (std::uint32_t secret = 0; secret < ShortCode::secret_count; secret += 4099) {
        ShortCode const one {secret % 999 + 1, secret};
        CHECK(ShortCode::parse(one.words()) == one);
        CHECK(ShortCode::parse(one.digits()) == one);
    }
}

TEST_CASE("a code is read as people type it")
{
    std::string const first(word_of(849));
    std::string const second(word_of(33));
    for (std::string const& text :
        {"7 " + first + ' ' + second, " 7-" + first + " - " + second + '\n',
            "7." + first + "." + second, "7, " + first + ", " + second, "7_" + first + '_' + second,
            "007-" + first + '-' + second, "7-0849-" + second, "7 " + first + " 0033",
            std::string("7 0849 0033"), std::string("7-08490033"), std::string("7 08490033 "),
            "7\u2013" + first + "\u2013" + second, "7\u00A0" + first + "\u3000" + second})
        CHECK(ShortCode::parse(text) == code);
    std::string capitals = code.words();
    for (char& letter : capitals)
        letter = letter >= 'a' and letter <= 'z' ? static_cast<char>(letter - 32) : letter;
    CHECK(ShortCode::parse(capitals) == code);
}

TEST_CASE("a code without its secret part, or with half of it, is refused in its own words")
{
    for (std::string const& text : {std::string("7"), std::string("7-"), std::string(" 7 -- "),
             "7-" + std::string(word_of(3)), std::string("7-0849")})
        CHECK(why_not(text) == Error::code_incomplete);
}

TEST_CASE("a word that is not in the list is told apart from what is no code at all")
{
    CHECK(why_not("7-sunshine-guitar") == Error::word_unknown);
    CHECK(why_not("7-guitar-xyzzy") == Error::word_unknown);
    for (std::string const& text :
        {std::string(), std::string("-"), std::string("guitar"), two_words(), "0-" + two_words(),
            "1000000-" + two_words(), "99999999999-" + two_words(), "-1x-" + two_words(),
            code.words() + "-guitar", code.digits() + "-1", std::string("7-1024-0000"),
            std::string("7-33-33"), std::string("7-00330"), std::string("7-084900331"),
            std::string("7-guitar-g\xFFtar"), std::string("\u0667-a-b")})
        CHECK(why_not(text) == Error::code_malformed);
}

TEST_SUITE_END();
