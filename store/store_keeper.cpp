#include "store/store_keeper.hpp"

#include "base/limits.hpp"

#include <condition_variable>
#include <mutex>

namespace duet {

namespace {

using Upkeep = JournalStore::Upkeep;

/// Waits so long, or until it should stop.
void rest(std::stop_token const& stop, limits::Duration duration)
{
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, duration, [] { return false; });
}

void keep_indexed(std::stop_token const& stop, JournalStore& store)
{
    auto last = Upkeep::done;
    while (last != Upkeep::failed and store.wait_for_unindexed(stop)) {
        // Large steps cost less: a row that changes ten times meanwhile is written once.
        rest(stop, last == Upkeep::no_space ? limits::space_retry : limits::index_interval);
        last = store.bring_up_index();
    }
}

void make_segments(std::stop_token const& stop, JournalStore& store)
{
    auto last = Upkeep::done;
    while (last != Upkeep::failed and store.wait_for_segment_taken(stop)) {
        last = store.make_ahead();
        if (last == Upkeep::no_space)
            rest(stop, limits::space_retry);
    }
}

} // namespace

StoreKeeper::StoreKeeper(JournalStore& store)
    : indexing_([&store](std::stop_token const& stop) { keep_indexed(stop, store); })
    , making_segments_([&store](std::stop_token const& stop) { make_segments(stop, store); })
{
}

} // namespace duet
