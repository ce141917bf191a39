// What a server needs of the file system once it runs, and so what its sandbox leaves it.

#pragma once

#include "server/configuration.hpp"
#include "server/sandbox.hpp"

namespace duet {

/// The same, where every name to listen at has become its addresses: from within the sandbox nobody can be asked. An
/// address that this machine does not have is left out as long as the name has others.
///
/// Errors  a sentence: nobody knows the name.
Result<Configuration, std::string> without_names(Configuration configuration);

/// For the data directory, the places of Unix sockets, and what the libraries read.
SandboxRules sandbox_rules(Configuration const& configuration);

} // namespace duet
