// Who a device or a server is: a long-lived key, and the proof that one holds its secret half.
//
// Ed25519 (RFC 8032) by libsodium, met only in identity.cpp. Nothing here is random: whoever makes a
// key hands in the seed, so all of it can be replayed.

#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace duet {

/// A public key: what others pin.
using Identity = std::array<std::byte, 32>;

/// The SHA-256 of an identity: what a link names it by.
using IdentityHash = std::array<std::byte, 32>;

/// A signature that only the identity's holder can make.
using Proof = std::array<std::byte, 64>;

/// Fresh for each connection and side, so that no proof can be used twice.
using Nonce = std::array<std::byte, 16>;

/// The secret half, with what signing needs. It never leaves where it was made.
struct KeyPair {
    Identity identity;
    std::array<std::byte, 64> secret;
};

/// The key pair that belongs to 32 random bytes.
KeyPair key_pair_from(std::array<std::byte, 32> const& seed);

IdentityHash hash_of(Identity const& identity);

/// Who proves something, so that a proof of one side is none of the other's.
enum class Prover { server, device };

/// What is signed when a connection begins. `exporter` is the TLS exporter's value (RFC 8446, section
/// 7.5), empty where there is none.
/// Source  docs/protocol.md, "Who is who".
struct Challenge {
    Prover prover;
    Nonce client_nonce;
    Nonce server_nonce;
    Identity server;
    Bytes exporter;
};

Proof prove(KeyPair const& keys, Challenge const& challenge);

/// True if `proof` answers `challenge`, made by the holder of `identity`.
bool is_proof(Proof const& proof, Identity const& identity, Challenge const& challenge);

} // namespace duet
