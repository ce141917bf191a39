// What a file of SQLite's is, and how an older form of its tables becomes the newest.
//
// A file says in its header whose it is (application_id) and which form its tables have (user_version).
// Form 0 is an empty file. Each step makes the next form: it alters and adds, and never deletes.

#pragma once

#include "base/result.hpp"
#include "store/sqlite.hpp"

#include <cstdint>
#include <span>

namespace duet {

struct SqliteForm {
    std::int64_t application_id;
    char const* what;                   // "an index of duet's"
    std::span<char const* const> steps; // as many as there are forms
};

/// Makes the tables of an empty file, or brings those of an older form up to the newest.
///
/// Errors  the file is something else, or of a newer form: it is as it was.
Result<void, SqliteFault> bring_up(Sqlite& connection, SqliteForm const& form);

} // namespace duet
