// `duetd restore FILE`: a server's directory from a backup, as another life of its store.

#pragma once

#include <string>

namespace duet {

/// Unpacks the backup at `path` into `data`, which must be empty or not be there, opens the store and begins
/// a new epoch: so devices learn that what was said since may not be there. Gives the exit code.
int restore(std::string const& path, std::string const& data);

} // namespace duet
