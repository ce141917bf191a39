// This machine's own addresses, and who can reach them: what a link may name.

#pragma once

#include "net/address.hpp"

#include <cstdint>
#include <vector>

namespace duet {

/// From where an address can be reached, as far as its number tells. A firewall may still say no.
enum class Reach {
    this_machine, // 127.0.0.0/8, ::1
    same_network, // private (RFC 1918, RFC 4193), link-local, behind a provider's translation (RFC 6598)
    anywhere,
    nowhere, // of no use: multicast, reserved, for documents
};

Reach reach_of(Address const& address);

struct OwnAddress {
    Address address;
    Reach reach;
    bool is_usual; // what leaves this machine leaves from it, unless told otherwise
};

/// All of this machine's addresses that others can reach, each with `port`: those of the default route
/// first, then those that are reached from anywhere. Empty if it has none, or if the system will not say.
/// Nothing is sent to find out.
std::vector<OwnAddress> own_addresses(std::uint16_t port);

/// The order in which they are given.
void put_most_useful_first(std::vector<OwnAddress>& addresses);

} // namespace duet
