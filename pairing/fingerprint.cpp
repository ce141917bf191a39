#include "pairing/fingerprint.hpp"

#include <cstdint>

namespace duet {

namespace {

constexpr std::size_t groups = 6;
constexpr std::size_t bytes_of_group =
    5; // 40 bits for 5 digits, so that all are all but equally likely
constexpr std::uint64_t group_end = 100'000;

} // namespace

std::string fingerprint_of(Identity const& identity)
{
    IdentityHash const hash = hash_of(identity);
    std::string text;
    for (std::size_t group = 0; group < groups; ++group) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes_of_group; ++i)
            value =
                value << 8 | std::to_integer<std::uint64_t>(hash.at(group * bytes_of_group + i));
        std::string const digits = std::to_string(group_end + value % group_end);
        text += (group == 0 ? "" : " ") + digits.substr(1);
    }
    return text;
}

} // namespace duet
