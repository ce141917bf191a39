#include "base/identity.hpp"

#include "base/check.hpp"
#include "base/hash.hpp"

#include <sodium.h>

#include <cstdint>
#include <string>

namespace duet {

namespace {

static_assert(sizeof(Identity) == crypto_sign_PUBLICKEYBYTES);
static_assert(sizeof(Proof) == crypto_sign_BYTES);
static_assert(sizeof(KeyPair::secret) == crypto_sign_SECRETKEYBYTES);

template <typename Array>
std::uint8_t const* octets(Array const& array)
{
    return reinterpret_cast<std::uint8_t const*>(array.data());
}

template <typename Array>
std::uint8_t* octets(Array& array)
{
    return reinterpret_cast<std::uint8_t*>(array.data());
}

/// Every part has a fixed length but the exporter, which comes last: no two challenges are alike.
std::string words_of(Challenge const& challenge)
{
    std::string words = challenge.prover == Prover::server ? "duet/1 server" : "duet/1 device";
    words += as_text(challenge.client_nonce);
    words += as_text(challenge.server_nonce);
    words += as_text(challenge.server);
    words += as_text(challenge.exporter);
    return words;
}

} // namespace

KeyPair key_pair_from(std::array<std::byte, 32> const& seed)
{
    KeyPair keys {};
    int const result =
        ::crypto_sign_seed_keypair(octets(keys.identity), octets(keys.secret), octets(seed));
    check(result == 0);
    return keys;
}

IdentityHash hash_of(Identity const& identity)
{
    return sha_256(identity);
}

Proof prove(KeyPair const& keys, Challenge const& challenge)
{
    std::string const words = words_of(challenge);
    Proof proof {};
    int const result = ::crypto_sign_detached(octets(proof), nullptr,
        reinterpret_cast<std::uint8_t const*>(words.data()), words.size(), octets(keys.secret));
    check(result == 0);
    return proof;
}

bool is_proof(Proof const& proof, Identity const& identity, Challenge const& challenge)
{
    std::string const words = words_of(challenge);
    return ::crypto_sign_verify_detached(octets(proof),
               reinterpret_cast<std::uint8_t const*>(words.data()), words.size(), octets(identity))
        == 0;
}

} // namespace duet
