#include "core/text.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace duet;

namespace {

/// What is wrong; nullopt if nothing is.
std::optional<Error> wrong(Result<void> const& checked)
{
    return checked.has_value() ? std::nullopt : std::optional(checked.error());
}

std::string utf8(unsigned letter) // below U+0800
{
    if (letter < 0x80)
        return {static_cast<char>(letter)};
    return {static_cast<char>(0xC0u | letter >> 6), static_cast<char>(0x80u | (letter & 0x3Fu))};
}

} // namespace

TEST_SUITE_BEGIN("text");

TEST_CASE("a message may be anything that people write")
{
    for (std::string_view const text : {"a", " ", "안녕하세요", "👩‍👩‍👧", "two\nlines",
             "a\ttab", "\n", "quit", "café", "\xC2\xA0",
             "\xE2\x80\xAE"
             "abc",
             "{\"json\":1}"}) {
        CAPTURE(text);
        CHECK_FALSE(wrong(check_message(text)).has_value());
    }
}

TEST_CASE("a message is neither empty nor too long, in bytes")
{
    CHECK(wrong(check_message("")) == Error::text_empty);
    CHECK_FALSE(wrong(check_message(std::string(limits::text_bytes_max, 'x'))).has_value());
    CHECK(
        wrong(check_message(std::string(limits::text_bytes_max + 1, 'x'))) == Error::text_too_long);
    std::string korean;
    while (korean.size() <= limits::text_bytes_max)
        korean += "안";
    CHECK(wrong(check_message(korean)) == Error::text_too_long);
    korean.resize(korean.size() - 3);
    CHECK_FALSE(wrong(check_message(korean)).has_value());
}

TEST_CASE("a message has no control character but the line's end and the tab; a name has none")
{
    for (unsigned letter = 0; letter < 0x200; ++letter) {
        bool const is_control = letter < 0x20 or (letter >= 0x7F and letter < 0xA0);
        bool const may_be_said = letter == '\n' or letter == '\t';
        for (std::string const& text :
            {utf8(letter), "a" + utf8(letter), utf8(letter) + "b", "안" + utf8(letter) + "녕"}) {
            CAPTURE(letter);
            CHECK(check_message(text).has_value() == (not is_control or may_be_said));
            CHECK(check_name(text).has_value() == not is_control);
            if (is_control)
                CHECK(wrong(check_name(text)) == Error::control_character);
        }
    }
}

TEST_CASE("letters that only hold bytes of a control character are none")
{
    // 0x80 to 0x9F are second and third bytes of many letters; 0xC2 is only ever a first one.
    for (std::string_view const text :
        {"é", "À", "낂", "\xE0\xA0\x80", "\xF0\x9F\x98\x80", "\xC3\x82"}) {
        CAPTURE(text);
        CHECK(check_message(text).has_value());
        CHECK(check_name(text).has_value());
    }
}

TEST_CASE("where a control character stands is told in bytes")
{
    CHECK(control_character_in("가\x1b[2J") == 3);
    CHECK(control_character_in("a\xc2\x9b") == 1);
    CHECK(control_character_in("a\tb\nc") == std::nullopt);
}

TEST_CASE("a name is one line of a few letters")
{
    CHECK_FALSE(wrong(check_name("Kim 민수 \"K\"")).has_value());
    CHECK(wrong(check_name("")) == Error::text_empty);
    CHECK_FALSE(wrong(check_name(std::string(limits::name_bytes_max, 'x'))).has_value());
    CHECK(wrong(check_name(std::string(limits::name_bytes_max + 1, 'x'))) == Error::text_too_long);
    CHECK(wrong(check_name("two\nlines")) == Error::control_character);
    CHECK(wrong(check_name("a\ttab")) == Error::control_character);
}

TEST_CASE("a handle is small, plain, and begins with a letter or digit")
{
    for (std::string_view const handle :
        {"a", "0", "kim", "kim.lee", "a-b_c.9", "9-", "a..", "a--"}) {
        CAPTURE(handle);
        CHECK_FALSE(wrong(check_handle(handle)).has_value());
    }
    CHECK_FALSE(wrong(check_handle(std::string(limits::handle_bytes_max, 'a'))).has_value());
    for (std::string_view const handle : {"", ".", "..", "-x", "_x", ".x", "Kim", "kIm", "kim ",
             " kim", "k/m", "k\\m", "kim\n", "김", "kаm", "k:m", "k@m", "k+m", "*", "~"}) {
        CAPTURE(handle);
        CHECK(wrong(check_handle(handle)) == Error::handle_wrong);
    }
    CHECK(
        wrong(check_handle(std::string(limits::handle_bytes_max + 1, 'a'))) == Error::handle_wrong);
    CHECK(wrong(check_handle(std::string_view("kim\0", 4))) == Error::handle_wrong);
}

TEST_SUITE_END();
