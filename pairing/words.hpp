// The 1,024 words that codes and recovery phrases are made of: ten bits each.
//
// They are our own choice: short English words (4 to 7 letters, in small letters, a to z), in the order
// of the alphabet. No two of them differ in one letter only, so a slip makes no other word; where two
// sounded alike one had to go. The order and every word are for ever: other programs know them, and
// phrases are kept for years.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace duet {

inline constexpr std::uint32_t word_count = 1024;

/// The word of that number, from 0 on; it must be less than word_count.
std::string_view word_of(std::uint32_t number);

/// Its number; nullopt if it is none. Small letters only.
std::optional<std::uint32_t> number_of(std::string_view word);

} // namespace duet
