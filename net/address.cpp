#include "net/address.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstring>
#include <memory>

namespace duet {

namespace {

Address unix_address(std::string const& path)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    check(path.size() < sizeof address.sun_path); // Endpoint::parse has seen to it
    std::memcpy(address.sun_path, path.data(), path.size());
    auto const bytes = offsetof(sockaddr_un, sun_path) + path.size() + 1;
    return {reinterpret_cast<sockaddr const*>(&address), static_cast<socklen_t>(bytes)};
}

addrinfo hints(int flags)
{
    addrinfo wanted {};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags | AI_NUMERICSERV;
    return wanted;
}

using Found = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// getaddrinfo's answer; null, with its error in `code`, when there is none.
Found look_up(std::string const& host, std::uint16_t port, int flags, int& code)
{
    addrinfo const wanted = hints(flags);
    addrinfo* first = nullptr;
    code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &first);
    return {code == 0 ? first : nullptr, &::freeaddrinfo};
}

} // namespace

Address::Address(sockaddr const* from, socklen_t bytes) : bytes_(bytes)
{
    check(bytes <= sizeof from_);
    std::memcpy(&from_, from, bytes);
}

Address Address::any(sa_family_t family, std::uint16_t port)
{
    if (family == AF_INET6) {
        sockaddr_in6 address {};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(port);
        return {reinterpret_cast<sockaddr const*>(&address), sizeof address};
    }
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    return {reinterpret_cast<sockaddr const*>(&address), sizeof address};
}

Address Address::internet(Bytes address, std::uint16_t port)
{
    if (address.size() == sizeof(in6_addr)) {
        sockaddr_in6 sixth {};
        sixth.sin6_family = AF_INET6;
        sixth.sin6_port = htons(port);
        std::memcpy(&sixth.sin6_addr, address.data(), sizeof sixth.sin6_addr);
        return {reinterpret_cast<sockaddr const*>(&sixth), sizeof sixth};
    }
    check(address.size() == sizeof(in_addr));
    sockaddr_in fourth {};
    fourth.sin_family = AF_INET;
    fourth.sin_port = htons(port);
    std::memcpy(&fourth.sin_addr, address.data(), sizeof fourth.sin_addr);
    return {reinterpret_cast<sockaddr const*>(&fourth), sizeof fourth};
}

sockaddr const* Address::data() const
{
    return &from_.any;
}

bool Address::is_any() const
{
    if (family() == AF_INET)
        return reinterpret_cast<sockaddr_in const*>(data())->sin_addr.s_addr == htonl(INADDR_ANY);
    if (family() == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<sockaddr_in6 const*>(data())->sin6_addr);
    return false;
}

Address Address::unmapped() const
{
    if (family() != AF_INET6)
        return *this;
    auto const* const mapped = reinterpret_cast<sockaddr_in6 const*>(data());
    if (not IN6_IS_ADDR_V4MAPPED(&mapped->sin6_addr))
        return *this;
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = mapped->sin6_port;
    std::memcpy(&address.sin_addr, mapped->sin6_addr.s6_addr + 12, sizeof address.sin_addr);
    return {reinterpret_cast<sockaddr const*>(&address), sizeof address};
}

bool Address::is_loopback() const
{
    if (family() == AF_INET)
        return ntohl(reinterpret_cast<sockaddr_in const*>(data())->sin_addr.s_addr) >> 24 == 127;
    if (family() == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<sockaddr_in6 const*>(data())->sin6_addr);
    return is_unix();
}

std::uint16_t Address::port() const
{
    // An IPv6 address has it in the same place.
    return is_unix() ? 0 : ntohs(reinterpret_cast<sockaddr_in const*>(data())->sin_port);
}

std::string Address::text() const
{
    Endpoint endpoint;
    if (is_unix()) {
        // A caller's end of a Unix socket has no name.
        bool const is_named = bytes_ > offsetof(sockaddr_un, sun_path);
        endpoint.path = is_named ? from_.path.sun_path : "";
        return "unix:" + endpoint.path;
    }
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (::getnameinfo(
            data(), bytes_, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV)
        != 0)
        return "an address without a name";
    endpoint.host = host;
    endpoint.port = static_cast<std::uint16_t>(std::stoul(port));
    return endpoint.text();
}

SocketResult<std::vector<Address>> resolve(Endpoint const& endpoint, Purpose purpose)
{
    if (endpoint.is_unix())
        return std::vector {unix_address(endpoint.path)};
    if (endpoint.host.empty() and purpose == Purpose::listen)
        return std::vector {Address::any(AF_INET6, endpoint.port)}; // both kinds: see Listener

    int code = 0;
    std::string const host = endpoint.host.empty() ? "127.0.0.1" : endpoint.host;
    Found const found = look_up(host, endpoint.port, 0, code);
    if (code == EAI_SYSTEM)
        return fail(socket_error("look up", endpoint.host));
    if (code != 0)
        return fail(SocketError {"look up", endpoint.host, 0, ::gai_strerror(code)});

    std::vector<Address> addresses;
    for (addrinfo const* at = found.get(); at != nullptr; at = at->ai_next) {
        if (addresses.size() == limits::addresses_max)
            break;
        addresses.emplace_back(at->ai_addr, at->ai_addrlen);
    }
    return addresses;
}

bool resolves_at_once(Endpoint const& endpoint)
{
    if (endpoint.is_unix() or endpoint.host.empty())
        return true;
    int code = 0;
    look_up(endpoint.host, endpoint.port, AI_NUMERICHOST, code);
    return code == 0;
}

} // namespace duet
