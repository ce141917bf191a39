// What the operator has chosen. Everything has a default: duetd works without any of it.
//
// A choice stands on the command line, or in a TOML file (--config), under the same name; the command line
// has the last word. docs/operating.md has the list.

#pragma once

#include "base/result.hpp"
#include "net/address_range.hpp"
#include "net/endpoint.hpp"
#include "server/chosen_limits.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace duet {

struct Configuration {
    std::vector<Endpoint> listen;       // empty: this machine alone, port 8000
    std::vector<Endpoint> clear;        // the same, where every door is open in clear
    std::string certificate;            // a PEM file; empty: one of our own
    std::string key;                    // its key's file; empty: the same one
    std::string data;                   // the data directory
    std::string name;                   // the host that links name; empty: localhost
    std::string log;                    // a file; empty: standard error
    bool verbose = false;               // every step
    std::chrono::days retention_age {}; // older texts go; 0: never
    std::uint64_t retention_bytes =
        0; // of one conversation's texts, the oldest go first; 0: no bound
    std::vector<AddressRange> trusted_proxies; // whose word counts for who has called
    std::optional<Endpoint> metrics;           // where the page of numbers is; none: nowhere
    std::string moved_to;                      // where the server is now; empty: here
    bool anyone_invites = true; // else the operator alone
    ChosenLimits limits;
    bool has_sandbox = true;
};

/// Reads what a TOML file says over what `configuration` says already.
///
/// Errors  a sentence with the file and the line: it cannot be read, is no TOML, or has a name or a value
///         in it that nobody knows.
Result<void, std::string> read_configuration(std::string const& path, Configuration& configuration);

} // namespace duet
