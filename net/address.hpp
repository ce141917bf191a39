// One address, as the system understands it: IPv4, IPv6 with its scope, or a Unix socket's path.

#pragma once

#include "base/bytes.hpp"
#include "net/endpoint.hpp"
#include "net/socket_error.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <vector>

namespace duet {

class Address {
public:
    /// Copies what the system gave.
    Address(sockaddr const* from, socklen_t bytes);

    /// An address of the Internet: 4 bytes (IPv4) or 16 (IPv6), in the network's order.
    static Address internet(Bytes address, std::uint16_t port);

    /// Every address of this family: [::] or 0.0.0.0.
    static Address any(sa_family_t family, std::uint16_t port);

    [[nodiscard]] sockaddr const* data() const;
    [[nodiscard]] socklen_t bytes() const { return bytes_; }
    [[nodiscard]] sa_family_t family() const { return data()->sa_family; }
    [[nodiscard]] bool is_unix() const { return family() == AF_UNIX; }
    [[nodiscard]] bool is_any() const;      // [::] or 0.0.0.0
    [[nodiscard]] bool is_loopback() const; // 127.0.0.0/8, ::1, or a Unix socket

    /// The IPv4 address that an IPv6 one stands for (RFC 4291, section 2.5.5.2: ::ffff:127.0.0.1), as
    /// a listener at [::] sees its IPv4 callers; otherwise itself.
    [[nodiscard]] Address unmapped() const;

    [[nodiscard]] std::uint16_t port() const; // 0 of a Unix socket

    /// In the language of net/endpoint.hpp: "127.0.0.1:8000", "[fe80::1%eth0]:8000", "unix:/run/x".
    [[nodiscard]] std::string text() const;

private:
    union {
        sockaddr any;
        sockaddr_storage internet;
        sockaddr_un path;
    } from_ {};
    socklen_t bytes_;
};

/// The addresses that `endpoint` stands for, in the system's order, at most
/// limits::addresses_max. A name may take the system many seconds to find: see net/resolver.hpp.
///
/// Errors  the resolver's words: nobody knows the name, or nobody could be asked.
SocketResult<std::vector<Address>> resolve(Endpoint const& endpoint, Purpose purpose);

/// True if `resolve` has nobody to ask: an address, a path, or no host at all.
bool resolves_at_once(Endpoint const& endpoint);

} // namespace duet
