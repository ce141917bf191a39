#include "net/address.hpp"

#include "base/limits.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <array>
#include <netinet/in.h>

#include <algorithm>

using namespace duet;

TEST_SUITE_BEGIN("address");

namespace {

/// The addresses of `text`, to a caller unless said otherwise.
std::vector<Address> found(std::string_view text, Purpose purpose = Purpose::call)
{
    auto const addresses = resolve(Endpoint::parse(text).value(), purpose);
    REQUIRE(addresses.has_value());
    return *addresses;
}

Address the(std::string_view text)
{
    auto const addresses = found(text);
    REQUIRE(addresses.size() == 1);
    return addresses.front();
}

/// A label of a host name has at most 63 bytes, so nobody need be asked to know that this is none.
Endpoint nobody()
{
    Endpoint endpoint;
    endpoint.host = std::string(64, 'x') + ".invalid";
    return endpoint;
}

} // namespace

TEST_CASE("an IPv4 address is one address, and prints as it was written")
{
    CHECK(the("192.0.2.7:8000").text() == "192.0.2.7:8000");
    CHECK(the("192.0.2.7:8000").family() == AF_INET);
    CHECK(the("192.0.2.7:8000").bytes() == sizeof(sockaddr_in));
}

TEST_CASE("an IPv6 address prints in brackets, with its scope")
{
    CHECK(the("[2001:db8::7]:8000").text() == "[2001:db8::7]:8000");
    CHECK(the("[fe80::1%lo]:8000").text() == "[fe80::1%lo]:8000");
    CHECK(the("[fe80::1%lo]:8000").family() == AF_INET6);
}

TEST_CASE("a path of 107 bytes is an address, to its last byte")
{
    std::string const text = "unix:/" + std::string(106, 'p');
    CHECK(the(text).is_unix());
    CHECK(the(text).text() == text);
    CHECK(the("unix:/run/x").text() == "unix:/run/x");
}

TEST_CASE("an empty host is every address to a listener and this machine to a caller")
{
    CHECK(found(":8000", Purpose::listen).front().text() == "[::]:8000");
    CHECK(found(":8000", Purpose::call).front().text() == "127.0.0.1:8000");
}

TEST_CASE("every address of a family is known as such")
{
    CHECK(Address::any(AF_INET, 8000).text() == "0.0.0.0:8000");
    CHECK(Address::any(AF_INET6, 8000).text() == "[::]:8000");
    CHECK(Address::any(AF_INET, 8000).is_any());
    CHECK(Address::any(AF_INET6, 8000).is_any());
    for (char const* text : {"127.0.0.1", "::1", "0.0.0.1", "unix:/run/x"})
        CHECK_FALSE(the(text).is_any());
}

TEST_CASE("what stays on this machine is known as such")
{
    for (char const* text : {"127.0.0.1", "127.255.255.254", "::1", "unix:/run/x"})
        CHECK(the(text).is_loopback());
    for (char const* text :
        {"128.0.0.1", "126.0.0.1", "192.0.2.7", "0.0.0.0", "::", "::2", "fe80::1%lo"})
        CHECK_FALSE(the(text).is_loopback());
}

TEST_CASE("the port is known, and 0 where there is none")
{
    CHECK(the("192.0.2.7:8000").port() == 8000);
    CHECK(the("[::1]:65535").port() == 65535);
    CHECK(the("unix:/run/x").port() == 0);
}

TEST_CASE("an address that the system gave is kept as it is")
{
    sockaddr_in given {};
    given.sin_family = AF_INET;
    given.sin_port = htons(50312);
    given.sin_addr.s_addr = htonl(0xC0000207);
    CHECK(Address(reinterpret_cast<sockaddr const*>(&given), sizeof given).text()
        == "192.0.2.7:50312");
}

TEST_CASE("the end of a Unix socket that has no name prints without one")
{
    sa_family_t const family = AF_UNIX;
    sockaddr_un nameless {};
    nameless.sun_family = family;
    CHECK(Address(reinterpret_cast<sockaddr const*>(&nameless), sizeof family).text() == "unix:");
}

TEST_CASE("localhost is one or two addresses of this machine, with the port")
{
    auto const addresses = found("localhost:7000");
    CHECK(addresses.size() <= limits::addresses_max);
    CHECK(std::ranges::all_of(addresses, &Address::is_loopback));
    CHECK(std::ranges::all_of(
        addresses, [](Address const& address) { return address.text().ends_with(":7000"); }));
}

TEST_CASE("a name that nobody has is an error with the name and the system's words")
{
    auto const none = resolve(nobody(), Purpose::call);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().text().starts_with("look up " + nobody().host + ": "));
    CHECK_FALSE(none.error().words.empty());
}

TEST_CASE("addresses, paths and no host at all are found without asking; names are not")
{
    for (char const* text : {"127.0.0.1:1", "::1", "[fe80::1%lo]:8000", ":8000", "", "unix:/run/x"})
        CHECK(resolves_at_once(Endpoint::parse(text).value()));
    CHECK_FALSE(resolves_at_once(Endpoint::parse("localhost").value()));
    CHECK_FALSE(resolves_at_once(nobody()));
}

TEST_CASE("an address can be made of its bytes")
{
    std::array<std::byte, 16> bytes {std::byte {192}, std::byte {0}, std::byte {2}, std::byte {1}};
    CHECK(Address::internet(Bytes(bytes).first(4), 80).text() == "192.0.2.1:80");
    CHECK(Address::internet(bytes, 80).text() == "[c000:201::]:80");
}

TEST_SUITE_END();
