#include "doors/proxy_header.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace duet {

namespace {

constexpr std::array<std::byte, 12> signature {std::byte {0x0D}, std::byte {0x0A}, std::byte {0x0D},
    std::byte {0x0A}, std::byte {0x00}, std::byte {0x0D}, std::byte {0x0A}, std::byte {0x51},
    std::byte {0x55}, std::byte {0x49}, std::byte {0x54}, std::byte {0x0A}};
constexpr std::size_t head_bytes = 16;

// The 13th byte: version 2, and who speaks.
constexpr std::byte local {0x20};
constexpr std::byte proxied {0x21};

// The 14th: the kind of address, and of connection.
constexpr std::byte unspecified {0x00};
constexpr std::byte tcp_over_fourth {0x11};
constexpr std::byte tcp_over_sixth {0x21};
constexpr std::byte unix_stream {0x31};

std::size_t number_at(Bytes bytes, std::size_t at)
{
    return std::to_integer<std::size_t>(bytes[at]) << 8
        | std::to_integer<std::size_t>(bytes[at + 1]);
}

/// Both addresses, the caller's first, and then both ports.
void take_caller(ProxyHeader& header, Bytes addresses, std::size_t address_bytes)
{
    std::ranges::copy(addresses.first(address_bytes), header.address.begin());
    header.port = static_cast<std::uint16_t>(number_at(addresses, 2 * address_bytes));
}

/// What its first 14 bytes, as far as they are there, make impossible.
bool is_none(Bytes input)
{
    auto const said = input.first(std::min(input.size(), signature.size()));
    if (not std::ranges::equal(said, std::span(signature).first(said.size())))
        return true;
    if (input.size() > 12 and input[12] != local and input[12] != proxied)
        return true;
    if (input.size() <= 13 or input[12] == local)
        return false;
    std::byte const kind = input[13];
    return kind != unspecified and kind != tcp_over_fourth and kind != tcp_over_sixth
        and kind != unix_stream;
}

} // namespace

Result<std::optional<ProxyHeader>> read_proxy_header(Bytes input)
{
    if (is_none(input))
        return fail(Error::proxy_header_wrong);
    if (input.size() < head_bytes)
        return std::nullopt;
    ProxyHeader header;
    header.used = head_bytes + number_at(input, 14);
    bool const is_proxied = input[12] == proxied;
    bool const is_fourth = is_proxied and input[13] == tcp_over_fourth;
    bool const is_sixth = is_proxied and input[13] == tcp_over_sixth;
    std::size_t const address_bytes = is_fourth ? 4 : is_sixth ? 16 : 0;
    std::size_t const needed = address_bytes == 0 ? 0 : 2 * address_bytes + 4;
    if (header.used > limits::proxy_header_bytes_max or header.used < head_bytes + needed)
        return fail(Error::proxy_header_wrong);
    if (input.size() < header.used)
        return std::nullopt;
    if (address_bytes > 0) {
        header.from = is_fourth ? ProxyHeader::From::fourth : ProxyHeader::From::sixth;
        take_caller(header, input.subspan(head_bytes), address_bytes);
    }
    return header;
}

} // namespace duet
