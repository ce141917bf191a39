// duet join: becomes a person on a server, or a further device of one.

#pragma once

#include "terminal/profile.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace duet {

/// What the command line said of it; the rest is asked for where somebody sits at a terminal.
struct JoinOrder {
    std::string server;
    std::string secret;
    std::string secret_path; // a file's, or "-"
    std::optional<std::string> handle;
    std::string name;
    std::string device_name;
    std::optional<std::chrono::milliseconds> timeout; // none: as long as it takes
};

/// Gives what to tell the shell.
int run_join(JoinOrder order, Profile const& profile);

} // namespace duet
