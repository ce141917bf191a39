// Where a connection comes from, as far as anybody is answerable for it: one IPv4 address, or the /64 of an
// IPv6 address, since whoever has one address of such a network has all of them.

#pragma once

#include "net/address.hpp"

#include <compare>
#include <cstdint>
#include <functional>

namespace duet {

class Source {
public:
    /// This machine: a loopback address, or a Unix socket.
    Source() = default;

    /// The source of an address; of an IPv6 one that stands for an IPv4 one, that one's.
    static Source of(Address const& address);

    [[nodiscard]] bool is_this_machine() const { return kind_ == Kind::here; }

    auto operator<=>(Source const&) const = default;

private:
    friend struct std::hash<Source>;

    enum class Kind : std::uint8_t { here, fourth, sixth };

    Kind kind_ = Kind::here;
    std::uint64_t network_ = 0;
};

} // namespace duet

template <>
struct std::hash<duet::Source> {
    std::size_t operator()(duet::Source const& source) const noexcept
    {
        auto const kind = static_cast<std::uint64_t>(source.kind_);
        return std::hash<std::uint64_t>()((source.network_ ^ kind << 62) * 0x9E3779B97F4A7C15u);
    }
};
