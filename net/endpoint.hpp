// Where a socket is reached, as people write it.
//
//     host:8000   host   127.0.0.1:8000   [::1]:8000   ::1   [fe80::1%eth0]:8000   :8000   unix:/run/x
//
// An endpoint is words; net/address.hpp has what the system understands, and net/resolver.hpp the way
// from one to the other. What `parse` takes and `text` gives are the same language.

#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

inline constexpr std::uint16_t default_port = 8000;

struct Endpoint {
    std::string host = "127.0.0.1";    // a name or an address; empty: see Purpose
    std::uint16_t port = default_port; // 0 lets the system choose, for a listener
    std::string path;                  // not empty: a Unix socket, and host and port mean nothing

    /// Reads one of the forms above; without a port it is default_port.
    ///
    /// Errors  port_alone, port_not_a_number, port_out_of_range, bracket_not_closed, host_too_long,
    ///         path_missing, path_too_long.
    static Result<Endpoint> parse(std::string_view text);

    /// The shortest of the forms above that says the port: "127.0.0.1:8000", "[::1]:8000".
    [[nodiscard]] std::string text() const;

    [[nodiscard]] bool is_unix() const { return not path.empty(); }
    bool operator==(Endpoint const&) const = default;
};

/// What an empty host means: all addresses to a listener, 127.0.0.1 to a caller.
enum class Purpose { listen, call };

} // namespace duet
