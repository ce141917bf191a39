// Sockets as the system has them, blocking and without anything around them: the limit that duet is
// held against, and the peers that it is measured with. TCP on loopback, TCP_NODELAY.

#pragma once

#include "net/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace duet::bench {

/// Two ends of one connection.
struct Pair {
    Descriptor near;
    Descriptor far;
};
Pair connected_pair();

/// A server socket at 127.0.0.1, at a port that the system chose.
struct BareListener {
    Descriptor descriptor;
    std::uint16_t port;
};
BareListener bare_listen();

/// Connects to 127.0.0.1. `source` is where from, within 127.0.0.0/8: each has ports of its own.
Descriptor bare_connect(std::uint16_t port, std::uint32_t source = 0x7F000001);

/// Begins to; a descriptor that does not block.
Descriptor begin_bare_connect(std::uint16_t port, std::uint32_t source);

/// Sends all of it.
void send_all(int socket, std::string_view text);

/// Receives as much as `room` has room for; gives what came, empty at the end.
std::string_view receive_some(int socket, char* room, std::size_t room_bytes);

} // namespace duet::bench
