// Bytes that nobody can guess, by libsodium, met only in random.cpp.
//
// Whoever calculates gets what is random handed in (core/chat.hpp, Random); this is where a program takes
// it from.

#pragma once

#include <cstddef>
#include <span>

namespace duet {

/// Fills `bytes` from the system's generator. The process stops if it has none.
void fill_random(std::span<std::byte> bytes);

} // namespace duet
