#include "doors/lines.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace duet;

TEST_SUITE_BEGIN("lines");

namespace {

constexpr std::size_t most = limits::line_bytes_max;

/// The text of the first line of `input`, which must have one.
std::string_view first(std::string_view input)
{
    auto const line = next_line(as_bytes(input));
    REQUIRE(line.has_value());
    REQUIRE(line->has_value());
    return (*line)->text;
}

std::size_t used(std::string_view input)
{
    return (*next_line(as_bytes(input)))->used;
}

bool must_wait(std::string_view input)
{
    auto const line = next_line(as_bytes(input));
    return line.has_value() and not line->has_value();
}

Error first_error(std::string_view input)
{
    auto const line = next_line(as_bytes(input));
    REQUIRE_FALSE(line.has_value());
    return line.error();
}

/// All lines of a stream that ends behind `input`.
std::vector<std::string_view> lines(std::string_view input)
{
    std::vector<std::string_view> all;
    while (not must_wait(input)) {
        all.push_back(first(input));
        input.remove_prefix(used(input));
    }
    if (auto const last = last_line(as_bytes(input)).value(); last.has_value())
        all.push_back(last->text);
    return all;
}

using Lines = std::vector<std::string_view>;

} // namespace

TEST_CASE("a line is what stands before its end, which is used up with it")
{
    CHECK(first("hello\nyou") == "hello");
    CHECK(used("hello\nyou") == 6);
    CHECK(first("안녕 👩‍👩‍👧\n") == "안녕 👩‍👩‍👧");
    CHECK(lines("one\ntwo\nthree\n") == Lines {"one", "two", "three"});
}

TEST_CASE("a carriage return before the end is dropped, and no other")
{
    CHECK(first("hello\r\n") == "hello");
    CHECK(used("hello\r\n") == 7);
    CHECK(first("hello\r\r\n") == "hello\r");
    CHECK(first("he\rllo\n") == "he\rllo");
    CHECK(first("\rhello\n") == "\rhello");
    CHECK(lines("\n\r") == Lines {"", "\r"});
}

TEST_CASE("an empty line is a line")
{
    CHECK(first("\n").empty());
    CHECK(first("\r\n").empty());
    CHECK(lines("\n\r\n\nend\n") == Lines {"", "", "", "end"});
}

TEST_CASE("control characters are text, and so is NUL")
{
    std::string_view const text("a\0b\x1b[2J\x7f\t", 9);
    CHECK(first(std::string(text) + '\n') == text);
}

TEST_CASE("a line without its end waits for it")
{
    for (std::string_view begun : {"", "h", "hello", "hello\r", "\xec\x95"})
        CHECK(must_wait(begun));
}

TEST_CASE("the longest line has 16384 bytes, its end not counted")
{
    CHECK(most == 16384);
    std::string const longest(most, 'x');
    CHECK(first(longest + '\n') == longest);
    CHECK(first(longest + "\r\n") == longest);
    CHECK(first_error(longest + "x\n") == Error::line_too_long);
    CHECK(first_error(longest + "x\r\n") == Error::line_too_long);
    CHECK(first_error(longest + "\r\r\n") == Error::line_too_long);
}

TEST_CASE("a line that can no longer be short enough is not waited for")
{
    std::string const longest(most, 'x');
    CHECK(must_wait(longest));
    CHECK(must_wait(longest + '\r')); // this may be part of the end
    CHECK(first_error(longest + 'x') == Error::line_too_long);
    CHECK(first_error(longest + "\rx") == Error::line_too_long);
    CHECK(first_error(longest + "\r\r") == Error::line_too_long);
}

TEST_CASE("the longest line may be chosen")
{
    CHECK(next_line(as_bytes("12345\r\n"), 5)->value().text == "12345");
    CHECK(next_line(as_bytes("123456\n"), 5).error() == Error::line_too_long);
    CHECK(next_line(as_bytes("123456"), 5).error() == Error::line_too_long);
    CHECK_FALSE(next_line(as_bytes("12345\r"), 5)->has_value());
    std::string const longer(most + 1, 'x');
    CHECK(next_line(as_bytes(longer + '\n'), most + 1)->value().text == longer);
}

TEST_CASE("what is no UTF-8 is no line, wherever it stands in it")
{
    for (std::string_view wrong :
        {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xff"}) {
        CHECK(first_error(std::string(wrong) + '\n') == Error::not_utf8);
        CHECK(first_error("text" + std::string(wrong) + "\r\n") == Error::not_utf8);
        CHECK(last_line(as_bytes(wrong)).error() == Error::not_utf8);
    }
}

TEST_CASE("a letter that is cut by the line's end is no UTF-8, at every cut")
{
    std::string_view const letters = "é안👩";
    for (std::size_t cut = 1; cut < letters.size(); ++cut) {
        bool const is_whole = cut == 2 or cut == 5;
        std::string const text(letters.substr(0, cut));
        CHECK(must_wait(text));
        auto const line = next_line(as_bytes(text + '\n'));
        auto const last = last_line(as_bytes(text));
        CHECK(line.has_value() == is_whole);
        CHECK(last.has_value() == is_whole);
    }
}

TEST_CASE("a line before a bad one is still a line")
{
    std::string_view const input = "good\n\xff\n";
    CHECK(first(input) == "good");
    CHECK(first_error(input.substr(used(input))) == Error::not_utf8);
}

TEST_CASE("at the end of a stream the last line needs no end")
{
    CHECK(last_line(as_bytes("last"))->value().text == "last");
    CHECK(last_line(as_bytes("last"))->value().used == 4);
    CHECK_FALSE(last_line(Bytes())->has_value());
    std::string const longest(most, 'x');
    CHECK(last_line(as_bytes(longest))->value().text == longest);
    CHECK(last_line(as_bytes(longest + 'x')).error() == Error::line_too_long);
    CHECK(lines("one\ntwo") == Lines {"one", "two"});
}

TEST_CASE("what is written as a line is read as the same line")
{
    std::string stream;
    for (std::string_view text : {"one", "", "안녕", "quit"})
        append_line(stream, text);
    CHECK(stream == "one\n\n안녕\nquit\n");
    CHECK(lines(stream) == Lines {"one", "", "안녕", "quit"});
}

TEST_CASE("quit in any letter case ends a talk, and nothing else does")
{
    for (std::string_view text : {"quit", "QUIT", "Quit", "qUiT"})
        CHECK(is_quit(text));
    for (std::string_view text :
        {"", "qui", "quit ", " quit", "quit!", "quitt", "quıt", "QUİT", "QUI", "exit"})
        CHECK_FALSE(is_quit(text));
}

TEST_CASE("the first line of an HTTP request is known as such")
{
    for (std::string_view text : {"GET / HTTP/1.1", "POST /a?b=c HTTP/1.0", "PRI * HTTP/2.0",
             "OPTIONS * HTTP/1.1", "CONNECT kim.example:443 HTTP/1.1",
             "GET http://kim.example/ HTTP/1.1", "GET /a path with spaces HTTP/1.1"})
        CHECK(is_http_request(text));
}

TEST_CASE("talk about HTTP is no request")
{
    for (std::string_view text : {"", "GET", "GET /", "get / HTTP/1.1", "GET HTTP/1.1",
             " GET / HTTP/1.1", "/ HTTP/1.1", "I like HTTP/1.1", "I I HTTP/1.1", "GET / HTTP",
             "GET / XHTTP/1.1", "GET / HTTP/1.1 please", "안녕 / HTTP/1.1"})
        CHECK_FALSE(is_http_request(text));
}

TEST_SUITE_END();
