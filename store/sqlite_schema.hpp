// The tables of the index, and how an older form of them becomes the newest.
//
//   state         one row: up to which batch of the journal the rest goes
//   person, settings, device, invitation
//   announcement  how many of a person's contacts know of a new device
//   conversation  of two persons, `low` and `high`, with how each stands to the other, and both marks
//   talk          what one of two sees of a conversation beside its log
//   entry         clustered by conversation and seq, as conversations are read
//   feed          where the entries of a person's feed are
//   answer        how a device's n was answered: by an entry, or by an error

#pragma once

#include "base/result.hpp"
#include "store/sqlite.hpp"

#include <cstdint>

namespace duet {

/// Makes the tables of a new file, or brings those of an older form up, to `version`.
///
/// Errors  the file is not duet's, or of a newer form: it is as it was.
Result<void, SqliteFault> bring_up_schema(Sqlite& connection, std::int64_t version);

} // namespace duet
