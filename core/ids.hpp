// The numbers by which duet knows things. Each is a type: mixing two of them does not compile.
//
// Persons and devices are numbered by the scribe in the order in which they came; the numbers never
// leave the server, where people have handles. Seq, Feed and N begin with 1 and have no gaps: that
// is what makes delivery something that can be checked by arithmetic. 0 is none of them.

#pragma once

#include "base/identity.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace duet {

enum class PersonId : std::uint64_t { };
enum class DeviceId : std::uint64_t { };

enum class Seq : std::uint64_t { };  // an entry's number in its conversation
enum class Feed : std::uint64_t { }; // a number in a person's list of everything new for them
enum class N : std::uint64_t { };    // a device's own number of what it says

template <typename Number>
constexpr std::uint64_t number(Number of)
{
    return static_cast<std::uint64_t>(of);
}

template <typename Number>
constexpr Number next(Number of)
{
    return static_cast<Number>(number(of) + 1);
}

/// 128 random bits that name one life of a store; a restored backup begins another.
using Epoch = std::array<std::byte, 16>;

/// 128 bits of a hash of what was said (receiver, kind, body): whether an n said again is the same.
using BodyHash = std::array<std::byte, 16>;

/// 256 bits of a hash of a one-time secret; the secret itself is never stored.
using SecretHash = std::array<std::byte, 32>;

/// A conversation: of exactly two persons, so their pair is its name. `low` < `high`.
struct Pair {
    PersonId low;
    PersonId high;

    auto operator<=>(Pair const&) const = default;

    /// The pair of two persons, in whichever order they come. They must not be one.
    static constexpr Pair of(PersonId one, PersonId other)
    {
        return one < other ? Pair {one, other} : Pair {other, one};
    }

    [[nodiscard]] constexpr bool has(PersonId person) const
    {
        return person == low or person == high;
    }

    /// The one that is not `person`.
    [[nodiscard]] constexpr PersonId other(PersonId person) const
    {
        return person == low ? high : low;
    }
};

} // namespace duet

template <>
struct std::hash<duet::Pair> {
    std::size_t operator()(duet::Pair const& pair) const noexcept
    {
        // Two small counters: spread them, so that neighbours do not share a bucket.
        return std::hash<std::uint64_t>()(
            duet::number(pair.low) * 0x9E3779B97F4A7C15u ^ duet::number(pair.high));
    }
};
