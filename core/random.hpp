// What is random is handed in: so that a simulation can be lived again.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace duet {

/// Bytes that nobody can guess (or, in a simulation, a seed can).
class Random {
public:
    virtual void fill(std::span<std::byte> bytes) = 0;

protected:
    ~Random() = default;
};

/// A one-time secret: 130 bits as 26 letters and digits (the alphabet of RFC 4648's base 32, small).
std::string make_secret(Random& random);

/// The secret of a short code (pairing/code.hpp): 20 bits.
std::uint32_t make_code_secret(Random& random);

} // namespace duet
