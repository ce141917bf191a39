// A call to a server with a short code: it brings what a link would have said (pairing/pairing.hpp).
//
// One call, from beginning to end, which blocks. Nothing of it is kept: neither the code, which is on no
// disk at any time, nor how far it had got. Whoever is killed in the middle has spent a try of the code.

#pragma once

#include "base/identity.hpp"
#include "client/duet.hpp"
#include "pairing/code.hpp"

#include <chrono>
#include <string>

namespace duet {

struct Endpoint;

/// What a caller who knew the code is given: as good as a link.
struct PairedServer {
    Identity identity;
    std::string secret;
};

/// Errors  code_unknown, code_busy: no try was spent. code_wrong: it is wrong, or somebody else answers
///         at that place; no other is tried. "network", and what the server may answer besides.
Result<PairedServer, Failure> call_with_code(Endpoint const& server, ShortCode const& code);

} // namespace duet
