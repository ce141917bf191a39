#include "direct/names.hpp"

#include "base/hash.hpp"

#include <string_view>

namespace duet {

namespace {

/// As many bytes as a handle has room for, in two letters each.
constexpr std::size_t bytes_of_handle = 16;

std::string handle_of(std::string const& bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string handle;
    auto const hash = sha_256(as_bytes(bytes));
    for (std::byte const byte : Bytes(hash).first(bytes_of_handle)) {
        handle += digits[std::to_integer<std::size_t>(byte >> 4)];
        handle += digits[std::to_integer<std::size_t>(byte & std::byte {15})];
    }
    return handle;
}

} // namespace

std::string scribes_handle(Identity const& scribe, Identity const& partner)
{
    return handle_of(std::string(as_text(scribe)).append(as_text(partner)));
}

std::string partners_handle(Identity const& partner)
{
    return handle_of(std::string(as_text(partner)));
}

} // namespace duet
