// Descriptors 0, 1 and 2, before anything else is opened.

#pragma once

#include <string_view>

namespace duet {

/// Makes sure that none of our sockets can become standard input, output or error: what is closed of
/// the three becomes /dev/null.
///
/// Gives   false, after a sentence on standard error, if standard output is closed: what is heard
///         could not be shown. Closed input only means that we listen.
bool standard_streams_are_open();

/// All of it, or as much as standard error takes: there is nobody left to tell that it does not.
void write_to_standard_error(std::string_view text);

} // namespace duet
