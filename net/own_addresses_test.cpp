#include "net/own_addresses.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace duet;

namespace {

Address the(std::string const& host)
{
    auto const addresses = resolve({.host = host, .port = 8000, .path = {}}, Purpose::call);
    REQUIRE(addresses.has_value());
    return addresses->front();
}

bool all_are(Reach reach, std::vector<std::string> const& hosts)
{
    bool are = true;
    for (std::string const& host : hosts) {
        CAPTURE(host);
        CHECK(reach_of(the(host)) == reach);
        are = are and reach_of(the(host)) == reach;
    }
    return are;
}

} // namespace

TEST_SUITE_BEGIN("own_addresses");

TEST_CASE("loopback is reached from this machine alone")
{
    CHECK(
        all_are(Reach::this_machine, {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"}));
}

TEST_CASE("private, link-local and providers' addresses are reached from the same network only")
{
    CHECK(all_are(Reach::same_network,
        {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
            "192.168.255.255", "169.254.0.0", "169.254.255.255", "100.64.0.0", "100.127.255.255",
            "198.18.0.1", "198.19.255.255", "fc00::1", "fdff::1", "fe80::1%lo", "febf::1%lo",
            "::ffff:10.0.0.1"}));
}

TEST_CASE("what is next to these is reached from anywhere")
{
    CHECK(all_are(Reach::anywhere,
        {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
            "192.169.0.0", "169.253.255.255", "169.255.0.0", "100.63.255.255", "100.128.0.0",
            "198.17.255.255", "198.20.0.0", "126.255.255.255", "128.0.0.0", "223.255.255.255",
            "1.0.0.0", "2000::1", "2001:db7:ffff::1", "2001:db9::1", "2a00::1", "3fff:ffff::1"}));
}

TEST_CASE("multicast, reserved and documents' addresses are of no use")
{
    CHECK(all_are(Reach::nowhere,
        {"0.0.0.0", "0.255.255.255", "192.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1",
            "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255", "::", "2001:db8::1",
            "1fff::1", "4000::1", "fec0::1", "ff02::1"}));
}

TEST_CASE(
    "the default route's come first, then what is reached from anywhere, and IPv4 before IPv6")
{
    std::vector<OwnAddress> addresses;
    auto const add = [&addresses](std::string const& host, bool is_usual) {
        addresses.push_back({the(host), reach_of(the(host)), is_usual});
    };
    add("fd00::1", false);
    add("10.0.0.2", false);
    add("2a00::1", false);
    add("9.9.9.9", false);
    add("2a00::2", true);
    add("192.168.0.7", true);
    put_most_useful_first(addresses);
    std::vector<std::string> texts;
    for (OwnAddress const& one : addresses)
        texts.push_back(one.address.text());
    CHECK(texts
        == std::vector<std::string> {"[2a00::2]:8000", "192.168.0.7:8000", "9.9.9.9:8000",
            "[2a00::1]:8000", "10.0.0.2:8000", "[fd00::1]:8000"});
}

TEST_CASE(
    "this machine's own addresses have the port that was asked for, and no loopback among them")
{
    for (OwnAddress const& one : own_addresses(4321)) {
        CHECK(one.address.port() == 4321);
        bool const is_of_use = one.reach == Reach::same_network or one.reach == Reach::anywhere;
        CHECK(is_of_use);
    }
}

TEST_SUITE_END();
