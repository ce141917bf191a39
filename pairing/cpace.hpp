// CPace: two sides that share a short code make a long key of it, and nobody else learns a thing.
//
// A listener or somebody in the middle may try one code for each run, and no more: what goes over the
// wire gives nothing to try codes against later. It is the suite CPACE-RISTR255-SHA512 of
// draft-irtf-cfrg-cpace-21, with the explicit key confirmation of its section 9.4 by HMAC-SHA-512, and
// no other version; the draft's own vectors are the tests. The group, the hash and the HMAC are
// libsodium's, met only in cpace.cpp.
//
// It is run with clear roles (transcript_ir): in duet the caller always speaks first, and the draft asks
// for roles where the associated data of both sides are not unique. The two sides' associated data are
// the names of their roles all the same: the draft's tags are made over (share, associated data) with one
// key for both, so without them whoever sends the caller its own share back could send it its own tag
// back as well, and would be taken for somebody who knows the code.
//
// Nothing here is random: whoever runs it hands in 32 random bytes, so all of it can be replayed. What
// is secret is wiped when it is done with.

#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace duet {

/// What one side sends the other: an element of ristretto255, encoded (RFC 9496).
using CpaceShare = std::array<std::byte, 32>;

/// What proves that one has made the same key.
using CpaceTag = std::array<std::byte, 64>;

/// The draft's ISK. Only its hashes are of use to anybody else.
using CpaceKey = std::array<std::byte, 64>;

/// What both sides must agree in, by the draft's names. All are lent for the length of a call.
struct CpaceInput {
    Bytes password;       // PRS: what is known to both, and short
    Bytes channel;        // CI: who talks with whom over what
    Bytes session;        // sid: as often as it is run, another one
    Bytes initiator_data; // ADa
    Bytes responder_data; // ADb
};

/// True if this is the encoding of an element, and not of the neutral one.
bool is_cpace_share(CpaceShare const& share);

/// One side of one run.
class Cpace {
public:
    enum class Role { initiator, responder };

    /// `random` are 32 bytes that nobody can guess and that were never used before.
    Cpace(Role role, CpaceInput const& input, std::array<std::byte, 32> const& random);
    ~Cpace();
    Cpace(Cpace const&) = delete;
    Cpace& operator=(Cpace const&) = delete;

    /// What goes to the other side.
    [[nodiscard]] CpaceShare const& share() const { return share_; }

    struct Keys {
        CpaceKey key;
        CpaceTag initiators; // what the initiator proves itself by
        CpaceTag responders;
    };

    /// The key, of the other side's share and the same input as before. It is the same on both sides
    /// exactly if they agreed in all; whether they did is for the tags to say.
    ///
    /// Gives   nullopt for what is no share, or one that any password would fit: the run is over.
    [[nodiscard]] std::optional<Keys> meet(CpaceShare const& theirs, CpaceInput const& input) const;

private:
    Role role_;
    std::array<std::byte, 32> scalar_;
    CpaceShare share_;
};

/// Compares without telling by the time it takes where two tags differ.
bool is_same_tag(CpaceTag const& one, CpaceTag const& other);

/// The draft's G.calculate_generator, encoded.
CpaceShare cpace_generator(Bytes password, Bytes channel, Bytes session);

} // namespace duet
