// Where a server has moved to: a file in its data directory, so that no restart takes it back.

#pragma once

#include "base/result.hpp"

#include <string>

namespace duet {

/// Its name in the data directory.
inline constexpr char const* new_address_file = "moved";

/// Where the server of this directory is now; empty: here.
std::string new_address_in(std::string const& directory);

/// Writes it down, synced; an empty one takes it back.
///
/// Errors  a sentence.
Result<void, std::string> keep_new_address(
    std::string const& directory, std::string const& address);

} // namespace duet
