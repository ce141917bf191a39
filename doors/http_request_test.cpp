#include "doors/http_request.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace duet;

namespace {

Error error_in(std::string const& text)
{
    auto const read = read_http_request(as_bytes(text));
    REQUIRE_FALSE(read.has_value());
    return read.error();
}

} // namespace

TEST_SUITE_BEGIN("http request");

TEST_CASE("a request says what it wants")
{
    std::string const text =
        "GET /metrics HTTP/1.1\r\nHost: localhost:9464\r\nAccept: */*\r\n\r\nGET";
    auto const read = read_http_request(as_bytes(text));
    REQUIRE(read.has_value());
    REQUIRE(read->has_value());
    CHECK((*read)->method == "GET");
    CHECK((*read)->target == "/metrics");
    CHECK_FALSE((*read)->has_body);
    CHECK((*read)->used == text.size() - 3);
}

TEST_CASE("who types it need not type carriage returns, nor fields")
{
    std::string const text = "GET / HTTP/1.0\n\n";
    auto const read = read_http_request(as_bytes(text));
    REQUIRE(read.has_value());
    REQUIRE(read->has_value());
    CHECK((*read)->target == "/");
}

TEST_CASE("a head that is not all there is waited for, wherever it is cut")
{
    std::string const text = "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n";
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
        auto const read = read_http_request(as_bytes(text).first(bytes));
        REQUIRE(read.has_value());
        CHECK_FALSE(read->has_value());
    }
}

TEST_CASE("a body is seen to follow")
{
    for (std::string const name : {"Content-Length: 0", "transfer-encoding: chunked"}) {
        auto const text = "POST / HTTP/1.1\r\n" + name + "\r\n\r\n";
        auto const read = read_http_request(as_bytes(text));
        REQUIRE(read.has_value());
        REQUIRE(read->has_value());
        CHECK((*read)->has_body);
    }
}

TEST_CASE("what is no request is refused")
{
    for (std::string const line :
        {"", "GET", "GET /", "GET  HTTP/1.1", "get / HTTP/1.1", " / HTTP/1.1", "GET /a b HTTP/1.1",
            "GET /\x01 HTTP/1.1", "GET / HTTP/2.0", "GET / http/1.1"})
        CHECK(error_in(line + "\r\n") == Error::http_malformed);
    for (std::string const field :
        {"no colon", ": no name", " folded: x", "Host : x", "Host: \x02", "H\xC3\xA9: x"})
        CHECK(error_in("GET / HTTP/1.1\r\n" + field + "\r\n") == Error::http_malformed);
}

TEST_CASE("a head that does not end is refused at its limit")
{
    std::string const begin = "GET / HTTP/1.1\r\nX: ";
    std::string const most(limits::http_head_bytes_max - 1 - begin.size(), 'x');
    auto const read = read_http_request(as_bytes(begin + most));
    REQUIRE(read.has_value());
    CHECK_FALSE(read->has_value());
    CHECK(error_in(begin + most + "x") == Error::http_head_too_long);
    CHECK(error_in(begin + most + "x\r\n\r\n") == Error::http_head_too_long);
}

TEST_SUITE_END();
