#include "store/journal_dump.hpp"

#include "store/journal_reader.hpp"

#include <fmt/format.h>

namespace duet {

namespace {

using LinePrinter = std::function<void(std::string_view line)>;

void print_record(RecordFound const& found, PayloadPrinter const& payload, LinePrinter const& print)
{
    print(fmt::format("  batch {} at {}, kind {}, {} bytes{}: {}", number(found.header.batch),
        found.place.offset, found.header.kind, found.header.payload_bytes,
        found.header.is_last ? ", last" : "", payload(found.record)));
}

DiskResult<void> dump_records(SegmentReader& reader, std::uint64_t salt,
    PayloadPrinter const& payload, LinePrinter const& print)
{
    std::uint64_t offset = segment_header_bytes;
    while (not TRY(reader.is_zero_from(offset))) {
        auto const found = TRY(reader.find_record(offset, BatchNumber {0}, salt));
        std::uint64_t const until = found.has_value() ? found->place.offset : reader.size();
        if (until > offset)
            print(fmt::format("  from {}: {} bytes that are no record", offset, until - offset));
        if (not found.has_value())
            return {};
        print_record(*found, payload, print);
        offset = found->end();
    }
    if (offset < reader.size())
        print(fmt::format("  from {}: zeros to the end", offset));
    return {};
}

DiskResult<void> dump_segment(
    Disk& disk, SegmentNumber segment, PayloadPrinter const& payload, LinePrinter const& print)
{
    auto reader = TRY(SegmentReader::open(disk, segment));
    auto const header = TRY(reader.header());
    std::string const begin = fmt::format("{}  {} bytes", segment_name(segment), reader.size());
    if (not header.has_value()) {
        bool const is_unused = TRY(reader.is_zero_from(0));
        print(fmt::format("{}, {}", begin,
            header.error() == HeaderFault::newer ? "of a newer version"
                : is_unused                      ? "not used yet"
                                                 : "without a header"));
        return {};
    }
    print(
        fmt::format("{}, from batch {}, salt {:016x}", begin, number(header->first), header->salt));
    return dump_records(reader, header->salt, payload, print);
}

} // namespace

std::string hex(JournalRecord const& record)
{
    std::string digits;
    for (std::byte const byte : record.payload)
        digits += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return digits;
}

JournalResult<void> dump_journal(
    Disk& disk, PayloadPrinter const& payload, LinePrinter const& print)
{
    for (SegmentNumber const segment : TRY(segments_in(disk)))
        TRY_VOID(in_journal(dump_segment(disk, segment, payload, print)));
    return {};
}

} // namespace duet
