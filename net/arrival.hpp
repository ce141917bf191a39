// What the system knows of the bytes that it took from us: whether they have reached the other machine.
//
// A peer that vanished without a word looks like one that is silent; only the acknowledgements tell.
// TCP_USER_TIMEOUT would end such a connection, but also one whose peer is alive and merely does not
// read: so we look, and tell, and end nothing.

#pragma once

#include "net/socket.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace duet {

struct Arrival {
    std::size_t
        unacknowledged_bytes; // handed to the system, not yet taken in by the other's (SIOCOUTQ)
    std::chrono::milliseconds since_heard; // since the other's system last acknowledged anything
    bool window_is_closed;                 // it has no room: its program does not read
    int unanswered_probes;                 // questions whether it has room now, without an answer

    /// True if all that the system took has arrived.
    [[nodiscard]] bool is_complete() const { return unacknowledged_bytes == 0; }
};

/// Asks the system (tcp(7): SIOCOUTQ, TCP_INFO). For a Unix socket, where nothing can get lost on the
/// way, only the bytes that are not read yet are known.
Arrival look_at_arrival(Socket const& socket);

} // namespace duet
