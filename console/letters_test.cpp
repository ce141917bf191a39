#include "console/letters.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace duet;

namespace {

using Letters = std::vector<std::string>;

Letters letters_forward(std::string_view text)
{
    Letters letters;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const end = next_letter(text, at);
        letters.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return letters;
}

Letters letters_backward(std::string_view text)
{
    Letters letters;
    for (std::size_t at = text.size(); at > 0;) {
        std::size_t const begin = previous_letter(text, at);
        letters.emplace(letters.begin(), text.substr(begin, at - begin));
        at = begin;
    }
    return letters;
}

std::string joined(Letters const& letters)
{
    std::string text;
    for (std::string const& letter : letters)
        text += letter;
    return text;
}

Letters const family_and_friends = {"a", "한", "e\u0301", "👨‍👩‍👧‍👦", "🇰🇷", "🇩🇪",
    "❤️", "1️⃣", "👍🏽", "ᄒ\u1161\u11ab", " ", "क\u093f", "z", "🏳️‍🌈", "\t", "字"};

} // namespace

TEST_SUITE_BEGIN("letters");

TEST_CASE("a letter is what is seen as one, from either side")
{
    std::string const text = joined(family_and_friends);
    CHECK(letters_forward(text) == family_and_friends);
    CHECK(letters_backward(text) == family_and_friends);
}

TEST_CASE("flags pair from the left, whichever side they are read from")
{
    Letters const flags = {"🇰🇷", "🇰🇷", "🇰🇷", "🇰"};
    CHECK(letters_forward(joined(flags)) == flags);
    CHECK(letters_backward(joined(flags)) == flags);
}

TEST_CASE("an emoji after a joiner belongs to what the joiner follows, if that is an emoji")
{
    CHECK(letters_backward("a\u200d👧") == Letters {"a\u200d", "👧"});
    CHECK(letters_backward("👩\u200d👧") == Letters {"👩\u200d👧"});
    CHECK(letters_backward("👩\u0301\u200d👧") == Letters {"👩\u0301\u200d👧"});
}

TEST_CASE("from inside a letter the next and the previous are its own ends")
{
    std::string const text = "x👨‍👩‍👧y";
    std::size_t const begin = 1;
    std::size_t const end = text.size() - 1;
    std::size_t const inside = begin + 4 + 3; // after the first person and the joiner
    CHECK(next_letter(text, inside) == end);
    CHECK(previous_letter(text, inside) == begin);
    CHECK(letter_boundary(text, inside) == end);
    CHECK(letter_boundary(text, begin) == begin);
    CHECK(letter_boundary(text, end) == end);
}

TEST_CASE("there is nothing before the beginning and nothing after the end")
{
    CHECK(previous_letter("한글", 0) == 0);
    CHECK(next_letter("한글", 6) == 6);
    CHECK(letter_boundary("", 0) == 0);
    CHECK(columns_of("") == 0);
}

TEST_CASE("Hangul takes two columns a syllable, however it is written")
{
    CHECK(columns_of("안녕하세요") == 10);
    CHECK(columns_of("ᄒ\u1161\u11ab") == 2);
    CHECK(columns_of("ᄀ\u1100\u1161") == 2);
    CHECK(columns_of("ㅋㅋㅋ") == 6);
    CHECK(columns_of("전송할 메세지 >> ") == 17);
}

TEST_CASE("emoji take two columns, a whole family as well as one")
{
    for (std::string_view emoji :
        {"👩", "👨‍👩‍👧‍👦", "🇰🇷", "❤️", "1️⃣", "👍🏽", "🏳️‍🌈", "⌚"})
        CHECK(columns_of(emoji) == 2);
    CHECK(columns_of("❤") == 1);
    CHECK(columns_of("🇰") == 1);
    CHECK(columns_of("a\ufe0f") == 1);
}

TEST_CASE("combining marks and invisible letters take no column")
{
    CHECK(columns_of("e\u0301\u0302\u0303") == 1);
    CHECK(columns_of("a\u200bb\u200e") == 2);
    CHECK(columns_of("क\u093f") == 2); // a spacing mark has a column of its own
}

TEST_CASE("wide and narrow, a tab counting as one")
{
    CHECK(columns_of("plain") == 5);
    CHECK(columns_of("字ｗ") == 4);
    CHECK(columns_of("ﾊﾝｶｸ") == 4);
    CHECK(columns_of("a\tb") == 3);
}

TEST_CASE("a row is wrapped between the parts of a letter that have columns of their own")
{
    CHECK(next_cell("e\u0301x", 0) == 3);
    CHECK(next_cell("क\u093fx", 0) == 3);
    CHECK(next_cell("क\u093fx", 3) == 6);
    CHECK(next_cell("👨‍👩‍👧x", 0) == 18);
    CHECK(next_cell("ᄒ\u1161\u11abx", 0) == 9);
    CHECK(next_cell("x", 1) == 1);
}

TEST_CASE("words are made of letters and digits of any script")
{
    for (std::string_view letter : {"a", "Z", "7", "é", "e\u0301", "한", "字", "ㅋ"})
        CHECK(is_word_letter(letter));
    for (std::string_view letter : {" ", "\t", ".", "-", "👩", "，"})
        CHECK_FALSE(is_word_letter(letter));
    for (std::string_view letter : {" ", "\t", "\u3000", "\u00a0"})
        CHECK(is_blank_letter(letter));
    CHECK_FALSE(is_blank_letter("a"));
}

TEST_SUITE_END();
