// What the operator typed, understood.

#pragma once

#include "server/configuration.hpp"

#include <string>
#include <variant>

namespace duet {

/// Serve.
struct Serve {
    Configuration configuration;
};

/// Ask the server that runs.
struct Ask {
    std::string data;
    std::string line; // server/admin_words.hpp
};

/// Verify the store of a data directory, whether a server runs or not.
struct CheckStore {
    std::string data;
};

/// Have the server make a backup, and keep it.
struct FetchBackup {
    std::string data;
    std::string path;
    bool force;
};

/// Make a data directory out of a backup.
struct Restore {
    std::string data;
    std::string path;
};

/// Print the journal of a data directory.
struct DumpJournal {
    std::string data;
};

/// There is nothing to be done but to say something, and end.
struct LastWord {
    std::string text;
    int exit_code; // 0: to standard output; otherwise to standard error
};

using Order = std::variant<Serve, Ask, CheckStore, FetchBackup, Restore, DumpJournal, LastWord>;

/// Reads the arguments of main. Never fails: what is wrong becomes an LastWord.
Order parse_order(int count, char const* const* values);

} // namespace duet
