#include "core/random.hpp"

#include "pairing/code.hpp"

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

std::uint32_t make_code_secret(Random& random)
{
    std::array<std::byte, 4> bytes {};
    random.fill(bytes);
    std::uint32_t secret = 0;
    for (std::byte const byte : bytes)
        secret = secret << 8 | std::to_integer<std::uint32_t>(byte);
    return secret % ShortCode::secret_count;
}

} // namespace duet
