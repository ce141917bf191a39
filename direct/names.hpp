// What two who talk directly are called on the wire: handles that both can compute, and that are nobody
// else's in the scribe's store. What people call each other stays where it is (direct/partners.hpp).

#pragma once

#include "base/identity.hpp"

#include <string>

namespace duet {

/// The handle of the scribe, in its talk with this partner.
std::string scribes_handle(Identity const& scribe, Identity const& partner);

/// The handle of the partner.
std::string partners_handle(Identity const& partner);

} // namespace duet
