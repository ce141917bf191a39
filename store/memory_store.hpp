// A store that lasts as long as its object. For tests and the simulator.

#pragma once

#include "store/layered_store.hpp"
#include "store/memory_index.hpp"

namespace duet {

/// Holds what MemoryStore lends to its look-ups, which must be there before them.
struct NothingBelow {
    MemoryIndex nothing_below;
};

class MemoryStore final : private NothingBelow, public LayeredStore {
public:
    MemoryStore() : LayeredStore(nothing_below) { }

    /// Never fails.
    Result<void> append(std::span<Record const> batch) override;
};

} // namespace duet
