// Records and their bytes: what the payloads of the journal hold.
//
// A record has a kind, which is a byte beside its payload, and stands for a form: which fields there are.
// The payload is these fields, in the order below, with nothing between them and nothing after the last.
//
//   number   7 bits to a byte, the lowest first; all bytes but the last have 0x80 set. As short as can
//            be: the last byte is not 0, unless it is the only one. At most 10 bytes, 64 bits.
//   time     8 bytes, little-endian, two's complement: milliseconds since 1970 (UTC)
//   N bytes  as they are
//   text     a number, and so many bytes
//   which    1 byte: 0 for the lower person of the pair, 1 for the higher
//   pair     two numbers, the lower person and the higher; they differ
//
//    1 entry            pair, seq, author (which), device, n, feed of the lower, feed of the higher
//                       (numbers), time, kind (1 byte), hash (16 bytes), body (text)
//    2 refusal          device, n (numbers), error (text: its word on the wire), hash (16 bytes), time
//    3 person added     person (number), handle, name (texts), time
//    4 device added     device, person (numbers), whether it has an identity (1 byte, 0 or 1), the
//                       identity (32 bytes, or none), name (text), secret (32 bytes), time
//    5 device revoked   device (number), time
//    6 invitation       secret (32 bytes), for what (1 byte: 1 person, 2 device, 3 plain device), by
//                       (number), with (32 bytes), expires (time), time
//    7 contact made     pair, time
//    8 mark             pair, who (which), delivered, read, head of the lower, of the higher (numbers)
//    9 plain cursor     device, feed (numbers)
//   10 person erased    person (number), time
//   11 gone             pair, first, last (numbers), time
//   12 epoch begun      epoch (16 bytes), time
//   13 settings         person (number), settings (text)
//   14 contact asked    pair, who (which), whether the other was told (1 byte, 0 or 1), time
//   15 stance taken     pair, who (which), whether they refuse, whether they block (1 byte each), time
//   16 person awaited   person (number), handle (text), time
//   17 talk changed     person, other (numbers), mute, archive, pin (1 byte each), name (text),
//                       deleted up to, head (numbers)
//   18 person suspended person (number), whether suspended (1 byte), time
//   19 recovery set     person (number), hash of the phrase (32 bytes), time
//   20 device announced device, up to (numbers), whether done (1 byte)
//   21 invitation ended secret (32 bytes), time
//   22 invitation       as 6, and behind it the way (1 byte: 2 code, 3 the operator's). 6 is a link.
//
// A record whose fields change gets another kind; the old one is read for ever. One record has one form:
// what can be decoded is, encoded again, the same bytes.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/record.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace duet {

/// Why bytes are no record.
enum class RecordFault {
    unknown_kind, // a newer duet has written it
    damaged,      // no duet has
};

/// The byte beside its payload.
std::uint8_t record_kind(Record const& record);

/// Puts a record's fields at the end of `payload`.
///
/// Shape   the author of an entry and the person of a mark must be of its pair.
void encode_record(Record const& record, std::vector<std::byte>& payload);

/// The record of this kind whose fields these are, all of them.
Result<Record, RecordFault> decode_record(std::uint8_t kind, Bytes payload);

} // namespace duet
