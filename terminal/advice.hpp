// What to say when it does not work: what happened, to what, and what to do.

#pragma once

#include "net/endpoint.hpp"
#include "net/socket_error.hpp"

namespace duet {

/// Tells the error on standard error, with advice where there is some. Gives exit_code::failed.
int report(SocketError const& error, Endpoint const& endpoint);

} // namespace duet
