// duet listen and duet call: a talk with nothing in between.

#pragma once

#include "net/endpoint.hpp"
#include "terminal/profile.hpp"

#include <optional>
#include <string>

namespace duet {

struct DirectOrder {
    bool listens = false;             // otherwise it calls
    std::optional<Endpoint> endpoint; // where to listen: all addresses, port 8000, unless given
    bool keeps_listening = false;
    std::string whom;      // call: a person, a link, or where they are
    std::string host_name; // what links name; empty: an address
    std::string own_name;  // what others call us; empty: as before, or the login name
};

/// Talks until it is over. Gives what to tell the shell.
int run_direct(DirectOrder const& order, Profile const& profile);

} // namespace duet
