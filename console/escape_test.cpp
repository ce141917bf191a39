#include "console/escape.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("escape");

TEST_CASE("text without control characters passes unchanged")
{
    for (std::string_view text : {"", "plain text\twith a tab", "안녕하세요",
             "👩‍👩‍👧 ❤️ 🇰🇷", "é ¿ « \u00a0 ÿ", "\\x1b"})
        CHECK(escaped(text) == text);
}

TEST_CASE("every C0 character but tab is shown as two hexadecimal digits")
{
    CHECK(escaped(std::string_view("a\0b", 3)) == "a\\x00b");
    CHECK(escaped("\r\n") == "\\x0d\\x0a");
    CHECK(escaped("\x7f") == "\\x7f");
    for (char control = 1; control < 0x20; ++control)
        CHECK(escaped(std::string_view(&control, 1)).size() == (control == '\t' ? 1 : 4));
}

TEST_CASE("every C1 character is shown as four hexadecimal digits, and its neighbours are not")
{
    CHECK(escaped("\u0080\u009b\u009f") == "\\u0080\\u009b\\u009f");
    CHECK(escaped("\u00a0\u00bf\u00c0") == "\u00a0\u00bf\u00c0");
}

TEST_CASE("no sequence that a terminal obeys survives")
{
    CHECK(escaped("\x1b]0;title\x07") == "\\x1b]0;title\\x07");
    CHECK(escaped("\x1b[2J안녕\x1b[H") == "\\x1b[2J안녕\\x1b[H");
    CHECK(escaped("\x1b]52;c;aGk=\x1b\\") == "\\x1b]52;c;aGk=\\x1b\\");
    CHECK(escaped("\u009b2J") == "\\u009b2J");
}

TEST_SUITE_END();
