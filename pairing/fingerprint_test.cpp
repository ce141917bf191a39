#include "pairing/fingerprint.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace duet {

TEST_CASE("a fingerprint is six groups of five digits, another for each identity")
{
    Identity identity {};
    std::string const text = fingerprint_of(identity);
    CHECK(text.size() == 6 * 5 + 5);
    CHECK(std::ranges::all_of(
        text, [](char letter) { return letter == ' ' or (letter >= '0' and letter <= '9'); }));
    for (std::size_t i = 0; i < identity.size(); ++i) {
        Identity other = identity;
        other.at(i) = std::byte {1};
        CHECK(fingerprint_of(other) != text);
    }
}

TEST_CASE("the fingerprint of an identity is what anybody may calculate")
{
    // SHA-256 of 32 zero bytes begins with 66687aadf8 62bd776c8f c18b8e9f8e.
    CHECK(fingerprint_of(Identity {}) == "34584 15407 68110 72389 41680 02623");
}

} // namespace duet
