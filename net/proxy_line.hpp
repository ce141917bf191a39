// The PROXY protocol, version 1: one line of text in which a proxy says who has called it. nginx, which passes TLS on
// untouched, speaks this one and not the newer (doors/proxy_header.hpp).
//
// Only from who is trusted to tell the truth: anybody can write such a line.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/address.hpp"

#include <cstddef>
#include <optional>

namespace duet {

struct ProxyLine {
    std::optional<Address> caller; // nullopt: the proxy does not know
    std::size_t used;              // bytes of the input that it took
};

/// Reads the line at the beginning of a connection.
///
/// Shape   "PROXY TCP4 192.0.2.1 192.0.2.9 50000 8000\r\n", TCP6 likewise, or "PROXY UNKNOWN" and anything; at most 107
///         bytes.
/// Gives   the line; nullopt while more of it must come.
/// Errors  proxy_header_wrong.
/// Source  "The PROXY protocol", section 2.1, of HAProxy's documentation.
Result<std::optional<ProxyLine>> read_proxy_line(Bytes input);

} // namespace duet
