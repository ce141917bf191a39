// The law: bytes are no record, or they are the bytes of exactly that record.

#include "base/check.hpp"
#include "store/record_codec.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    // The first byte is the kind.
    if (size == 0)
        return 0;
    auto const input = std::as_bytes(std::span(data + 1, size - 1));
    auto const record = duet::decode_record(data[0], input);
    if (not record.has_value())
        return 0;

    std::vector<std::byte> again;
    duet::encode_record(*record, again);
    duet::check(std::ranges::equal(again, input));
    duet::check(duet::record_kind(*record) == data[0]);
    duet::check(duet::decode_record(data[0], again) == record);
    return 0;
}
