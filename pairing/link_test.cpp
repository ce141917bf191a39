#include "pairing/link.hpp"

#include <doctest/doctest.h>

using namespace duet;

namespace {

/// The server of docs/protocol.md, "Who is who".
IdentityHash const hash = hash_of(key_pair_from([] {
    std::array<std::byte, 32> seed {};
    for (std::size_t i = 0; i < seed.size(); ++i)
        seed[i] = static_cast<std::byte>(32 + i);
    return seed;
}())
        .identity);

std::string const secret = "kq3h7xw2c5tzn4vfy6jmb2drpa";
std::string const behind = text_of(hash) + '.' + secret;

bool is_none(std::string const& text)
{
    auto const link = Link::parse(text);
    return not link.has_value() and link.error() == Error::link_malformed;
}

} // namespace

TEST_SUITE_BEGIN("link");

TEST_CASE("a link says where, whom, and the secret")
{
    Link const link {"chat.example:8000", hash, secret};
    CHECK(link.text() == "duet://chat.example:8000/#" + behind);
    CHECK(link.web_text() == "https://chat.example:8000/#" + behind);
    CHECK(Link::parse(link.text()) == link);
    CHECK(Link::parse(link.web_text()) == link);
}

TEST_CASE("the hash is 43 letters of base64url, which are the SHA-256 of the identity")
{
    CHECK(text_of(hash).size() == 43);
    CHECK(identity_hash_in(text_of(hash)) == hash);
    IdentityHash ones;
    ones.fill(std::byte {0xFF});
    CHECK(text_of(ones) == "__________________________________________8");
    CHECK(text_of(IdentityHash {}) == "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    CHECK_FALSE(identity_hash_in("__________________________________________9").has_value());
    CHECK_FALSE(identity_hash_in("//////////////////////////////////////////8").has_value());
}

TEST_CASE(
    "a link is read with blanks around it, in capitals where they mean nothing, and without a port")
{
    CHECK(Link::parse("  DUET://chat.example/#" + behind + "\r\n")
        == Link {"chat.example:8000", hash, secret});
    CHECK(
        Link::parse("Https://chat.example/#" + behind) == Link {"chat.example:443", hash, secret});
    CHECK(Link::parse("duet://[2001:db8::1]:7000/#" + behind)
        == Link {"[2001:db8::1]:7000", hash, secret});
    CHECK(Link::parse("duet://[fe80::1%eth0]/#" + behind)
        == Link {"[fe80::1%eth0]:8000", hash, secret});
    CHECK(Link::parse("duet://chat.example:8000#" + behind)
        == Link {"chat.example:8000", hash, secret});
}

TEST_CASE("half a link is none")
{
    std::string const whole = "duet://chat.example:8000/#" + behind;
    REQUIRE_FALSE(is_none(whole));
    std::size_t const secret_begins = whole.size() - secret.size();
    for (std::size_t i = 0; i <= secret_begins; ++i)
        CHECK(is_none(whole.substr(0, i)));
}

TEST_CASE("what is no link is refused")
{
    for (std::string const& text : {"http://chat.example/#" + behind, "chat.example/#" + behind,
             "duet:chat.example/#" + behind, "duet:///#" + behind, "duet://:8000/#" + behind,
             "duet://a b/#" + behind, "duet://chat.example/path#" + behind,
             "duet://chat.example/?q#" + behind, "duet://user@chat.example/#" + behind,
             "duet://chat.example:/#" + behind, "duet://chat.example:port/#" + behind,
             "duet://[]:1/#" + behind, "duet://[::1/#" + behind, "duet://[::1]8000/#" + behind,
             "duet://a:b:1/#" + behind, "duet://a]/#" + behind,
             "duet://chat.example/#" + text_of(hash), "duet://chat.example/#" + behind + ".more",
             "duet://chat.example/#" + behind + "!",
             "duet://chat.example/#" + text_of(hash) + ".KQ3H", "duet://chat.example/#." + secret,
             "duet://" + std::string(300, 'h') + "/#" + behind,
             "duet://chat.example/#" + text_of(hash) + '.' + std::string(65, 'a')})
        CHECK(is_none(text));
}

TEST_CASE("what is meant to be a link is known by its beginning")
{
    CHECK(looks_like_link("duet://"));
    CHECK(looks_like_link(" HTTPS://chat.example"));
    CHECK_FALSE(looks_like_link("chat.example:8000"));
    CHECK_FALSE(looks_like_link("7-sunset-guitar"));
    CHECK_FALSE(looks_like_link(""));
}

TEST_SUITE_END();
