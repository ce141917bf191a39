#include "net/address_range.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace duet;

namespace {

bool has(std::string const& range, std::string const& endpoint)
{
    auto const parsed = AddressRange::parse(range);
    REQUIRE(parsed.has_value());
    auto const addresses = resolve(*Endpoint::parse(endpoint), Purpose::call);
    REQUIRE(addresses.has_value());
    return parsed->has(addresses->front());
}

} // namespace

TEST_SUITE_BEGIN("address range");

TEST_CASE("an address alone is a range of one")
{
    CHECK(has("192.0.2.1", "192.0.2.1:5"));
    CHECK_FALSE(has("192.0.2.1", "192.0.2.2:5"));
    CHECK(has("::1", "[::1]:5"));
    CHECK_FALSE(has("::1", "127.0.0.1:5"));
}

TEST_CASE("a range has what begins as it does, to the bit")
{
    CHECK(has("10.0.0.0/8", "10.255.1.2:5"));
    CHECK_FALSE(has("10.0.0.0/8", "11.0.0.0:5"));
    CHECK(has("10.128.0.0/9", "10.200.1.2:5"));
    CHECK_FALSE(has("10.128.0.0/9", "10.127.1.2:5"));
    CHECK(has("0.0.0.0/0", "192.0.2.1:5"));
    CHECK(has("2001:db8::/33", "[2001:db8:7fff::1]:5"));
    CHECK_FALSE(has("2001:db8::/33", "[2001:db8:8000::1]:5"));
    CHECK(has("10.1.2.3/8", "10.9.9.9:5")); // bits behind the prefix do not count
}

TEST_CASE("an IPv4 address is the same when it comes as an IPv6 one")
{
    CHECK(has("192.0.2.0/24", "[::ffff:192.0.2.7]:5"));
    CHECK_FALSE(has("::/0", "[::ffff:192.0.2.7]:5"));
}

TEST_CASE("all Unix sockets are one range")
{
    CHECK(has("unix", "unix:/run/x"));
    CHECK_FALSE(has("unix", "127.0.0.1:5"));
    CHECK_FALSE(has("127.0.0.1", "unix:/run/x"));
}

TEST_CASE("what is no range is refused")
{
    for (std::string const text : {"", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/",
             "10.0.0/8", "10.0.0.0/8x", "10.0.0.0/-1", "/8", "10.0.0.1:80", "[::1]"})
        CHECK_FALSE(AddressRange::parse(text).has_value());
}

TEST_SUITE_END();
