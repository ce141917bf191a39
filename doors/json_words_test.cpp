#include "doors/json_words.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace duet;

TEST_SUITE_BEGIN("json words");

TEST_CASE("every kind has a word of its own, and comes back by it")
{
    for (Kind const kind : {Kind::text, Kind::edit, Kind::erasure, Kind::reaction, Kind::file,
             Kind::request, Kind::device_added}) {
        CHECK_FALSE(word(kind).empty());
        CHECK(kind_of(word(kind)) == kind);
    }
    CHECK(word(Kind::text) == "text");
    CHECK(word(Kind::device_added) == "device_added");
}

TEST_CASE("a word of another version is a kind that is none of ours")
{
    for (std::string_view const word : {"", "Text", "poll", "text "})
        CHECK(kind_of(word) == Kind {});
    CHECK(word(Kind {}).empty());
    CHECK(word(static_cast<Kind>(200)).empty());
}

TEST_CASE("every error that has a word comes back by it")
{
    for (int i = 0; i <= static_cast<int>(Error::server_stopping); ++i) {
        auto const error = static_cast<Error>(i);
        CAPTURE(i);
        CHECK(error_of(word(error)) == error);
    }
    CHECK_FALSE(error_of("").has_value());
    CHECK_FALSE(error_of("unknown").has_value());
}

TEST_CASE("hexadecimal is small, and exactly as long as what it stands for")
{
    std::array<std::byte, 2> room {};
    REQUIRE(read_hex("0fa5", room).has_value());
    CHECK(room == std::array {std::byte {0x0F}, std::byte {0xA5}});
    for (std::string_view const wrong : {"", "0", "0f", "0fa", "0fa5a", "0fa5a5", "0FA5", "0fA5",
             "0fg5", "0x5a", " fa5", "0fa ", "+fa5", "-1-1", "안a"}) {
        CAPTURE(wrong);
        CHECK(read_hex(wrong, room).error() == Error::field_wrong);
    }
    CHECK(read_hex(std::string_view("0f\0\0", 4), room).error() == Error::field_wrong);
    CHECK(read_hex("", std::span<std::byte>()).has_value());
}

TEST_SUITE_END();
