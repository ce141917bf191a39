// `duetd check`: whether every number of the store adds up, and the journal and the index say the same.

#pragma once

#include "server/workshop.hpp"
#include "store/journal_store.hpp"

#include <string>

namespace duet {

/// Looks through the whole store of a data directory, and tells `customer` each fault, how far it has come
/// (every second), what came of it, and the end: 0 or 1 (server/admin_words.hpp). It may be in use meanwhile.
void check_store(JournalStore& store, std::string const& directory, Customer& customer);

/// The same without a server: opens the store that lies in `directory`, and prints what it says. Gives the
/// exit code.
int check_alone(std::string const& directory);

} // namespace duet
