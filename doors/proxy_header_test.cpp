#include "doors/proxy_header.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace duet;
using namespace std::string_literals;

namespace {

std::string const signature = "\r\n\r\n\0\r\nQUIT\n"s;

/// A header, of which the length is counted here.
std::string header(char command, char kind, std::string const& rest)
{
    auto const bytes = rest.size();
    return signature + command + kind + static_cast<char>(bytes >> 8) + static_cast<char>(bytes)
        + rest;
}

std::string const fourth = "\xC0\x00\x02\x01\x0A\x00\x00\x01\xC3\x50\x1F\x40"s;
std::string const sixth = "\x20\x01\x0D\xB8"s + std::string(11, '\0') + "\x07"
    + std::string(16, '\1') + "\xC3\x50\x1F\x40"s;

bool is_refused(std::string const& bytes)
{
    auto const read = read_proxy_header(as_bytes(bytes));
    return not read.has_value() and read.error() == Error::proxy_header_wrong;
}

} // namespace

TEST_SUITE_BEGIN("proxy header");

TEST_CASE("a proxy tells who has called it")
{
    auto const read = read_proxy_header(as_bytes(header('\x21', '\x11', fourth) + "hello"));
    REQUIRE(read.has_value());
    REQUIRE(read->has_value());
    CHECK((*read)->from == ProxyHeader::From::fourth);
    CHECK((*read)->address[0] == std::byte {192});
    CHECK((*read)->address[3] == std::byte {1});
    CHECK((*read)->port == 50000);
    CHECK((*read)->used == 28);

    auto const other = read_proxy_header(as_bytes(header('\x21', '\x21', sixth)));
    REQUIRE(other.has_value());
    REQUIRE(other->has_value());
    CHECK((*other)->from == ProxyHeader::From::sixth);
    CHECK((*other)->address[15] == std::byte {7});
    CHECK((*other)->port == 50000);
    CHECK((*other)->used == 52);
}

TEST_CASE("what stands behind the addresses is skipped")
{
    std::string const more = "\x04\x00\x03"
                             "abc"s;
    auto const read = read_proxy_header(as_bytes(header('\x21', '\x11', fourth + more) + "{"));
    REQUIRE(read.has_value());
    REQUIRE(read->has_value());
    CHECK((*read)->used == 28 + more.size());
}

TEST_CASE("a proxy that speaks for itself names nobody")
{
    for (std::string const& bytes : {header('\x20', '\x00', ""), header('\x20', '\x11', fourth),
             header('\x21', '\x00', ""), header('\x21', '\x31', std::string(216, 'x'))}) {
        auto const read = read_proxy_header(as_bytes(bytes));
        REQUIRE(read.has_value());
        REQUIRE(read->has_value());
        CHECK((*read)->from == ProxyHeader::From::itself);
        CHECK((*read)->used == bytes.size());
    }
}

TEST_CASE("a header that is not all there is waited for, wherever it is cut")
{
    std::string const whole = header('\x21', '\x11', fourth);
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        auto const read = read_proxy_header(as_bytes(whole).first(bytes));
        REQUIRE(read.has_value());
        CHECK_FALSE(read->has_value());
    }
}

TEST_CASE("what is no such header is refused at the first wrong byte")
{
    CHECK(is_refused("{"));
    CHECK(is_refused("PROXY TCP4 192.0.2.1 10.0.0.1 50000 8000\r\n")); // version 1
    CHECK(is_refused("\r\n\r\n\0\r\nQUIS"s));
    CHECK(is_refused(signature + '\x11'));                       // another version
    CHECK(is_refused(signature + '\x22'));                       // an unknown command
    CHECK(is_refused(header('\x21', '\x12', fourth)));           // datagrams
    CHECK(is_refused(header('\x21', '\x41', fourth)));           // an unknown kind of address
    CHECK(is_refused(header('\x21', '\x11', fourth.substr(1)))); // too short for what it says
    CHECK(is_refused(header('\x21', '\x21', fourth)));
}

TEST_CASE("a header that would be too long is refused before it comes")
{
    auto const most = limits::proxy_header_bytes_max - 16;
    CHECK(is_refused(header('\x21', '\x11', fourth + std::string(most, 'x')).substr(0, 16)));
    auto const read = read_proxy_header(
        as_bytes(header('\x21', '\x11', fourth + std::string(most - fourth.size(), 'x'))));
    REQUIRE(read.has_value());
    CHECK(read->has_value());
}

TEST_SUITE_END();
