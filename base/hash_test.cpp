#include "base/hash.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace duet;

namespace {

std::string hex(std::span<std::byte const> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::byte const byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte {15})];
    }
    return text;
}

} // namespace

TEST_SUITE_BEGIN("hash");

TEST_CASE("of nothing it is BLAKE2b of nothing, as RFC 7693 has it")
{
    CHECK(hex(hash_256({})) == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    CHECK(hex(hash_128({})) == "cae66941d9efbd404e4d88758ea67670");
}

TEST_CASE("of texts it is BLAKE2b of each, behind its length in eight bytes, least first")
{
    CHECK(hex(hash_256({"abc"}))
        == "3bdc62cfd65e3b78e3d90e32e0a91ebfbc229c30abe54e6abd16c5d4def0db7b");
    CHECK(hex(hash_128({"abc"})) == "10366aba46518e2b9d040dde242bbc5a");
    CHECK(hex(hash_256({"ab", "c"}))
        == "20263e794775e4edf2b306c0f306af9e50175c831c857604b481e847f790bf95");
    CHECK(hex(hash_128({"ab", "c"})) == "4826ed043ab3cdec576d8541fa5d5a80");
    // Longer than one block of 128 bytes.
    std::string const a(300, 'a');
    std::string const b(129, 'b');
    CHECK(hex(hash_256({a, b}))
        == "8beba8961f0043e5028abca0e88587ea5f92de000fe98483e7d81fdd6904c554");
    CHECK(hex(hash_128({a, b})) == "e0ad838e0689d087d776dbce4be0f027");
}

TEST_CASE("the same bytes, parted elsewhere, are something else")
{
    std::set<std::string> hashes;
    for (auto const& texts :
        {hash_256({}), hash_256({""}), hash_256({"", ""}), hash_256({"abc"}), hash_256({"ab", "c"}),
            hash_256({"a", "bc"}), hash_256({"", "abc"}), hash_256({"abc", ""}),
            hash_256({"a", "b", "c"}), hash_256({std::string_view("abc\0", 4)}),
            hash_256({std::string_view("\3\0\0\0\0\0\0\0abc", 11)})})
        hashes.insert(hex(texts));
    CHECK(hashes.size() == 11);
}

TEST_CASE("the short one is not the beginning of the long one")
{
    CHECK(hex(hash_256({"abc"})).substr(0, 32) != hex(hash_128({"abc"})));
}

TEST_CASE("SHA-256 is that of FIPS 180-4")
{
    CHECK(hex(sha_256(as_bytes("abc")))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha_256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_SUITE_END();
