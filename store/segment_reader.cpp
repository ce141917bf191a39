#include "store/segment_reader.hpp"

#include "core/planted.hpp"

#include <algorithm>

namespace duet {

namespace {

constexpr std::size_t block_bytes = 1024 * 1024; // read at once
constexpr std::uint64_t glance_bytes = 4096;     // looked at at once for zeros

} // namespace

DiskResult<SegmentReader> SegmentReader::open(Disk& disk, SegmentNumber segment)
{
    auto file = TRY(disk.open(segment_name(segment)));
    auto const size = TRY(file->size());
    return SegmentReader(segment, std::move(file), std::min(size, segment_bytes_most));
}

SegmentReader::SegmentReader(SegmentNumber number, std::unique_ptr<File> file, std::uint64_t size)
    : number_(number), file_(std::move(file)), size_(size)
{
}

DiskResult<Result<SegmentHeader, HeaderFault>> SegmentReader::header()
{
    Bytes const bytes = TRY(see(0, segment_header_bytes));
    return decode_header(number_, bytes);
}

DiskResult<std::optional<JournalBatch>> SegmentReader::batch_at(
    std::uint64_t offset, BatchNumber batch, std::uint64_t salt)
{
    found_.clear();
    std::uint64_t end = offset;
    do {
        auto const found = TRY(record_at(end, offset, salt));
        if (not found.has_value() or found->header.batch != batch) {
            broken_at_ = end;
            return std::nullopt;
        }
        found_.push_back(*found);
        end = found->end();
    } while (not found_.back().header.is_last);

    // The window may have moved in memory while it grew: only now do payloads stay where they are.
    Bytes const bytes = TRY(see(offset, end - offset));
    records_.clear();
    for (RecordFound const& found : found_)
        records_.push_back({found.header.kind,
            bytes.subspan(
                found.place.offset - offset + record_header_bytes, found.header.payload_bytes)});
    return JournalBatch {batch, {number_, offset}, end - offset, records_};
}

DiskResult<std::optional<RecordFound>> SegmentReader::find_record(
    std::uint64_t offset, BatchNumber least, std::uint64_t salt)
{
    for (; offset + record_header_bytes <= size_; offset += record_unit_bytes) {
        auto const found = TRY(record_at(offset, offset, salt));
        if (found.has_value() and found->header.batch >= least)
            return found;
    }
    return std::nullopt;
}

DiskResult<bool> SegmentReader::is_zero_from(std::uint64_t offset)
{
    while (offset < size_) {
        Bytes const bytes = TRY(see(offset, std::min(glance_bytes, size_ - offset)));
        if (bytes.empty()
            or not std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte {}; }))
            return bytes.empty();
        offset += bytes.size();
    }
    return true;
}

/// What is seen from `kept_from` on stays in the window.
DiskResult<std::optional<RecordFound>> SegmentReader::record_at(
    std::uint64_t at, std::uint64_t kept_from, std::uint64_t salt)
{
    std::uint64_t const before = at - kept_from;
    Bytes bytes = TRY(see(kept_from, before + record_header_bytes));
    if (bytes.size() < before + record_header_bytes)
        return std::nullopt;
    Place const place {number_, at};
    auto const header = decode_record_header(place, bytes.subspan(before));
    // A length is believed only as far as the file goes: the window never grows beyond it.
    if (not header.has_value() or record_bytes(header->payload_bytes) > size_ - at)
        return std::nullopt;
    std::uint64_t const length = record_bytes(header->payload_bytes);
    bytes = TRY(see(kept_from, before + length));
    if (bytes.size() < before + length)
        return std::nullopt;
    Bytes const record = bytes.subspan(before);
    if (not is_intact(record, salt) and not planted(Bug::torn_tail_read_on))
        return std::nullopt;
    Bytes const payload = record.subspan(record_header_bytes, header->payload_bytes);
    return RecordFound {place, *header, {header->kind, payload}};
}

/// Moves the window so that `bytes` from `offset` on are in it; fewer at the file's end.
DiskResult<Bytes> SegmentReader::see(std::uint64_t offset, std::uint64_t bytes)
{
    bool const begins_in_it = offset >= window_begin_ and offset <= window_begin_ + window_.size();
    if (not begins_in_it or offset + bytes > window_begin_ + window_.size()) {
        if (begins_in_it)
            window_.erase(window_.begin(),
                window_.begin() + static_cast<std::ptrdiff_t>(offset - window_begin_));
        else
            window_.clear();
        window_begin_ = offset;
        std::size_t const before = window_.size();
        std::uint64_t const wanted = std::max<std::uint64_t>(bytes, before) + block_bytes;
        window_.resize(std::min(wanted, size_ - std::min(offset, size_)));
        std::size_t const more =
            TRY(file_->read(offset + before, std::span(window_).subspan(before)));
        window_.resize(before + more);
    }
    Bytes const window = window_;
    std::uint64_t const begin = offset - window_begin_;
    return window.subspan(begin, std::min<std::uint64_t>(bytes, window.size() - begin));
}

} // namespace duet
