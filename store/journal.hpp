// The journal: what is true, in the order in which it became true, synced to disk.
//
// It takes batches of records, whose payloads are its caller's business, and numbers the batches: 1, 2,
// 3 … without gaps. A batch is on disk when `append` returns, whole; after a crash it is there whole or
// not at all. The batch's number is also the position of whoever follows the journal, such as an index:
// "I have everything up to batch 41".
//
// The bytes are store/journal_format.hpp's matter. Here is how segments come and go.
//
//   start    All batches after the index's position are read, and written again into a new segment, which
//            is synced before anything else happens: what is read after a crash may only be in the
//            kernel's memory, and a torn tail must not be met again. Then all older segments go. So a
//            start leaves one segment, and it is full.
//   append   goes on in the newest segment. When a batch does not fit, the spare one is renamed and taken.
//   ahead    The spare segment is written with zeros, and synced, before it is needed: a sync of what lies
//            in blocks that exist is twice as fast.
//   removal  A segment goes when the index has all of it.
//
// One thread appends. `make_ahead`, `remove_before`, `hold` and `last` may be called from any other, at any
// time. Nobody else may write in the directory: one process, one journal.
//
// When a write or a sync fails in a segment that is in use, the journal has failed: nobody knows what is
// on disk. It refuses everything from then on; the process says so and stops, and the next start reads
// what is there. No space for a new segment is no such failure: nothing was written, and the same batch
// may be appended later.

#pragma once

#include "base/limits.hpp"
#include "store/journal_error.hpp"
#include "store/journal_reader.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace duet {

/// How a journal is opened.
struct JournalStart {
    BatchNumber indexed; // everything up to it is safe elsewhere; 0 when there is nothing yet
    std::uint64_t salt;  // random, another at each start
    std::uint64_t segment_bytes = limits::journal_segment_bytes; // a multiple of 8
};

/// What a start found.
struct JournalFound {
    std::uint64_t batches = 0;      // after the indexed one
    std::optional<Place> torn = {}; // where a torn tail was cut off
};

class Journal {
public:
    class Hold;

    /// Opens the journal in `disk`, which is lent, and begins one in a directory that has none, if nothing
    /// was indexed. Gives `visit` every batch after the indexed one, in order. What it is given is on disk
    /// for good only when `open` has returned: nothing may be told or indexed of it before.
    ///
    /// Errors  store_full: no room to write the tail again; all is as it was.
    ///         damaged, newer_format: nothing was changed.
    ///         failed; what `visit` gave.
    static JournalResult<std::unique_ptr<Journal>> open(
        Disk& disk, JournalStart const& start, BatchVisitor const& visit);

    /// Puts a batch on disk, and gives its number. It must have a record.
    ///
    /// Errors  store_full, batch_too_large: nothing was written, and no number is used up; failed.
    JournalResult<BatchNumber> append(std::span<JournalRecord const> records);

    /// Makes the spare segment, if there is none. Takes as long as it takes to write a segment; an append
    /// waits for it only if it needs it.
    ///
    /// Errors  store_full: nothing has changed, try again later; failed.
    JournalResult<void> make_ahead();

    /// Whether it is time to call `make_ahead`.
    [[nodiscard]] bool needs_ahead() const { return not has_spare_; }

    /// Removes the segments all of whose batches are `indexed` or older, but the newest segment, unless
    /// they are held. They are gone from the disk when it returns.
    JournalResult<void> remove_before(BatchNumber indexed);

    /// Keeps all segments that are there now or come later, for as long as the hold lives; so that they can
    /// be read (store/journal_reader.hpp) in the meantime. The journal must outlive it.
    [[nodiscard]] Hold hold();

    /// The last batch that is on disk.
    [[nodiscard]] BatchNumber last() const { return last_; }

    [[nodiscard]] JournalFound const& found() const { return found_; }

    /// What `batch_bytes` (store/journal_format.hpp) of a batch may be at most.
    [[nodiscard]] std::uint64_t batch_bytes_max() const;

private:
    struct Segment {
        SegmentNumber number;
        BatchNumber first;
    };

    Journal(Disk& disk, JournalStart const& start);

    JournalResult<void> begin(BatchVisitor const& visit);
    JournalResult<void> write_again(JournalReader* reader, BatchVisitor const& visit);
    JournalResult<void> remove_older();
    JournalResult<void> remove_leftovers();
    JournalResult<void> take_spare();
    JournalResult<void> make_spare();
    DiskResult<void> fill_spare();
    JournalError has_failed(JournalError error);
    [[nodiscard]] JournalError failed_before() const;

    Disk& disk_;
    std::uint64_t const salt_;
    std::uint64_t const segment_bytes_;
    JournalFound found_;

    // The newest segment; the appending thread's.
    std::unique_ptr<File> file_;
    SegmentNumber newest_ {};
    std::uint64_t end_; // where the next batch begins
    std::vector<std::byte> buffer_;
    std::atomic<BatchNumber> last_; // written by the appending thread alone
    std::atomic<bool> has_failed_ = false;

    // What the directory holds.
    std::mutex mutex_;              // guards all below
    std::vector<Segment> segments_; // in order; the last one is the newest
    std::unique_ptr<File> spare_;
    std::atomic<bool> has_spare_ = false; // the same, to be looked at without waiting
    std::size_t holds_ = 0;
};

/// While it lives, no segment is removed.
class Journal::Hold {
public:
    explicit Hold(Journal& journal);
    Hold(Hold&& other) noexcept;
    Hold& operator=(Hold&&) = delete;
    ~Hold();

private:
    Journal* journal_; // or nothing, once it was moved on
};

} // namespace duet
