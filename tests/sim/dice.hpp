// All chance of a life, from one seed.

#pragma once

#include "core/chat.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace duet::sim {

class Dice final : public Random {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) { }

    void fill(std::span<std::byte> bytes) override
    {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(engine_());
    }

    template <std::size_t Count>
    std::array<std::byte, Count> bytes()
    {
        std::array<std::byte, Count> bytes {};
        fill(bytes);
        return bytes;
    }

    std::uint64_t number() { return engine_(); }

    /// 0 to `bound` - 1.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

    bool one_in(std::size_t many) { return below(many) == 0; }

private:
    std::mt19937_64 engine_;
};

} // namespace duet::sim
