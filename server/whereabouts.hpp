// Where a server is reached: what its links name, and what its operator should know of it.

#pragma once

#include "base/identity.hpp"
#include "net/address.hpp"

#include <string>
#include <vector>

namespace duet {

/// The place that links name: `name` with the port, or the address that is listened at; where that is
/// every address, the one of the default route. "unix:PATH" if nobody comes over a network.
std::string place_of(std::string const& name, Address const& listened);

/// Lines for the operator of a server that listens at every address: each address, and from where it is
/// reached; and how to forward a port if none is reached from anywhere.
std::vector<std::string> words_on_reach(Address const& listened);

/// A link to the server with that identity; the bare secret where no link can say the place.
std::string link_with(
    std::string const& place, Identity const& identity, std::string const& secret);

} // namespace duet
