// A connection and its session have one number: neither knows the other, and none has to be looked up.

#pragma once

#include "core/draft.hpp"
#include "net/connections.hpp"

#include <cstdint>

namespace duet {

inline SessionId session_of(ConnectionId id)
{
    return SessionId {std::uint64_t {id.generation} << 32 | id.slot};
}

inline ConnectionId connection_of(SessionId id)
{
    auto const both = static_cast<std::uint64_t>(id);
    return {static_cast<std::uint32_t>(both), static_cast<std::uint32_t>(both >> 32)};
}

} // namespace duet
