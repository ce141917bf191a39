// The tables of a device's own file, and how an older file becomes what they are now.

#pragma once

#include "base/result.hpp"
#include "store/sqlite.hpp"

namespace duet {

/// Makes the tables in an empty file, or brings those of an older duet up to what this one knows;
/// nothing is ever deleted.
///
/// Errors  it is no device's file, or a newer duet has written it: it is left as it is.
Result<void, SqliteFault> bring_up_device_schema(Sqlite& connection);

} // namespace duet
