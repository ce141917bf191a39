#include "net/own_addresses.hpp"

#include "base/limits.hpp"
#include "net/descriptor.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

namespace duet {

namespace {

struct Network {
    std::uint32_t first;
    unsigned bits;
    Reach reach;
};

// The IANA IPv4 Special-Purpose Address Registry, as far as it matters here.
constexpr Network fourth_networks[] = {
    {0x7F000000, 8, Reach::this_machine},  // 127.0.0.0/8
    {0x0A000000, 8, Reach::same_network},  // 10.0.0.0/8
    {0xAC100000, 12, Reach::same_network}, // 172.16.0.0/12
    {0xC0A80000, 16, Reach::same_network}, // 192.168.0.0/16
    {0xA9FE0000, 16, Reach::same_network}, // 169.254.0.0/16, link-local
    {0x64400000, 10, Reach::same_network}, // 100.64.0.0/10, a provider's
    {0xC6120000, 15, Reach::same_network}, // 198.18.0.0/15, benchmarks
    {0x00000000, 8, Reach::nowhere},       // 0.0.0.0/8
    {0xC0000000, 24, Reach::nowhere},      // 192.0.0.0/24
    {0xC0000200, 24, Reach::nowhere},      // 192.0.2.0/24, documents
    {0xC6336400, 24, Reach::nowhere},      // 198.51.100.0/24
    {0xCB007100, 24, Reach::nowhere},      // 203.0.113.0/24
    {0xE0000000, 3, Reach::nowhere},       // 224.0.0.0/3, multicast and reserved
};

Reach reach_of_fourth(std::uint32_t number)
{
    for (Network const& network : fourth_networks) {
        if (number >> (32 - network.bits) == network.first >> (32 - network.bits))
            return network.reach;
    }
    return Reach::anywhere;
}

Reach reach_of_sixth(in6_addr const& number)
{
    auto const* const octets = number.s6_addr;
    if (IN6_IS_ADDR_LOOPBACK(&number))
        return Reach::this_machine;
    bool const is_link_local = octets[0] == 0xFE and (octets[1] & 0xC0) == 0x80;
    bool const is_unique_local = (octets[0] & 0xFE) == 0xFC;
    if (is_link_local or is_unique_local)
        return Reach::same_network;
    bool const is_global = (octets[0] & 0xE0) == 0x20;
    constexpr std::array<std::uint8_t, 4> documents {0x20, 0x01, 0x0D, 0xB8};
    bool const is_for_documents = std::equal(documents.begin(), documents.end(), octets);
    return is_global and not is_for_documents ? Reach::anywhere : Reach::nowhere;
}

Address with_port(Address const& address, std::uint16_t port)
{
    sockaddr_storage bytes {};
    std::memcpy(&bytes, address.data(), address.bytes());
    // An IPv6 address has it in the same place.
    reinterpret_cast<sockaddr_in*>(&bytes)->sin_port = htons(port);
    return {reinterpret_cast<sockaddr const*>(&bytes), address.bytes()};
}

/// From which of our addresses something to `there` would leave. A datagram's socket asks the routes
/// when it is connected, and sends nothing.
std::optional<Address> way_out(char const* there)
{
    auto const addresses = resolve({.host = there, .port = 9, .path = {}}, Purpose::call);
    if (not addresses.has_value() or addresses->empty())
        return std::nullopt;
    Address const& to = addresses->front();
    Descriptor const socket(::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_storage from {};
    socklen_t bytes = sizeof from;
    if (not socket.is_open() or ::connect(socket.number(), to.data(), to.bytes()) != 0
        or ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&from), &bytes) != 0)
        return std::nullopt;
    return Address(reinterpret_cast<sockaddr const*>(&from), bytes);
}

std::vector<Address> interface_addresses()
{
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0)
        return {};
    std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> const owner(first, &::freeifaddrs);
    std::vector<Address> all;
    for (ifaddrs const* at = first; at != nullptr; at = at->ifa_next) {
        bool const is_up = (at->ifa_flags & IFF_UP) != 0;
        if (not is_up or at->ifa_addr == nullptr or all.size() == limits::addresses_max)
            continue;
        if (at->ifa_addr->sa_family == AF_INET)
            all.emplace_back(at->ifa_addr, static_cast<socklen_t>(sizeof(sockaddr_in)));
        else if (at->ifa_addr->sa_family == AF_INET6)
            all.emplace_back(at->ifa_addr, static_cast<socklen_t>(sizeof(sockaddr_in6)));
    }
    return all;
}

} // namespace

Reach reach_of(Address const& address)
{
    Address const one = address.unmapped();
    if (one.is_unix())
        return Reach::this_machine;
    if (one.family() == AF_INET)
        return reach_of_fourth(
            ntohl(reinterpret_cast<sockaddr_in const*>(one.data())->sin_addr.s_addr));
    return reach_of_sixth(reinterpret_cast<sockaddr_in6 const*>(one.data())->sin6_addr);
}

void put_most_useful_first(std::vector<OwnAddress>& addresses)
{
    auto const rank = [](OwnAddress const& address) {
        bool const is_fourth = address.address.family() == AF_INET;
        return std::array {not address.is_usual, address.reach != Reach::anywhere,
            not is_fourth}; // which more networks have
    };
    std::vector<OwnAddress> sorted; // a handful, and equals stay in the system's order
    for (OwnAddress const& address : addresses)
        sorted.insert(std::ranges::upper_bound(sorted, rank(address), {}, rank), address);
    addresses = std::move(sorted);
}

std::vector<OwnAddress> own_addresses(std::uint16_t port)
{
    // Addresses for documents: nobody has them, so they are reached by the default route.
    std::vector<std::string> usual;
    for (char const* const there : {"192.0.2.1", "2001:db8::1"}) {
        if (auto const from = way_out(there); from.has_value())
            usual.push_back(with_port(*from, port).text());
    }
    std::vector<OwnAddress> all;
    for (Address const& found : interface_addresses()) {
        Address const address = with_port(found, port);
        Reach const reach = reach_of(address);
        bool const is_usual = std::ranges::find(usual, address.text()) != usual.end();
        if (reach == Reach::same_network or reach == Reach::anywhere)
            all.push_back({address, reach, is_usual});
    }
    put_most_useful_first(all);
    return all;
}

} // namespace duet
