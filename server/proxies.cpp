#include "server/proxies.hpp"

#include "doors/proxy_header.hpp"
#include "net/proxy_line.hpp"

#include <algorithm>

namespace duet {

namespace {

/// As read_proxy_line, of the newer form.
Result<std::optional<ProxyLine>> read_binary(Bytes input)
{
    auto const header = TRY(read_proxy_header(input));
    if (not header.has_value())
        return std::nullopt;
    bool const is_known = header->from != ProxyHeader::From::itself;
    return ProxyLine {
        is_known ? std::optional(Address::internet(header->caller(), header->port)) : std::nullopt,
        header->used};
}

} // namespace

bool Proxies::are_trusted(Address const& caller) const
{
    return std::ranges::any_of(
        trusted_, [&](AddressRange const& range) { return range.has(caller); });
}

Result<std::optional<Proxies::Told>> Proxies::read(Connection& connection, Bytes input)
{
    auto const said =
        TRY(as_text(input).starts_with('P') ? read_proxy_line(input) : read_binary(input));
    if (not said.has_value())
        return std::nullopt;
    // A proxy that speaks for itself, or does not know for whom, stands for its own address.
    auto const caller =
        said->caller.has_value() ? said->caller : connection.socket().peer_address();
    if (not caller.has_value())
        return fail(Error::proxy_header_wrong); // it has gone
    connection.speaks_for(*caller);
    return Told {Source::of(*caller), said->used};
}

} // namespace duet
