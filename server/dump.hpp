// `duetd journal dump`: the journal in words, for the eyes of whoever looks for what went wrong.

#pragma once

#include <string>

namespace duet {

/// Prints every record of the journal in a data directory; the server may be running. Gives the exit code.
int dump(std::string const& data);

} // namespace duet
