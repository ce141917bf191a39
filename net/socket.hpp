// One socket: the place where a conversation touches the wire.
//
// After accept and connect a socket is a file: `receive` is its read, `send` its write, and it is
// closed when its owner dies. Everything else here is what makes a stream of bytes a good carrier of
// lines: TCP_NODELAY, since a line that waits for the next one is late; keep-alive, since a peer
// that vanished says nothing; half-close, since "I have said all" is not "I hear no more".

#pragma once

#include "base/bytes.hpp"
#include "net/address.hpp"
#include "net/descriptor.hpp"
#include "net/socket_error.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace duet {

/// A non-blocking socket answers at once that nothing can be done now; a blocking one waits.
enum class Mode { non_blocking, blocking };

class Socket {
public:
    /// Begins to connect. A non-blocking socket is connected when it is writable and
    /// `pending_error` has none; a blocking one when this returns.
    static SocketResult<Socket> connect(Address const& address, Mode mode = Mode::non_blocking);

    /// Connects to the first of the endpoint's addresses that answers, one after the other, and
    /// waits for it: for programs that have nothing else to do. (net/dialler.hpp does not wait.)
    static SocketResult<Socket> connect_blocking(Endpoint const& endpoint);

    /// Takes over a connected socket, as accept(2) gave it. `peer` is who is at the other end.
    Socket(Descriptor descriptor, std::string peer);

    /// The error that the system keeps for this socket, if any; it is kept no longer. For a socket
    /// that is connecting: how that has ended.
    SocketResult<void> pending_error(char const* tried = "connect to") const;

    /// Reads what has come, at most `room.size()` bytes.
    ///
    /// Gives   how many bytes; 0 is the other side's end; nullopt that nothing has come yet (never
    ///         from a blocking socket).
    /// Errors  the connection is gone (reset, timed out). Not EINTR: it is tried again.
    SocketResult<std::optional<std::size_t>> receive(std::span<std::byte> room) const;

    /// Hands bytes to the system, which may take only some, or none when its buffer is full.
    ///
    /// Gives   how many it took. A blocking socket takes all.
    /// Errors  the connection is gone. Never a SIGPIPE.
    SocketResult<std::size_t> send(Bytes bytes) const;

    /// Says that nothing more will be sent. The other side reads its end; we can still receive.
    void finish_sending() const;

    /// Lets the close of this socket be a reset: what has not left is thrown away.
    void reset_on_close() const;

    [[nodiscard]] int number() const { return descriptor_.number(); }

    /// True of a Unix socket.
    [[nodiscard]] bool is_unix() const;

    /// True if whoever is at the other end is on this machine: a loopback address or a Unix socket.
    [[nodiscard]] bool is_from_this_machine() const;

    /// Where the other end is. Once the connection is gone the system may not know any more: nullopt.
    [[nodiscard]] std::optional<Address> peer_address() const;

    /// Whom we talk with, in words: "127.0.0.1:50312".
    [[nodiscard]] std::string const& peer() const { return peer_; }

    /// The other end passes on what somebody else says: that one is whom we talk with.
    void speaks_for(Address const& caller) { peer_ = caller.text(); }

private:
    Descriptor descriptor_;
    std::string peer_;
};

} // namespace duet
