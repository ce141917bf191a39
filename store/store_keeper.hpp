// The threads that keep a store in order: one brings its index up behind the journal, one makes the
// journal's segments ahead. Where there is no space they try again, for as long as it takes.

#pragma once

#include "store/journal_store.hpp"

#include <thread>

namespace duet {

class StoreKeeper {
public:
    /// The store is lent.
    explicit StoreKeeper(JournalStore& store);

    /// Ends both threads, each after the step that it is in.
    ~StoreKeeper() = default;

    StoreKeeper(StoreKeeper const&) = delete;
    StoreKeeper& operator=(StoreKeeper const&) = delete;

private:
    std::jthread indexing_;
    std::jthread making_segments_;
};

} // namespace duet
