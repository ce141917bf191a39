// `duetd backup FILE`: asks the server for a backup, and keeps it.

#pragma once

#include <string>

namespace duet {

/// Copies the backup that the server makes to `path`, looks whether all of it is there, and tells what it
/// has done. What lies at `path` is replaced only if `force`. Gives the exit code.
int fetch_backup(std::string const& data, std::string const& path, bool force);

} // namespace duet
