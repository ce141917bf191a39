// The store for people: the journal is the truth, the index is how it is looked up.
//
// `append` puts records into the journal, and, when they are on disk, into memory, where they are visible;
// the index takes them from there later, in large steps (`bring_up_index`), and then the journal's segments
// that hold nothing else go. At a start the journal's tail, which the index has not, is read into memory.
// So what memory holds above the index is bounded, and while it is at its bound nothing more is taken.
//
// One thread appends, one brings the index up, one makes segments ahead, and any number look things up.
// store/store_keeper.hpp has the second and the third; the simulator is all of them itself.
//
// When the disk or the index fails for good, the store takes nothing more and tells why by `failure`:
// whoever owns it says so, and stops the process. What is visible then is still true.

#pragma once

#include "store/journal.hpp"
#include "store/layered_store.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace duet {

struct JournalStoreStart {
    std::uint64_t salt; // random, another at each start
    std::uint64_t segment_bytes = limits::journal_segment_bytes;
    std::size_t unindexed_bytes_max = limits::unindexed_bytes_max;

    /// Told now and then how many records have been read, if it is not empty.
    std::function<void(std::uint64_t records)> progress = {};
};

class JournalStore final : public LayeredStore {
public:
    /// Opens what is there, or begins in an empty place. Disk and index are lent.
    ///
    /// Errors  those of Journal::open; a record that no duet has written is `damaged`, one that only a
    ///         newer duet knows is `newer_format`.
    static JournalResult<std::unique_ptr<JournalStore>> open(
        Disk& journal, Index& index, JournalStoreStart const& start);

    ~JournalStore() override;

    Result<void> append(std::span<Record const> batch) override;

    /// What came of a step of upkeep.
    enum class Upkeep { nothing_to_do, done, no_space, failed };

    /// Has the index take all that is visible now, and removes the segments that are needed no more.
    Upkeep bring_up_index();

    /// Makes the next segment, if there is none.
    Upkeep make_ahead();

    /// Waits until there is something to do for one of these; false if it should stop instead.
    bool wait_for_unindexed(std::stop_token const& stop);
    bool wait_for_segment_taken(std::stop_token const& stop);

    /// Why the process must stop; nullopt as long as all is well.
    std::optional<std::string> failure();

    /// How often there was no space so far, for whoever can make some.
    [[nodiscard]] std::uint64_t times_without_space() const { return times_without_space_; }

    using LayeredStore::unindexed_bytes;

    /// For a backup, or a look at what is on disk.
    [[nodiscard]] Journal& journal() { return *journal_; }

private:
    JournalStore(Index& index, JournalStoreStart const& start);

    JournalResult<void> replay(JournalBatch const& batch);
    Upkeep has_failed(std::string words);
    Upkeep has_failed(JournalError const& error);
    Upkeep has_no_space();
    void wake();

    JournalStoreStart const start_;
    std::unique_ptr<Journal> journal_;
    std::uint64_t replayed_ = 0;

    // The appending thread's, kept for their memory.
    std::vector<std::byte> payloads_;
    std::vector<JournalRecord> records_;

    std::atomic<std::uint64_t> times_without_space_ = 0;

    std::mutex mutex_; // guards failure_, and the waiting
    std::condition_variable_any changed_;
    std::optional<std::string> failure_;
};

} // namespace duet
