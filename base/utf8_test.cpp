#include "base/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace duet;

TEST_SUITE_BEGIN("utf8");

TEST_CASE("valid text of one to four bytes a letter passes")
{
    for (std::string_view text : {"", "plain", "é", "안녕하세요", "👩‍👩‍👧 and more",
             "\x7f\t", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(is_utf8(as_bytes(text)));
    CHECK(is_utf8(as_bytes(std::string_view("a\0b", 3))));
}

TEST_CASE("what RFC 3629 forbids is found where it stands")
{
    for (std::string_view wrong : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",
             "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
             "\xc3(", "\xe2\x82(", "\xf0\x9f\x98("}) {
        std::string const text = "twelve bytes" + std::string(wrong);
        Utf8Check const found = check_utf8(as_bytes(text));
        CHECK(found.valid_bytes == 12);
        CHECK_FALSE(found.may_continue);
    }
}

TEST_CASE("a letter cut at any byte may still continue")
{
    std::string const text = "ab안👩";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Utf8Check const found = check_utf8(as_bytes(text).first(cut));
        CHECK(found.valid_bytes <= cut);
        CHECK(found.may_continue == (found.valid_bytes < cut));
    }
}

TEST_SUITE_END();
