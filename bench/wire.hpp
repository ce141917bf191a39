// What the benchmarks of a server need of its language, without understanding it: they share the machine
// with the server, so a line costs them as little as can be.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace duet::bench {

/// 64 bytes of text.
inline constexpr std::string_view text =
    "The quick brown fox jumps over the lazy dog, and then once more!";
static_assert(text.size() == 64);

/// How often those are looked after that were told to wait.
inline constexpr std::chrono::milliseconds look_after {50};

/// The number behind `key` (as `"n":`) in a line; 0 if there is none.
std::uint64_t number_behind(std::string_view line, std::string_view key);

void append_say(std::string& lines, std::uint64_t n, std::string_view to);
void append_got(std::string& lines, std::uint64_t feed);

} // namespace duet::bench
