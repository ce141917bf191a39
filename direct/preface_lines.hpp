// What two who talk directly say before one of them is the server: four lines of JSON.
//
//     caller                                 listener
//     hello (version, nonce, identity)   →
//                                        ←   hello (version, nonce, identity, proof)
//     prove (proof)                      →
//     pair (secret, name)                →                                 only the first time
//                                        ←   paired (name)                 or bye
//
// Source  docs/protocol.md, "Direct".

#pragma once

#include "base/identity.hpp"
#include "base/result.hpp"
#include "doors/json_value.hpp"
#include "pairing/cpace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace duet {

struct PrefaceHello {
    std::uint64_t version;
    Nonce nonce;
    Identity identity;
    std::uint16_t port;         // where the one who speaks can be called; 0: nowhere
    std::optional<Proof> proof; // the listener's

    bool operator==(PrefaceHello const&) const = default;
};

/// How a caller becomes known to a listener.
enum class Pairing : std::uint8_t {
    none, // they know each other
    link, // by the secret of a link
    code, // by a short code
};

struct PrefaceProve {
    Proof proof;
    Pairing pairing; // what follows

    bool operator==(PrefaceProve const&) const = default;
};

struct PrefacePair {
    std::string secret;
    std::string name; // what the caller is called, until the listener calls them otherwise

    bool operator==(PrefacePair const&) const = default;
};

// By a code: pairing/pairing.hpp.

struct PrefaceCode {
    std::uint64_t code; // its name alone
    CpaceShare share;

    bool operator==(PrefaceCode const&) const = default;
};

struct PrefaceShare {
    CpaceShare share;

    bool operator==(PrefaceShare const&) const = default;
};

struct PrefaceConfirm {
    CpaceTag tag;
    std::string name; // as in PrefacePair

    bool operator==(PrefaceConfirm const&) const = default;
};

struct PrefacePaired {
    std::string name;                 // of the listener
    std::optional<CpaceTag> tag = {}; // after a code

    bool operator==(PrefacePaired const&) const = default;
};

/// The last word: the connection closes behind it.
struct PrefaceBye {
    Error reason;

    bool operator==(PrefaceBye const&) const = default;
};

using PrefaceLine = std::variant<PrefaceHello, PrefaceProve, PrefacePair, PrefaceCode, PrefaceShare,
    PrefaceConfirm, PrefacePaired, PrefaceBye>;

/// Appends one line, its end included.
void encode(PrefaceLine const& line, std::string& output);

/// Reads one line, without its end.
/// Errors  not_json, not_utf8, field_*; out_of_order: a line of another type.
Result<PrefaceLine> decode_preface(JsonReader& reader, Bytes line);

} // namespace duet
