// The core's randomness, from the system.

#pragma once

#include "base/random.hpp"
#include "core/random.hpp"

namespace duet {

class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> bytes) override { fill_random(bytes); }
};

} // namespace duet
