// duet join: becomes a person on a server, or a further device of one.

#pragma once

#include "terminal/profile.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace duet {

/// What the command line said of it; the rest is asked for where somebody sits at a terminal.
struct JoinOrder {
    std::string server;      // or a link, which has all that is needed
    std::string secret;      // likewise
    std::string secret_path; // a file's, or "-"
    bool recovers = false;   // by a phrase, which is asked for
    std::optional<std::string> handle;
    std::string name;
    std::string device_name;
    std::optional<std::chrono::milliseconds> timeout; // none: as long as it takes
};

/// Gives what to tell the shell.
int run_join(JoinOrder order, Profile const& profile);

} // namespace duet
