// `duetd backup`, the server's side: a copy of everything, made while it runs (docs/backup.md).
//
// While segments of the journal are kept from being removed, the index is copied in one step, then the
// journal from the copy's position on. So the copy holds all that was told to anybody before it began, and
// opens as after a crash.

#pragma once

#include "server/workshop.hpp"
#include "store/journal_store.hpp"

#include <string>

namespace duet {

/// Makes a backup in the data directory, hands it over, open and without a name, and tells the end.
void make_backup(JournalStore& store, std::string const& directory, Customer& customer);

/// Removes what a process that died while it made a backup has left.
void remove_unfinished_backup(std::string const& directory);

} // namespace duet
