#include "server/whereabouts.hpp"

#include "net/own_addresses.hpp"
#include "pairing/link.hpp"

#include <doctest/doctest.h>

using namespace duet;

namespace {

Address at(std::string_view text)
{
    return resolve(Endpoint::parse(text).value(), Purpose::listen).value().front();
}

} // namespace

TEST_SUITE_BEGIN("whereabouts");

TEST_CASE("a link names the server's name, or the address that is listened at")
{
    CHECK(place_of("chat.example", at("127.0.0.1:8000")) == "chat.example:8000");
    CHECK(place_of("", at("127.0.0.1:7000")) == "127.0.0.1:7000");
    CHECK(place_of("", at("[::1]:7000")) == "[::1]:7000");
    CHECK(place_of("chat.example", at("unix:/run/x")) == "unix:/run/x");
}

TEST_CASE("where every address is listened at a link names one that others can use")
{
    for (sa_family_t const family : {AF_INET, AF_INET6}) {
        std::string const place = place_of("", Address::any(family, 7000));
        CHECK(place.ends_with(":7000"));
        CHECK(place.find("0.0.0.0") == std::string::npos);
        CHECK(place.find("[::]") == std::string::npos);
        CHECK(place.find('%') == std::string::npos);
    }
    CHECK(place_of("chat.example", Address::any(AF_INET6, 7000)) == "chat.example:7000");
}

TEST_CASE(
    "the operator is told from where each address is reached, and what to do if it is not far")
{
    CHECK(words_on_reach(at("127.0.0.1:8000")).empty());
    bool is_public = false;
    for (OwnAddress const& one : own_addresses(7000))
        is_public = is_public or (one.reach == Reach::anywhere and one.address.family() == AF_INET);
    auto const lines = words_on_reach(Address::any(AF_INET, 7000));
    bool const tells_how = not lines.empty() and lines.back().find("forward") != std::string::npos;
    CHECK(tells_how != is_public);
}

TEST_CASE("where no link can say the place the secret stands alone")
{
    Identity const identity {std::byte {1}};
    CHECK(link_with("unix:/run/x", identity, "abc") == "abc");
    auto const link = Link::parse(link_with("chat.example:8000", identity, "abc"));
    REQUIRE(link.has_value());
    CHECK(link->hash == hash_of(identity));
    CHECK(link->place == "chat.example:8000");
    CHECK(link->secret == "abc");
}

TEST_SUITE_END();
