// A link: where somebody is reached, how they are known, and a secret that lets one in, once.
//
//     duet://HOST:PORT/#HASH.SECRET        for duet
//     https://HOST:PORT/#HASH.SECRET       the same, for a browser
//
// All that is secret stands behind the #, which no program sends to a server by itself. HASH is the
// SHA-256 of the identity of whoever is reached, in base64url without padding: 43 letters. So the first
// connection already knows whom it must meet, and nobody in between learns the secret.

#pragma once

#include "base/identity.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace duet {

struct Link {
    std::string place; // "chat.example:8000", "[2001:db8::1]:8000"
    IdentityHash hash;
    std::string secret; // letters and digits

    /// Reads one, with blanks around it or not. Without a port it is 8000, with https 443.
    ///
    /// Errors  link_malformed: it is none, or not all of it is there.
    static Result<Link> parse(std::string_view text);

    [[nodiscard]] std::string text() const;     // duet://…
    [[nodiscard]] std::string web_text() const; // https://…

    bool operator==(Link const&) const = default;
};

/// True if a text is meant to be a link, good or not.
bool looks_like_link(std::string_view text);

/// A hash as a link has it.
std::string text_of(IdentityHash const& hash);

/// Errors  link_malformed.
Result<IdentityHash> identity_hash_in(std::string_view text);

} // namespace duet
