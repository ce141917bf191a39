#include "core/random.hpp"

#include <array>
#include <string_view>

namespace duet {

std::string make_secret(Random& random)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
    std::array<std::byte, 26> bytes {};
    random.fill(bytes);
    std::string secret;
    for (std::byte const byte : bytes)
        secret += letters[std::to_integer<std::size_t>(byte) % letters.size()];
    return secret;
}

} // namespace duet
