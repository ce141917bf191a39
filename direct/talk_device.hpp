// Our device for the talk with one partner: where its file lies, with what key, and how both are called in it.

#pragma once

#include "direct/partner_carrier.hpp"
#include "direct/partners.hpp"

#include <memory>
#include <string>

namespace duet {

/// Whether we are the scribe of the two.
bool we_are_scribe(Partners const& partners, Partner const& partner);

/// Opens the device, which is made first if it is not there yet. `directory` is that of partners.sqlite; the
/// others are lent.
///
/// Errors  "held" by a process that talks with this partner; "store".
Result<std::unique_ptr<PartnerCarrier>, Failure> open_talk_device(std::string const& directory,
    Partners& partners, Partner const& partner, Random& random, Loop& loop,
    Connections& connections, ClientHandler& handler);

} // namespace duet
