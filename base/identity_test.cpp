#include "base/identity.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

using namespace duet;

namespace {

template <typename Array>
Array from_hex(std::string_view hex)
{
    auto const digit = [](char letter) {
        return static_cast<unsigned>(letter <= '9' ? letter - '0' : letter - 'a' + 10);
    };
    Array bytes;
    REQUIRE(hex.size() == 2 * bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return bytes;
}

/// Bytes that count up from `first`.
template <typename Array>
Array counted(unsigned first)
{
    Array bytes;
    for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(first++);
    return bytes;
}

using Seed = std::array<std::byte, 32>;

KeyPair const device = key_pair_from(counted<Seed>(0));
KeyPair const server = key_pair_from(counted<Seed>(32));

/// The example of docs/protocol.md, "Proofs".
Challenge challenge_to(Prover prover)
{
    return {prover, counted<Nonce>(0xA0), counted<Nonce>(0xB0), server.identity, {}};
}

} // namespace

TEST_SUITE_BEGIN("identity");

TEST_CASE("a seed gives the key that RFC 8032, section 7.1, says it gives")
{
    struct Vector {
        std::string_view seed;
        std::string_view identity;
    };
    for (auto const& [seed, identity] : {
             Vector {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
             Vector {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},
             Vector {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"},
             Vector {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
                 "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"},
         })
        CHECK(key_pair_from(from_hex<Seed>(seed)).identity == from_hex<Identity>(identity));
}

TEST_CASE("the proofs are those of docs/protocol.md, which another program has signed")
{
    CHECK(device.identity
        == from_hex<Identity>("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"));
    CHECK(server.identity
        == from_hex<Identity>("29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7"));
    CHECK(prove(server, challenge_to(Prover::server))
        == from_hex<Proof>("e57bc97526d7bd0c4475864afafccecf65c06cdc6019640cbbcb6c600f13e7dd"
                           "4c2091881825e27f7c171c4c7435bfbb4aa8f9756d2d0a5837d156a3704fbd01"));
    CHECK(prove(device, challenge_to(Prover::device))
        == from_hex<Proof>("2dfaac16a46e5d87279eda00ee6023692cabd6b7b4bf1769a0f4ac0406a0a821"
                           "dc699a3dd4bc045ef762baea7a3baadd368b999872d4ba269ccae01855f8e003"));

    std::array<std::byte, 32> exporter;
    exporter.fill(std::byte {0xEE});
    Challenge challenge = challenge_to(Prover::device);
    challenge.exporter = exporter;
    CHECK(prove(device, challenge)
        == from_hex<Proof>("c8799e9fcac6fc2c02d75d558094b7dc6a15f9b7a1bd881c7b77b25c0d9f413a"
                           "7991c61db28e703d8006a6eb3a05b6fd00dad99261e1c14335eed142433a4209"));
}

TEST_CASE("a proof is good for its maker and its challenge, and always the same")
{
    Challenge const challenge = challenge_to(Prover::device);
    Proof const proof = prove(device, challenge);
    CHECK(is_proof(proof, device.identity, challenge));
    CHECK(prove(device, challenge) == proof);
    CHECK_FALSE(is_proof(proof, server.identity, challenge));
    CHECK_FALSE(is_proof(prove(server, challenge), device.identity, challenge));
}

TEST_CASE("every part of the challenge counts: no proof is good for another one")
{
    Challenge const challenge = challenge_to(Prover::device);
    Proof const proof = prove(device, challenge);
    auto const is_refused = [&proof](Challenge const& other) {
        return not is_proof(proof, device.identity, other) and prove(device, other) != proof;
    };

    CHECK(is_refused(challenge_to(Prover::server)));
    for (std::size_t i = 0; i < sizeof(Nonce); ++i) {
        Challenge other = challenge;
        other.client_nonce[i] ^= std::byte {1};
        CHECK(is_refused(other));
        other = challenge;
        other.server_nonce[i] ^= std::byte {0x80};
        CHECK(is_refused(other));
    }
    for (std::size_t i = 0; i < sizeof(Identity); ++i) {
        Challenge other = challenge;
        other.server[i] ^= std::byte {0x10};
        CHECK(is_refused(other));
    }
    Challenge swapped = challenge;
    std::swap(swapped.client_nonce, swapped.server_nonce);
    CHECK(is_refused(swapped));

    std::array<std::byte, 32> const zeros {};
    for (std::size_t const size : {1u, 31u, 32u}) {
        Challenge other = challenge;
        other.exporter = Bytes(zeros).first(size);
        CHECK(is_refused(other));
    }
}

TEST_CASE("a proof with one bit changed is none, wherever the bit is")
{
    Challenge const challenge = challenge_to(Prover::server);
    Proof const proof = prove(server, challenge);
    for (std::size_t bit = 0; bit < 8 * sizeof(Proof); ++bit) {
        Proof other = proof;
        other[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
        CHECK_FALSE(is_proof(other, server.identity, challenge));
    }
}

TEST_CASE("an identity that is no point, or one of the weak ones, proves nothing")
{
    Challenge const challenge = challenge_to(Prover::device);
    Identity ones;
    ones.fill(std::byte {0xFF});
    Identity neutral {};
    neutral[0] = std::byte {1}; // with it, R = S·B fits any message, if nobody looks
    for (Identity const& identity : {Identity {}, neutral, ones}) {
        CHECK_FALSE(is_proof(prove(device, challenge), identity, challenge));
        CHECK_FALSE(is_proof(Proof {}, identity, challenge));
        Proof forged {};
        forged[0] = std::byte {1}; // R is the neutral point, S is 0
        CHECK_FALSE(is_proof(forged, identity, challenge));
    }
}

TEST_SUITE_END();
