// Where the core puts what is to be said to whom. Whoever called it delivers, in this order.

#pragma once

#include "core/draft.hpp"
#include "core/event.hpp"

#include <vector>

namespace duet {

struct Outgoing {
    SessionId to;
    Event event; // after a Bye, nothing follows for this session: its connection closes behind it
};

using Outbox = std::vector<Outgoing>;

} // namespace duet
