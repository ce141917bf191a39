// A journal, read: its batches in order, and a judgement on where they end.
//
// After the last whole batch there may be anything: zeros, or what is left of a batch that was being
// written when the machine died. A batch is written only when the one before it has synced; so
//
//   - what is no whole batch, and is not followed by any record of a later batch, is a torn tail: it was
//     never told to anybody, and does not count;
//   - what is no whole batch, and is followed by one, was there once: that is damage.
//
// The reader changes nothing.

#pragma once

#include "store/journal_error.hpp"
#include "store/segment_reader.hpp"

#include <functional>
#include <limits>
#include <vector>

namespace duet {

/// Gets each batch in order. An error that it gives ends the reading, and is what the reading gives.
using BatchVisitor = std::function<JournalResult<void>(JournalBatch const& batch)>;

inline constexpr BatchNumber newest_batch {std::numeric_limits<std::uint64_t>::max()};

struct JournalEnd {
    BatchNumber last;          // the last whole batch; the one before the first, if there is none
    std::optional<Place> torn; // where something lies behind it that is no batch
};

class JournalReader {
public:
    /// Looks for the segment with which to begin: the one of the highest number that may hold all that
    /// comes after batch `after`. Segments before it are not needed, and not looked at again.
    ///
    /// Errors  damaged: no segment reaches back so far; newer_format; failed.
    static JournalResult<JournalReader> open(Disk& disk, BatchNumber after);

    /// The numbers of all segments that are there, needed or not, in order.
    [[nodiscard]] std::vector<SegmentNumber> const& segments() const { return segments_; }

    /// Gives `visit` every batch after the one that was named, up to `until`.
    ///
    /// While somebody appends, `until` must be a batch that has synced: what lies behind it may be half
    /// written, and is not looked at.
    ///
    /// Errors  damaged: something was there and is not, or batch `after` itself was never there; failed;
    ///         what `visit` gave.
    JournalResult<JournalEnd> read(BatchVisitor const& visit, BatchNumber until = newest_batch);

private:
    JournalReader(Disk& disk, BatchNumber after, std::vector<SegmentNumber> segments,
        std::size_t begin, SegmentHeader const& header);

    JournalResult<std::uint64_t> read_batches(
        SegmentReader& reader, BatchVisitor const& visit, BatchNumber until);
    JournalResult<std::optional<SegmentReader>> successor(std::size_t index);
    JournalResult<JournalEnd> judge(std::size_t index, SegmentReader& reader, std::uint64_t end);
    JournalResult<std::optional<Place>> find_later(SegmentReader& reader, std::uint64_t from);
    [[nodiscard]] JournalError damage(Place place, std::string words) const;

    Disk& disk_;
    BatchNumber after_;
    std::vector<SegmentNumber> segments_;
    std::size_t begin_; // its index in segments_
    std::uint64_t salt_;
    BatchNumber last_; // the last whole batch so far
};

/// The numbers of all segments in a directory, in order.
JournalResult<std::vector<SegmentNumber>> segments_in(Disk& disk);

} // namespace duet
