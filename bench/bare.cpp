#include "bench/bare.hpp"

#include "bench/measure.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace duet::bench {

namespace {

constexpr std::uint32_t loopback = 0x7F000001;
constexpr int backlog = 4096;

sockaddr_in at(std::uint32_t address, std::uint16_t port)
{
    sockaddr_in at {};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(address);
    return at;
}

sockaddr const* seen(sockaddr_in const& address)
{
    return reinterpret_cast<sockaddr const*>(&address);
}

void set(int socket, int level, int option)
{
    int const on = 1;
    must(::setsockopt(socket, level, option, &on, sizeof on), "set an option");
}

Descriptor open_from(std::uint32_t source, int flags)
{
    Descriptor socket(
        must(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "open a socket"));
    set(socket.number(), IPPROTO_TCP, TCP_NODELAY);
    // The port is chosen by connect, which knows that one may serve several destinations.
    set(socket.number(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    auto const here = at(source, 0);
    must(::bind(socket.number(), seen(here), sizeof here), "bind to a source address");
    return socket;
}

} // namespace

Pair connected_pair()
{
    BareListener const listener = bare_listen();
    Descriptor near = bare_connect(listener.port);
    Descriptor far(
        must(::accept4(listener.descriptor.number(), nullptr, nullptr, SOCK_CLOEXEC), "accept"));
    set(far.number(), IPPROTO_TCP, TCP_NODELAY);
    return {std::move(near), std::move(far)};
}

BareListener bare_listen()
{
    Descriptor socket(must(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "open a socket"));
    auto here = at(loopback, 0);
    socklen_t bytes = sizeof here;
    must(::bind(socket.number(), seen(here), bytes), "bind");
    must(::listen(socket.number(), backlog), "listen");
    must(::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&here), &bytes),
        "ask for the port");
    return {std::move(socket), ntohs(here.sin_port)};
}

Descriptor bare_connect(std::uint16_t port, std::uint32_t source)
{
    Descriptor socket = open_from(source, 0);
    auto const there = at(loopback, port);
    must(::connect(socket.number(), seen(there), sizeof there), "connect");
    return socket;
}

Descriptor begin_bare_connect(std::uint16_t port, std::uint32_t source)
{
    Descriptor socket = open_from(source, SOCK_NONBLOCK);
    auto const there = at(loopback, port);
    if (::connect(socket.number(), seen(there), sizeof there) != 0 and errno != EINPROGRESS)
        must(-1, "connect");
    return socket;
}

void send_all(int socket, std::string_view text)
{
    while (not text.empty()) {
        ssize_t const taken = must(::send(socket, text.data(), text.size(), MSG_NOSIGNAL), "send");
        text.remove_prefix(static_cast<std::size_t>(taken));
    }
}

std::string_view receive_some(int socket, char* room, std::size_t room_bytes)
{
    ssize_t const came = must(::recv(socket, room, room_bytes, 0), "receive");
    return {room, static_cast<std::size_t>(came)};
}

} // namespace duet::bench
