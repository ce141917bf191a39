#include "store/journal_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace duet {

namespace {

JournalError newer_format(Disk const& disk, SegmentNumber segment)
{
    return {JournalError::Kind::newer_format,
        fmt::format(
            "a newer version of duet has written it (this one knows format {})", journal_version),
        disk.path(segment_name(segment))};
}

/// The header of a segment; nullopt if it has none.
JournalResult<std::optional<SegmentHeader>> header_of(Disk const& disk, SegmentReader& reader)
{
    auto const header = TRY(in_journal(reader.header()));
    if (header.has_value())
        return *header;
    if (header.error() == HeaderFault::newer)
        return fail(newer_format(disk, reader.number()));
    return std::nullopt;
}

BatchNumber previous(BatchNumber batch)
{
    return BatchNumber {number(batch) - 1};
}

} // namespace

JournalResult<std::vector<SegmentNumber>> segments_in(Disk& disk)
{
    std::vector<SegmentNumber> segments;
    for (std::string const& name : TRY(in_journal(disk.names())))
        if (auto const segment = segment_of(name))
            segments.push_back(*segment);
    std::ranges::sort(segments);
    return segments;
}

JournalResult<JournalReader> JournalReader::open(Disk& disk, BatchNumber after)
{
    auto segments = TRY(segments_in(disk));
    for (std::size_t index = segments.size(); index-- > 0;) {
        auto reader = TRY(in_journal(SegmentReader::open(disk, segments[index])));
        auto const header = TRY(header_of(disk, reader));
        if (header.has_value() and header->first <= next(after))
            return JournalReader(disk, after, std::move(segments), index, *header);
    }
    return fail(JournalError {JournalError::Kind::damaged,
        fmt::format("no segment of the journal here goes back to batch {}", number(next(after))),
        disk.path("")});
}

JournalReader::JournalReader(Disk& disk, BatchNumber after, std::vector<SegmentNumber> segments,
    std::size_t begin, SegmentHeader const& header)
    : disk_(disk)
    , after_(after)
    , segments_(std::move(segments))
    , begin_(begin)
    , salt_(header.salt)
    , last_(previous(header.first))
{
}

JournalResult<JournalEnd> JournalReader::read(BatchVisitor const& visit, BatchNumber until)
{
    auto reader = TRY(in_journal(SegmentReader::open(disk_, segments_[begin_])));
    for (std::size_t index = begin_;; ++index) {
        std::uint64_t const end = TRY(read_batches(reader, visit, until));
        if (last_ >= until)
            return JournalEnd {last_, std::nullopt};
        auto following = TRY(successor(index));
        if (not following.has_value())
            return judge(index, reader, end);
        reader = std::move(*following);
    }
}

/// Reads batches to the last that is whole, or to `until`, and gives where it ends.
JournalResult<std::uint64_t> JournalReader::read_batches(
    SegmentReader& reader, BatchVisitor const& visit, BatchNumber until)
{
    std::uint64_t offset = segment_header_bytes;
    while (last_ < until) {
        auto const batch = TRY(in_journal(reader.batch_at(offset, next(last_), salt_)));
        if (not batch.has_value())
            break;
        last_ = batch->number;
        offset += batch->bytes;
        if (last_ > after_)
            TRY_VOID(visit(*batch));
    }
    return offset;
}

/// The segment behind segments_[index], if it goes on where that one ends.
JournalResult<std::optional<SegmentReader>> JournalReader::successor(std::size_t index)
{
    if (index + 1 == segments_.size() or segments_[index + 1] != next(segments_[index]))
        return std::nullopt;
    auto reader = TRY(in_journal(SegmentReader::open(disk_, segments_[index + 1])));
    auto const header = TRY(header_of(disk_, reader));
    if (not header.has_value() or header->salt != salt_ or header->first != next(last_))
        return std::nullopt;
    return reader;
}

/// Nothing goes on behind `end`. Was there ever anything?
JournalResult<JournalEnd> JournalReader::judge(
    std::size_t index, SegmentReader& reader, std::uint64_t end)
{
    Place broken {reader.number(), reader.broken_at()};
    std::optional<Place> torn;
    auto later = TRY(find_later(reader, broken.offset));
    if (not TRY(in_journal(reader.is_zero_from(end))))
        torn = Place {reader.number(), end};
    else if (not later.has_value() and index + 1 < segments_.size())
        broken = {next(reader.number()), 0}; // it was begun in the segment that should follow
    for (++index; index < segments_.size() and not later.has_value(); ++index) {
        auto other = TRY(in_journal(SegmentReader::open(disk_, segments_[index])));
        // A header is written, and synced, together with the first batch behind it.
        if (TRY(header_of(disk_, other)).has_value())
            later = Place {other.number(), 0};
        else
            later = TRY(find_later(other, segment_header_bytes));
        if (not torn.has_value() and not TRY(in_journal(other.is_zero_from(0))))
            torn = Place {other.number(), 0};
    }

    if (later.has_value())
        return fail(damage(broken,
            fmt::format(
                "batch {} is damaged: it is not whole, and a later one was written, at {} of {}",
                number(next(last_)), later->offset, segment_name(later->segment))));
    if (last_ < after_)
        return fail(damage({reader.number(), end},
            fmt::format("the journal ends with batch {}, but batch {} was in it", number(last_),
                number(after_))));
    return JournalEnd {last_, torn};
}

/// Where something lies of a batch that comes after the one that is not whole.
JournalResult<std::optional<Place>> JournalReader::find_later(
    SegmentReader& reader, std::uint64_t from)
{
    if (TRY(in_journal(reader.is_zero_from(from))))
        return std::nullopt;
    auto const found = TRY(in_journal(reader.find_record(from, next(next(last_)), salt_)));
    if (not found.has_value())
        return std::nullopt;
    return found->place;
}

JournalError JournalReader::damage(Place place, std::string words) const
{
    return {JournalError::Kind::damaged, std::move(words), disk_.path(segment_name(place.segment)),
        place.offset};
}

} // namespace duet
