// What to say when it does not work: what happened, to what, and what to do.

#pragma once

#include "net/endpoint.hpp"
#include "net/socket_error.hpp"

#include <string>

namespace duet {

/// Tells the error on standard error, with advice where there is some. Gives exit_code::failed.
int report(SocketError const& error, Endpoint const& endpoint);

/// Tells that this would need the encrypted chat, which is not there yet. Gives exit_code::usage.
int report_not_encrypted_yet(char const* verb, Endpoint const& endpoint);

/// "This talk is plain: …"
std::string this_talk_is_plain();

} // namespace duet
