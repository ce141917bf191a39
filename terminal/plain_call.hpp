// `duet call --plain`: the client socket of the oldest chat there is.

#pragma once

#include "terminal/command_line.hpp"

namespace duet {

/// Reaches who listens, and talks until one of the two ends it.
///
/// Gives   one of terminal/exit_code.hpp.
int call_plain(Command const& command);

} // namespace duet
