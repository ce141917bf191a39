#include "net/endpoint.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("endpoint");

namespace {

Endpoint at(std::string host, std::uint16_t port)
{
    return {std::move(host), port, ""};
}

Endpoint path(std::string path)
{
    Endpoint endpoint;
    endpoint.path = std::move(path);
    return endpoint;
}

Error why_not(std::string_view text)
{
    auto const parsed = Endpoint::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

} // namespace

TEST_CASE("an endpoint is read in every form that people write")
{
    CHECK(Endpoint::parse("kim.example:8000") == at("kim.example", 8000));
    CHECK(Endpoint::parse("kim.example:0") == at("kim.example", 0));
    CHECK(Endpoint::parse("127.0.0.1:65535") == at("127.0.0.1", 65535));
    CHECK(Endpoint::parse("[::1]:7000") == at("::1", 7000));
    CHECK(Endpoint::parse("[fe80::1%eth0]:7000") == at("fe80::1%eth0", 7000));
    CHECK(Endpoint::parse("unix:/run/x") == path("/run/x"));
    CHECK(Endpoint::parse("unix:name:8000") == path("name:8000"));
}

TEST_CASE("without a port it is port 8000")
{
    CHECK(Endpoint::parse("kim.example") == at("kim.example", 8000));
    CHECK(Endpoint::parse("127.0.0.1") == at("127.0.0.1", 8000));
    CHECK(Endpoint::parse("::1") == at("::1", 8000));
    CHECK(Endpoint::parse("::") == at("::", 8000));
    CHECK(Endpoint::parse("fe80::1%eth0") == at("fe80::1%eth0", 8000));
    CHECK(Endpoint::parse("[::1]") == at("::1", 8000));
}

TEST_CASE("an empty host is kept empty, and nothing at all is 127.0.0.1:8000")
{
    CHECK(Endpoint::parse(":7000") == at("", 7000));
    CHECK(Endpoint::parse("[]:7000") == at("", 7000));
    CHECK(Endpoint::parse("") == at("127.0.0.1", 8000));
    CHECK(Endpoint() == at("127.0.0.1", 8000));
}

TEST_CASE("an endpoint is printed with its port, and an IPv6 address in brackets")
{
    CHECK(Endpoint().text() == "127.0.0.1:8000");
    CHECK(at("kim.example", 1).text() == "kim.example:1");
    CHECK(at("::1", 8000).text() == "[::1]:8000");
    CHECK(at("fe80::1%eth0", 8000).text() == "[fe80::1%eth0]:8000");
    CHECK(at("", 8000).text() == ":8000");
    CHECK(path("/run/x").text() == "unix:/run/x");
}

TEST_CASE("what is printed is read as the same endpoint again")
{
    for (Endpoint const& endpoint :
        {Endpoint(), at("", 0), at("kim.example", 65535), at("::1", 1), at("fe80::1%eth0", 22),
            at("8000", 8000), at("unix", 8000), path("/run/x"), path("[::1]:8000")})
        CHECK(Endpoint::parse(endpoint.text()) == endpoint);
}

TEST_CASE("a port alone is no address")
{
    CHECK(why_not("8000") == Error::port_alone);
    CHECK(why_not("0") == Error::port_alone);
}

TEST_CASE("a port is a number from 0 to 65535")
{
    for (char const* text : {"host:http", "host:", ":", "host:-1", "host:+1", "host: 1", "host:1x",
             "host:0x50", "[::1]:", "[::1]8000", "[::1]x"})
        CHECK(why_not(text) == Error::port_not_a_number);
    for (char const* text : {"host:65536", "host:99999999999999999999", "[::1]:65536"})
        CHECK(why_not(text) == Error::port_out_of_range);
    CHECK(Endpoint::parse("host:00080") == at("host", 80));
}

TEST_CASE("a bracket is closed, and belongs around the host")
{
    for (char const* text : {"[", "[::1", "[::1:8000", "[[::1]:8000", "a]:b:c", "a[b:8000"})
        CHECK(why_not(text) == Error::bracket_not_closed);
}

TEST_CASE("a host has at most 255 bytes")
{
    std::string const longest(255, 'h');
    CHECK(Endpoint::parse(longest) == at(longest, 8000));
    CHECK(Endpoint::parse(longest + ":1") == at(longest, 1));
    CHECK(why_not(longest + 'h') == Error::host_too_long);
    CHECK(why_not(longest + "h:1") == Error::host_too_long);
    CHECK(why_not('[' + longest + "h]") == Error::host_too_long);
}

TEST_CASE("a path has 1 to 107 bytes")
{
    std::string const longest(107, 'p');
    CHECK(Endpoint::parse("unix:" + longest) == path(longest));
    CHECK(why_not("unix:" + longest + 'p') == Error::path_too_long);
    CHECK(why_not("unix:") == Error::path_missing);
}

TEST_SUITE_END();
