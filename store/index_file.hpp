// The index's file as a whole: looked through, and copied while it is in use (store/sqlite_index.hpp).

#pragma once

#include "store/index.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace duet {

/// What SQLite itself finds wrong with the file, in its words; nothing is good.
///
/// Errors  it cannot be read.
Result<std::vector<std::string>, IndexFault> faults_of_index(std::string const& path);

/// Copies the index at one moment into a new file, and gives the position that the copy stands at. The
/// copy is not synced.
///
/// Errors  is_full, or it cannot be read or written.
Result<std::uint64_t, IndexFault> copy_index(std::string const& path, std::string const& copy);

} // namespace duet
