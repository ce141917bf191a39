// The PROXY protocol, version 2: what a proxy that passes connections on says first, about who has called it.
//
// Only the binary form is read, and only from who is trusted to tell the truth: anybody can write these
// bytes. What a proxy adds behind the addresses (names, certificates) is skipped.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace duet {

struct ProxyHeader {
    enum class From : std::uint8_t {
        itself, // the proxy speaks for itself (is the server alive?), or does not know who called it
        fourth, // an IPv4 address: the first 4 bytes of it
        sixth,
    };

    From from = From::itself;
    std::array<std::byte, 16> address {}; // in the network's order
    std::uint16_t port = 0;
    std::size_t used = 0; // bytes of the input that it took

    /// The address, as long as it is.
    [[nodiscard]] Bytes caller() const
    {
        return Bytes(address).first(from == From::fourth ? 4 : 16);
    }

    bool operator==(ProxyHeader const&) const = default;
};

/// Reads the header at the beginning of a connection.
///
/// Shape   16 bytes that say what follows, and how much; at most limits::proxy_header_bytes_max in all.
/// Gives   the header; nullopt while more of it must come.
/// Errors  proxy_header_wrong: it is none, of another version, longer than allowed, or of another kind of
///         connection.
/// Source  "The PROXY protocol", version 2, section 2.2, of HAProxy's documentation.
Result<std::optional<ProxyHeader>> read_proxy_header(Bytes input);

} // namespace duet
