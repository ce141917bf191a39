// The journal's bytes. This page, docs/journal.md, the writer and the reader agree.
//
// A journal is a directory of segments, files named segment-NNNNNNNNNN: ten decimal digits, 1 and
// upwards. Numbers in them are little-endian and unsigned.
//
//   segment   a header of 64 bytes, then records, then zeros or the end of the file
//
//   header    0  magic         8  "duetjrnl"
//             8  version       4  1
//            12  segment       4  the number in the file's name
//            16  salt          8  the same in all segments since a start
//            24  first batch   8  the number of the first batch that this segment may hold
//            32  nothing      24  zeros
//            56  checksum      8  XXH3-64 of bytes 0 to 55, with seed 0
//
//   record    0  checksum      8  XXH3-64 of the record's bytes from 8 on, padding included, with the
//                                 salt as its seed
//             8  length        4  of the payload, in bytes
//            12  kind          1  the payload's own business
//            13  last          1  1 in the last record of its batch, else 0
//            14  nothing       2  zeros
//            16  batch         8  1 and upwards, each one more than the one before
//            24  place         4  the number of its segment
//            28  place         4  where in it the record begins, in units of 8 bytes
//            32  payload       as long as `length` says, then zeros up to a multiple of 8
//
// Records follow each other without a gap. A batch lies in one segment, is written at once, and counts
// only when all of it is there. The next is written only when the one before it has synced.
//
// The place is under the checksum, so a record that lies where it was not written is none. So is the
// salt, which nobody outside knows: so nothing that people say can be made to look like a record.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

enum class SegmentNumber : std::uint32_t { };
enum class BatchNumber : std::uint64_t { }; // 0: before the first

inline constexpr std::uint32_t journal_version = 1;
inline constexpr std::size_t segment_header_bytes = 64;
inline constexpr std::size_t record_header_bytes = 32;
inline constexpr std::size_t record_unit_bytes = 8; // records begin and end at multiples of it
inline constexpr std::uint64_t segment_bytes_most = std::uint64_t {record_unit_bytes}
    << 32; // what a place can speak of

/// Where something lies.
struct Place {
    SegmentNumber segment;
    std::uint64_t offset;

    auto operator<=>(Place const&) const = default;
};

/// One record, as it is given to the journal and by it. The payload is lent.
struct JournalRecord {
    std::uint8_t kind;
    Bytes payload;
};

struct SegmentHeader {
    SegmentNumber segment;
    std::uint64_t salt;
    BatchNumber first;
};

struct RecordHeader {
    std::uint32_t payload_bytes;
    std::uint8_t kind;
    bool is_last;
    BatchNumber batch;
};

/// "segment-0000000007"
std::string segment_name(SegmentNumber segment);

/// The number in a segment's name; nullopt if it is no segment's name.
std::optional<SegmentNumber> segment_of(std::string_view name);

/// A record's bytes on disk, padding included.
constexpr std::uint64_t record_bytes(std::uint64_t payload_bytes)
{
    constexpr std::uint64_t unit = record_unit_bytes;
    return record_header_bytes + (payload_bytes + unit - 1) / unit * unit;
}

/// What a batch takes on disk.
std::uint64_t batch_bytes(std::span<JournalRecord const> records);

/// Puts a header at the end of `bytes`.
void encode_header(SegmentHeader const& header, std::vector<std::byte>& bytes);

/// Puts a batch at the end of `bytes`, as it is to lie at `place`. It must have a record, and each
/// payload less than 4 GiB.
void encode_batch(Place place, std::uint64_t salt, BatchNumber batch,
    std::span<JournalRecord const> records, std::vector<std::byte>& bytes);

enum class HeaderFault {
    none,  // there is no header, or it is not as it was written
    newer, // it is one, of a version that we do not know
};

/// The header of segment `segment`, whose first 64 bytes these are.
Result<SegmentHeader, HeaderFault> decode_header(SegmentNumber segment, Bytes bytes);

/// The record header in the first 32 bytes of `bytes`, if it may be one at `place`: whether the record is
/// intact is another question.
std::optional<RecordHeader> decode_record_header(Place place, Bytes bytes);

/// Whether all of a record's bytes, padding included, are as they were written.
bool is_intact(Bytes record, std::uint64_t salt);

} // namespace duet
