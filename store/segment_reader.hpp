// One segment of a journal, read: whole batches, single records, and where the next intact record is.
//
// It sees the file through a window that moves forward, so a segment of any size is read with little
// memory: as much as its largest batch needs, and a block of what follows.

#pragma once

#include "store/disk.hpp"
#include "store/journal_format.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace duet {

/// One batch, whole, with its records in order. All of it is lent until the next is read.
struct JournalBatch {
    BatchNumber number;
    Place place;
    std::uint64_t bytes; // from its place on
    std::span<JournalRecord const> records;
};

/// One intact record. Lent likewise.
struct RecordFound {
    Place place;
    RecordHeader header;
    JournalRecord record;

    [[nodiscard]] std::uint64_t end() const
    {
        return place.offset + record_bytes(header.payload_bytes);
    }
};

class SegmentReader {
public:
    static DiskResult<SegmentReader> open(Disk& disk, SegmentNumber segment);

    [[nodiscard]] SegmentNumber number() const { return number_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }

    DiskResult<Result<SegmentHeader, HeaderFault>> header();

    /// The batch that begins at `offset`, if it is number `batch` and all of it is there.
    DiskResult<std::optional<JournalBatch>> batch_at(
        std::uint64_t offset, BatchNumber batch, std::uint64_t salt);

    /// Where the last batch that was not there had its first record that is none.
    [[nodiscard]] std::uint64_t broken_at() const { return broken_at_; }

    /// The first intact record, at `offset` or later, that is of batch `least` or a later one.
    DiskResult<std::optional<RecordFound>> find_record(
        std::uint64_t offset, BatchNumber least, std::uint64_t salt);

    /// Whether there is nothing but zeros from `offset` on.
    DiskResult<bool> is_zero_from(std::uint64_t offset);

private:
    SegmentReader(SegmentNumber number, std::unique_ptr<File> file, std::uint64_t size);

    DiskResult<std::optional<RecordFound>> record_at(
        std::uint64_t at, std::uint64_t kept_from, std::uint64_t salt);
    DiskResult<Bytes> see(std::uint64_t offset, std::uint64_t bytes);

    SegmentNumber number_;
    std::unique_ptr<File> file_;
    std::uint64_t size_;

    // The window: what is in the file from window_begin_ on.
    std::vector<std::byte> window_;
    std::uint64_t window_begin_ = 0;

    std::vector<RecordFound> found_; // of the batch under way
    std::vector<JournalRecord> records_;
    std::uint64_t broken_at_ = 0;
};

} // namespace duet
