// An identity as people compare it: by eye, or over the telephone.

#pragma once

#include "base/identity.hpp"

#include <string>

namespace duet {

/// Six groups of five digits ("01234 56789 …"), from the identity's SHA-256: 99 bits, so that nobody can
/// find another identity that looks the same.
std::string fingerprint_of(Identity const& identity);

} // namespace duet
