// The server socket: a place where callers arrive.
//
// It stays alive when the process has run out of descriptors. A caller that cannot be accepted would
// leave the listener readable, and a loop that only tries again spins (bun#32705 burnt 80 % of a
// core). So one descriptor is held in reserve: it is given up to accept that caller and close at
// once, and the owner lets the listener rest for limits::accept_pause.

#pragma once

#include "net/address.hpp"
#include "net/descriptor.hpp"
#include "net/socket.hpp"
#include "net/socket_error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace duet {

class Listener {
public:
    /// Opens a server socket at `address` (SO_REUSEADDR; [::] takes IPv4 callers too, and is
    /// 0.0.0.0 on a machine without IPv6). At a Unix path it is for this user alone (mode 0600); a
    /// socket that nobody listens at any more is replaced, and removed when the listener dies.
    ///
    /// Errors  the system's, "listen on": in use, not ours, not permitted, no socket.
    static SocketResult<Listener> create(Address const& address, Mode mode = Mode::non_blocking);

    Listener(Listener&&) = default;
    Listener& operator=(Listener&&) = default;
    ~Listener();

    /// What became of one caller.
    struct Accepted {
        std::optional<Socket> socket; // none: nobody waits, or there was no descriptor for them
        bool must_rest;               // out of descriptors: try again after limits::accept_pause
    };

    /// Accepts the next caller; a blocking listener waits for one.
    Accepted accept();

    /// Callers that were let go because there was no descriptor.
    [[nodiscard]] std::uint64_t turned_away() const { return turned_away_; }

    [[nodiscard]] int number() const { return descriptor_.number(); }

    /// Where it really listens: port 0 has become the one that the system chose.
    [[nodiscard]] Address address() const;

private:
    Listener(Descriptor descriptor, Mode mode, std::string path);
    void turn_one_away();

    Descriptor descriptor_;
    Descriptor reserve_;
    Mode mode_;
    std::string path_; // of a Unix socket; empty otherwise, and after a move
    std::uint64_t turned_away_ = 0;
};

/// A listener for each address of `endpoint`: "localhost" may be 127.0.0.1 and ::1. Addresses of a
/// kind that this machine does not have are passed over as long as one remains.
///
/// Errors  those of resolve and Listener::create.
SocketResult<std::vector<Listener>> listen_on(Endpoint const& endpoint);

} // namespace duet
