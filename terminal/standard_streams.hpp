// Descriptors 0, 1 and 2, before anything else is opened.

#pragma once

namespace duet {

/// Makes sure that none of our sockets can become standard input, output or error: what is closed of
/// the three becomes /dev/null.
///
/// Gives   false, after a sentence on standard error, if standard output is closed: what is heard
///         could not be shown. Closed input only means that we listen.
bool standard_streams_are_open();

} // namespace duet
