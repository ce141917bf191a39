// Handing an open file to another process, over a Unix socket (SCM_RIGHTS, unix(7)).

#pragma once

#include "base/bytes.hpp"
#include "net/descriptor.hpp"
#include "net/socket.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace duet {

/// Sends `words`, and `file` with them. The socket's buffer must have room for both: nothing else should
/// be waiting to be sent. False if it had none, or the connection is gone.
bool send_with_file(Socket const& socket, Bytes words, Descriptor const& file);

/// As Socket::receive of a blocking socket, but nullopt when the connection is gone. A file that came with
/// the bytes is put into `file`.
std::optional<std::size_t> receive_with_file(
    Socket const& socket, std::span<std::byte> room, Descriptor& file);

} // namespace duet
