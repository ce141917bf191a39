#include "store/journal_format.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

namespace duet {

namespace {

constexpr std::string_view magic = "duetjrnl";
constexpr std::string_view name_prefix = "segment-";
constexpr std::size_t name_digits = 10;
constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t header_checksum_at = segment_header_bytes - checksum_bytes;

// The bytes of a number are laid down in the order of the machine.
static_assert(std::endian::native == std::endian::little);

template <typename Number>
void put(std::byte* at, Number value)
{
    std::memcpy(at, &value, sizeof value);
}

template <typename Number>
Number get(Bytes bytes, std::size_t offset)
{
    Number value;
    std::memcpy(&value, bytes.subspan(offset, sizeof value).data(), sizeof value);
    return value;
}

std::uint64_t checksum_of(Bytes bytes, std::uint64_t seed)
{
    return ::XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint32_t units(std::uint64_t offset)
{
    return static_cast<std::uint32_t>(offset / record_unit_bytes);
}

/// Makes room for `count` bytes at the end of `bytes`, zeros.
std::span<std::byte> grow(std::vector<std::byte>& bytes, std::uint64_t count)
{
    std::size_t const before = bytes.size();
    bytes.resize(before + count);
    return std::span(bytes).subspan(before);
}

} // namespace

std::string segment_name(SegmentNumber segment)
{
    return fmt::format("{}{:010}", name_prefix, number(segment));
}

std::optional<SegmentNumber> segment_of(std::string_view name)
{
    if (not name.starts_with(name_prefix) or name.size() != name_prefix.size() + name_digits)
        return std::nullopt;
    std::uint32_t value = 0;
    auto const [end, error] =
        std::from_chars(name.data() + name_prefix.size(), name.data() + name.size(), value);
    if (error != std::errc() or end != name.data() + name.size() or value == 0)
        return std::nullopt;
    return SegmentNumber {value};
}

std::uint64_t batch_bytes(std::span<JournalRecord const> records)
{
    std::uint64_t bytes = 0;
    for (JournalRecord const& record : records)
        bytes += record_bytes(record.payload.size());
    return bytes;
}

void encode_header(SegmentHeader const& header, std::vector<std::byte>& bytes)
{
    std::span<std::byte> const room = grow(bytes, segment_header_bytes);
    std::ranges::copy(as_bytes(magic), room.data());
    put(room.data() + 8, journal_version);
    put(room.data() + 12, static_cast<std::uint32_t>(header.segment));
    put(room.data() + 16, header.salt);
    put(room.data() + 24, number(header.first));
    put(room.data() + header_checksum_at, checksum_of(room.first(header_checksum_at), 0));
}

void encode_batch(Place place, std::uint64_t salt, BatchNumber batch,
    std::span<JournalRecord const> records, std::vector<std::byte>& bytes)
{
    check(not records.empty());
    check(place.offset % record_unit_bytes == 0);
    check(number(batch) != 0);
    for (std::size_t i = 0; i < records.size(); ++i) {
        Bytes const payload = records[i].payload;
        check(payload.size() <= std::numeric_limits<std::uint32_t>::max());
        std::span<std::byte> const room = grow(bytes, record_bytes(payload.size()));
        put(room.data() + 8, static_cast<std::uint32_t>(payload.size()));
        put(room.data() + 12, records[i].kind);
        put(room.data() + 13, static_cast<std::uint8_t>(i + 1 == records.size()));
        put(room.data() + 16, number(batch));
        put(room.data() + 24, static_cast<std::uint32_t>(place.segment));
        put(room.data() + 28, units(place.offset));
        std::ranges::copy(payload, room.data() + record_header_bytes);
        put(room.data(), checksum_of(room.subspan(checksum_bytes), salt));
        place.offset += room.size();
    }
    check(place.offset <= segment_bytes_most);
}

Result<SegmentHeader, HeaderFault> decode_header(SegmentNumber segment, Bytes bytes)
{
    if (bytes.size() < segment_header_bytes)
        return fail(HeaderFault::none);
    if (not as_text(bytes).starts_with(magic))
        return fail(HeaderFault::none);
    if (get<std::uint64_t>(bytes, header_checksum_at)
        != checksum_of(bytes.first(header_checksum_at), 0))
        return fail(HeaderFault::none);
    // Magic and checksum will stand where they stand in every version.
    if (get<std::uint32_t>(bytes, 8) != journal_version)
        return fail(HeaderFault::newer);
    if (get<std::uint32_t>(bytes, 12) != number(segment) or get<std::uint64_t>(bytes, 24) == 0)
        return fail(HeaderFault::none);
    return SegmentHeader {
        segment, get<std::uint64_t>(bytes, 16), BatchNumber {get<std::uint64_t>(bytes, 24)}};
}

std::optional<RecordHeader> decode_record_header(Place place, Bytes bytes)
{
    if (bytes.size() < record_header_bytes)
        return std::nullopt;
    if (get<std::uint32_t>(bytes, 28) != units(place.offset)
        or get<std::uint32_t>(bytes, 24) != number(place.segment))
        return std::nullopt;
    auto const last = get<std::uint8_t>(bytes, 13);
    BatchNumber const batch {get<std::uint64_t>(bytes, 16)};
    if (last > 1 or get<std::uint16_t>(bytes, 14) != 0 or number(batch) == 0)
        return std::nullopt;
    return RecordHeader {
        get<std::uint32_t>(bytes, 8), get<std::uint8_t>(bytes, 12), last == 1, batch};
}

bool is_intact(Bytes record, std::uint64_t salt)
{
    return get<std::uint64_t>(record, 0) == checksum_of(record.subspan(checksum_bytes), salt);
}

} // namespace duet
