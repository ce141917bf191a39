#include "net/listener.hpp"

#include "base/limits.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <cerrno>

namespace duet {

namespace {

Descriptor open_reserve()
{
    return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

char const* path_of(Address const& address)
{
    return reinterpret_cast<sockaddr_un const*>(address.data())->sun_path;
}

/// Removes what a dead listener left at `path`, and nothing else: somebody who answers is alive.
void remove_if_dead(Address const& address)
{
    struct stat status {};
    if (::lstat(path_of(address), &status) != 0 or not S_ISSOCK(status.st_mode))
        return;
    auto const answer = Socket::connect(address);
    if (not answer.has_value() and answer.error().code == ECONNREFUSED)
        ::unlink(path_of(address));
}

bool bind_for_us_alone(int socket, Address const& address)
{
    remove_if_dead(address);
    // The mask is the process's: a chmod afterwards would leave a moment in which others may come.
    mode_t const before = ::umask(0177);
    bool const is_bound = ::bind(socket, address.data(), address.bytes()) == 0;
    int const code = errno;
    ::umask(before);
    errno = code;
    return is_bound;
}

bool bind_to(int socket, Address const& address)
{
    if (address.is_unix())
        return bind_for_us_alone(socket, address);

    int const on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.family() == AF_INET6) {
        int const only_v6 = address.is_any() ? 0 : 1;
        ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
    }
    return ::bind(socket, address.data(), address.bytes()) == 0;
}

bool has_no_such_kind(int code)
{
    return code == EAFNOSUPPORT or code == EADDRNOTAVAIL;
}

bool is_out_of_descriptors(int code)
{
    return code == EMFILE or code == ENFILE or code == ENOBUFS or code == ENOMEM;
}

} // namespace

SocketResult<Listener> Listener::create(Address const& address, Mode mode)
{
    int const kind = SOCK_STREAM | SOCK_CLOEXEC | (mode == Mode::non_blocking ? SOCK_NONBLOCK : 0);
    Descriptor descriptor(::socket(address.family(), kind, 0));
    bool const is_bound = descriptor.is_open() and bind_to(descriptor.number(), address);
    if (not is_bound and address.family() == AF_INET6 and address.is_any()
        and has_no_such_kind(errno))
        return create(Address::any(AF_INET, address.port()), mode);
    if (not is_bound or ::listen(descriptor.number(), limits::listen_backlog_max) != 0)
        return fail(socket_error("listen on", address.text()));
    return Listener(std::move(descriptor), mode, address.is_unix() ? path_of(address) : "");
}

Listener::Listener(Descriptor descriptor, Mode mode, std::string path)
    : descriptor_(std::move(descriptor))
    , reserve_(open_reserve())
    , mode_(mode)
    , path_(std::move(path))
{
}

Listener::~Listener()
{
    if (descriptor_.is_open() and not path_.empty())
        ::unlink(path_.c_str());
}

Listener::Accepted Listener::accept()
{
    int const flags = SOCK_CLOEXEC | (mode_ == Mode::non_blocking ? SOCK_NONBLOCK : 0);
    for (;;) {
        sockaddr_storage peer {};
        socklen_t bytes = sizeof peer;
        auto* const address = reinterpret_cast<sockaddr*>(&peer);
        Descriptor descriptor(::accept4(number(), address, &bytes, flags));
        if (descriptor.is_open())
            return {
                Socket(std::move(descriptor), Address(address, bytes).unmapped().text()), false};
        if (errno == EAGAIN or errno == EWOULDBLOCK)
            return {std::nullopt, false};
        if (is_out_of_descriptors(errno)) {
            turn_one_away();
            return {std::nullopt, true};
        }
        // All else (ECONNABORTED, a network error of the caller's: accept(2), "Error handling") is
        // that one caller's bad luck: there may be a next.
    }
}

void Listener::turn_one_away()
{
    reserve_.close();
    Descriptor unlucky(::accept4(number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (unlucky.is_open())
        ++turned_away_;
    unlucky.close();
    reserve_ = open_reserve();
}

Address Listener::address() const
{
    sockaddr_storage here {};
    socklen_t bytes = sizeof here;
    auto* const address = reinterpret_cast<sockaddr*>(&here);
    ::getsockname(number(), address, &bytes);
    return {address, bytes};
}

SocketResult<std::vector<Listener>> listen_on(Endpoint const& endpoint)
{
    auto const addresses = TRY(resolve(endpoint, Purpose::listen));
    std::vector<Listener> listeners;
    SocketError last = socket_error("listen on", endpoint.text(), EADDRNOTAVAIL);
    for (Address const& address : addresses) {
        auto listener = Listener::create(address);
        if (listener.has_value())
            listeners.push_back(std::move(listener).value());
        else if (last = listener.error(); not has_no_such_kind(last.code))
            return fail(last);
    }
    if (listeners.empty())
        return fail(last);
    return listeners;
}

} // namespace duet
