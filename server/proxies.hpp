// The proxies that pass connections on to a server, and are trusted to say whose they are.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/address_range.hpp"
#include "net/connection.hpp"
#include "server/source.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace duet {

class Proxies {
public:
    /// Whoever calls from one of these says first for whom, in one form or the other
    /// (doors/proxy_header.hpp, net/proxy_line.hpp).
    explicit Proxies(std::vector<AddressRange> trusted = {}) : trusted_(std::move(trusted)) { }

    [[nodiscard]] bool are_trusted(Address const& caller) const;

    struct Told {
        Source source;
        std::size_t used; // bytes of the input
    };

    /// Reads who has called, and lets `connection` speak for them from here on.
    ///
    /// Gives   nullopt while more must come.
    /// Errors  proxy_header_wrong.
    [[nodiscard]] static Result<std::optional<Told>> read(Connection& connection, Bytes input);

private:
    std::vector<AddressRange> trusted_;
};

} // namespace duet
