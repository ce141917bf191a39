// `duet listen --plain`: the server socket of the oldest chat there is.

#pragma once

#include "terminal/command_line.hpp"

namespace duet {

/// Listens, talks with the first who has something to say, and ends (with --keep, listens again).
/// Others who call meanwhile are told `busy`.
///
/// Gives   one of terminal/exit_code.hpp.
int listen_plain(Command const& command);

} // namespace duet
