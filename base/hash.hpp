// Hashes: BLAKE2b (RFC 7693), and SHA-256 where others have chosen it, by libsodium, met only in
// hash.cpp.

#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace duet {

/// Hashes texts one after the other, each with its length, so that ("ab", "c") is not ("a", "bc").
std::array<std::byte, 16> hash_128(std::initializer_list<std::string_view> texts);
std::array<std::byte, 32> hash_256(std::initializer_list<std::string_view> texts);

/// FIPS 180-4, of bytes as they are.
std::array<std::byte, 32> sha_256(Bytes bytes);

} // namespace duet
