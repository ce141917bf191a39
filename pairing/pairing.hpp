// A short code becomes trust: one run of pairing, as both sides go through it.
//
//     caller                               listener
//     the name of the code, a share   →
//                                     ←    a share                 (a try of the code is gone)
//     a tag                           →                            who confirms first shows first
//                                     ←    a tag, and what it yields
//
// Both sides bind what they make (pairing/cpace.hpp) to this one connection: to its TLS exporter, both
// nonces, and the identities as they were told and proved. So a man in the middle, who has other
// connections to each of them, must guess the code: once for each try that the listener allows, and once
// with the caller, who gives up after that. With limits::code_tries_max of 5 that is at most 6 in 2^20.
//
// Source  docs/protocol.md, "Pairing by a code".

#pragma once

#include "base/identity.hpp"
#include "pairing/code.hpp"
#include "pairing/cpace.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace duet {

/// The connection on which a code is used.
struct PairingChannel {
    std::optional<Identity> caller; // none: it has not told one
    Identity listener;
    Nonce caller_nonce;
    Nonce listener_nonce;
    Bytes exporter; // as in Challenge; lent
};

using PairingRandom = std::array<std::byte, 32>;

/// The texts that CPace takes of a code and a channel.
class PairingTerms {
public:
    PairingTerms(ShortCode const& code, PairingChannel const& channel);
    ~PairingTerms();
    PairingTerms(PairingTerms const&) = delete;
    PairingTerms& operator=(PairingTerms const&) = delete;

    [[nodiscard]] CpaceInput input() const;

private:
    std::string password_;
    std::string channel_;
    std::string session_;
};

class PairingCaller {
public:
    PairingCaller(
        ShortCode const& code, PairingChannel const& channel, PairingRandom const& random);

    [[nodiscard]] CpaceShare const& share() const { return cpace_.share(); }

    /// Takes the listener's share. Gives what to confirm with; nullopt if that was no share, and
    /// whoever sent it is not to be talked with.
    std::optional<CpaceTag> meet(CpaceShare const& theirs);

    /// True if this shows that the listener knows the code, and is at the other end of this connection.
    [[nodiscard]] bool is_shown_by(CpaceTag const& listeners) const;

private:
    PairingTerms terms_;
    Cpace cpace_;
    std::optional<CpaceTag> expected_;
};

class PairingListener {
public:
    /// `callers` must be a share (is_cpace_share).
    PairingListener(ShortCode const& code, PairingChannel const& channel, CpaceShare const& callers,
        PairingRandom const& random);

    [[nodiscard]] CpaceShare const& share() const { return share_; }

    /// Takes the caller's tag. Gives our own if it shows that the caller knows the code; nullopt if not,
    /// and nothing must be told to that caller but that the code was wrong.
    [[nodiscard]] std::optional<CpaceTag> answer(CpaceTag const& callers) const;

private:
    CpaceShare share_ {};
    CpaceTag expected_ {};
    CpaceTag own_ {};
};

} // namespace duet
