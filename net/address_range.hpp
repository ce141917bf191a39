// Addresses that begin alike: "10.0.0.0/8", "2001:db8::/32", one address alone, or "unix": all that comes by a Unix
// socket.

#pragma once

#include "base/result.hpp"
#include "net/address.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace duet {

class AddressRange {
public:
    /// Errors  address_range_wrong: it is none of the forms above. Bits behind the prefix do not count.
    static Result<AddressRange> parse(std::string_view text);

    /// Whether an address lies in it. An IPv6 address that stands for an IPv4 one is that one.
    [[nodiscard]] bool has(Address const& address) const;

    bool operator==(AddressRange const&) const = default;

private:
    AddressRange() = default;

    sa_family_t family_ = AF_UNIX;
    std::array<std::byte, 16> bytes_ {}; // of an IPv4 address the first 4
    std::size_t bits_ = 0;               // at their front that count
};

} // namespace duet
