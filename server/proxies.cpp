#include "server/proxies.hpp"

#include "doors/proxy_header.hpp"

#include <algorithm>

namespace duet {

bool Proxies::are_trusted(Address const& caller) const
{
    return std::ranges::any_of(
        trusted_, [&](AddressRange const& range) { return range.has(caller); });
}

Result<std::optional<Proxies::Told>> Proxies::read(Connection& connection, Bytes input)
{
    auto const header = TRY(read_proxy_header(input));
    if (not header.has_value())
        return std::nullopt;
    auto caller = connection.socket().peer_address(); // the proxy's own
    if (header->from != ProxyHeader::From::itself)
        caller = Address::internet(header->caller(), header->port);
    if (not caller.has_value())
        return fail(Error::proxy_header_wrong); // it has gone
    connection.speaks_for(*caller);
    return Told {Source::of(*caller), header->used};
}

} // namespace duet
