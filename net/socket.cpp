#include "net/socket.hpp"

#include "base/limits.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/stat.h>

#include <cerrno>

namespace duet {

namespace {

void set_option(int socket, int level, int option, int value)
{
    // Fails on a Unix socket alone, which needs none of them.
    ::setsockopt(socket, level, option, &value, sizeof value);
}

int seconds(limits::Duration time)
{
    return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

void make_good_carrier(int socket)
{
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, seconds(limits::keep_alive_idle));
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, seconds(limits::keep_alive_interval));
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, limits::keep_alive_probes_max);
}

bool blocks(int socket)
{
    return (::fcntl(socket, F_GETFL) & O_NONBLOCK) == 0;
}

/// A blocking connect that a signal interrupted goes on by itself: wait for its end, do not call again.
SocketResult<void> wait_until_connected(int socket, Address const& address)
{
    pollfd entry {.fd = socket, .events = POLLOUT, .revents = 0};
    while (::poll(&entry, 1, -1) < 0) {
        if (errno != EINTR)
            return fail(socket_error("connect to", address.text()));
    }
    return {};
}

/// The system says "Connection refused" of a plain file, too.
int better_code(int code, Address const& address)
{
    struct stat status {};
    if (code != ECONNREFUSED or not address.is_unix())
        return code;
    if (::stat(reinterpret_cast<sockaddr_un const*>(address.data())->sun_path, &status) == 0
        and not S_ISSOCK(status.st_mode))
        return ENOTSOCK;
    return code;
}

} // namespace

SocketResult<Socket> Socket::connect(Address const& address, Mode mode)
{
    int const kind = SOCK_STREAM | SOCK_CLOEXEC | (mode == Mode::non_blocking ? SOCK_NONBLOCK : 0);
    Descriptor descriptor(::socket(address.family(), kind, 0));
    if (not descriptor.is_open())
        return fail(socket_error("make a socket for", address.text()));

    Socket socket(std::move(descriptor), address.text());
    if (::connect(socket.number(), address.data(), address.bytes()) == 0 or errno == EINPROGRESS)
        return socket;
    // EAGAIN is a Unix socket's word for a full backlog; it would never become writable.
    if (errno != EINTR)
        return fail(socket_error("connect to", address.text(), better_code(errno, address)));
    if (mode == Mode::blocking) {
        TRY_VOID(wait_until_connected(socket.number(), address));
        TRY_VOID(socket.pending_error());
    }
    return socket;
}

SocketResult<Socket> Socket::connect_blocking(Endpoint const& endpoint)
{
    auto const addresses = TRY(resolve(endpoint, Purpose::call));
    SocketResult<Socket> last = fail(socket_error("connect to", endpoint.text(), EADDRNOTAVAIL));
    for (Address const& address : addresses) {
        last = connect(address, Mode::blocking);
        if (last.has_value())
            break;
    }
    return last;
}

Socket::Socket(Descriptor descriptor, std::string peer)
    : descriptor_(std::move(descriptor)), peer_(std::move(peer))
{
    make_good_carrier(number());
}

SocketResult<void> Socket::pending_error(char const* tried) const
{
    int code = 0;
    socklen_t bytes = sizeof code;
    if (::getsockopt(number(), SOL_SOCKET, SO_ERROR, &code, &bytes) < 0)
        code = errno;
    if (code != 0)
        return fail(socket_error(tried, peer_, code));
    return {};
}

SocketResult<std::optional<std::size_t>> Socket::receive(std::span<std::byte> room) const
{
    for (;;) {
        ssize_t const bytes = ::recv(number(), room.data(), room.size(), 0);
        if (bytes >= 0)
            return static_cast<std::size_t>(bytes);
        if (errno == EAGAIN or errno == EWOULDBLOCK)
            return std::nullopt;
        if (errno != EINTR)
            return fail(socket_error("receive from", peer_));
    }
}

SocketResult<std::size_t> Socket::send(Bytes bytes) const
{
    for (Bytes rest = bytes;;) {
        ssize_t const taken = ::send(number(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (taken >= 0) {
            rest = rest.subspan(static_cast<std::size_t>(taken));
            // A blocking socket takes only some when a signal interrupts it in the middle.
            if (rest.empty() or not blocks(number()))
                return bytes.size() - rest.size();
        } else if (errno == EAGAIN or errno == EWOULDBLOCK) {
            return bytes.size() - rest.size();
        } else if (errno != EINTR) {
            return fail(socket_error("send to", peer_));
        }
    }
}

void Socket::finish_sending() const
{
    // It can only fail if the connection is gone, which the next receive tells.
    ::shutdown(number(), SHUT_WR);
}

void Socket::reset_on_close() const
{
    linger const at_once {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool Socket::is_unix() const
{
    sockaddr_storage here {};
    socklen_t bytes = sizeof here;
    auto* const place = reinterpret_cast<sockaddr*>(&here);
    return ::getsockname(number(), place, &bytes) == 0 and here.ss_family == AF_UNIX;
}

std::optional<Address> Socket::peer_address() const
{
    sockaddr_storage peer {};
    socklen_t bytes = sizeof peer;
    auto* const place = reinterpret_cast<sockaddr*>(&peer);
    if (::getpeername(number(), place, &bytes) != 0)
        return std::nullopt;
    return Address(place, bytes).unmapped();
}

bool Socket::is_from_this_machine() const
{
    auto const peer = peer_address();
    return peer.has_value() and peer->is_loopback();
}

} // namespace duet
