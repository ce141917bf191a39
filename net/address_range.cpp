#include "net/address_range.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <string>

namespace duet {

namespace {

using AddressBytes = std::array<std::byte, 16>;

AddressBytes bytes_of(Address const& address)
{
    AddressBytes bytes {};
    if (address.family() == AF_INET)
        std::memcpy(bytes.data(), &reinterpret_cast<sockaddr_in const*>(address.data())->sin_addr,
            sizeof(in_addr));
    else
        std::memcpy(bytes.data(), &reinterpret_cast<sockaddr_in6 const*>(address.data())->sin6_addr,
            sizeof(in6_addr));
    return bytes;
}

std::optional<std::size_t> number_in(std::string_view text)
{
    std::size_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const is_all = error == std::errc() and end == text.data() + text.size();
    return is_all ? std::optional(number) : std::nullopt;
}

} // namespace

Result<AddressRange> AddressRange::parse(std::string_view text)
{
    AddressRange range;
    if (text == "unix")
        return range;
    auto const slash = text.find('/');
    std::string const address(text.substr(0, slash));
    if (::inet_pton(AF_INET, address.c_str(), range.bytes_.data()) == 1)
        range.family_ = AF_INET;
    else if (::inet_pton(AF_INET6, address.c_str(), range.bytes_.data()) == 1)
        range.family_ = AF_INET6;
    else
        return fail(Error::address_range_wrong);
    std::size_t const all = range.family_ == AF_INET ? 32 : 128;
    auto const bits =
        slash == std::string_view::npos ? std::optional(all) : number_in(text.substr(slash + 1));
    if (not bits.has_value() or *bits > all)
        return fail(Error::address_range_wrong);
    range.bits_ = *bits;
    return range;
}

bool AddressRange::has(Address const& address) const
{
    Address const real = address.unmapped();
    if (real.family() != family_)
        return false;
    if (real.is_unix())
        return true;
    auto const bytes = bytes_of(real);
    std::size_t const whole = bits_ / 8;
    if (std::memcmp(bytes.data(), bytes_.data(), whole) != 0)
        return false;
    std::size_t const rest = bits_ % 8;
    return rest == 0 or ((bytes[whole] ^ bytes_[whole]) >> (8 - rest)) == std::byte {0};
}

} // namespace duet
