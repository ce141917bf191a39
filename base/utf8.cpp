#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace duet {

namespace {

/// What may follow a lead byte: how many bytes, and within which bounds the first of them. All
/// others are 0x80 to 0xBF.
struct Form {
    std::uint8_t follow;
    std::uint8_t second_least;
    std::uint8_t second_most;
};

/// The table of RFC 3629, section 4. `follow` is 0 for a byte that begins nothing.
Form form_of(std::uint8_t lead)
{
    if (lead < 0xC2)
        return {0, 0, 0}; // a continuation, or an overlong form of ASCII
    if (lead < 0xE0)
        return {1, 0x80, 0xBF};
    if (lead == 0xE0)
        return {2, 0xA0, 0xBF}; // less would be overlong
    if (lead == 0xED)
        return {2, 0x80, 0x9F}; // more would be a surrogate
    if (lead < 0xF0)
        return {2, 0x80, 0xBF};
    if (lead == 0xF0)
        return {3, 0x90, 0xBF}; // less would be overlong
    if (lead < 0xF4)
        return {3, 0x80, 0xBF};
    if (lead == 0xF4)
        return {3, 0x80, 0x8F}; // more would be above U+10FFFF
    return {0, 0, 0};
}

/// How many bytes at the front of `bytes` are ASCII; a multiple of 8, then one by one.
std::size_t ascii_prefix(std::uint8_t const* bytes, std::size_t size)
{
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t at = 0;
    for (std::uint64_t word; at + sizeof word <= size; at += sizeof word) {
        std::memcpy(&word, bytes + at, sizeof word);
        if ((word & high_bits) != 0)
            break;
    }
    while (at < size and bytes[at] < 0x80)
        ++at;
    return at;
}

/// How many bytes at the front of `bytes` are code points of three bytes that no special rule is
/// about: Hangul, and most of the world's other letters. They come in runs, as ASCII does.
std::size_t plain_three_prefix(std::uint8_t const* bytes, std::size_t size)
{
    std::size_t at = 0;
    for (; size - at >= 3; at += 3) {
        std::uint8_t const lead = bytes[at];
        bool const is_plain = lead > 0xE0 and lead < 0xF0 and lead != 0xED;
        bool const is_whole = (bytes[at + 1] & 0xC0) == 0x80 and (bytes[at + 2] & 0xC0) == 0x80;
        if (not is_plain or not is_whole)
            break;
    }
    return at;
}

} // namespace

Utf8Check check_utf8(Bytes input)
{
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(input.data());
    std::size_t const size = input.size();

    std::size_t at = 0;
    while (at < size) {
        if (bytes[at] < 0x80) {
            at += ascii_prefix(bytes + at, size - at);
            continue;
        }
        if (std::size_t const plain = plain_three_prefix(bytes + at, size - at); plain > 0) {
            at += plain;
            continue;
        }
        Form const form = form_of(bytes[at]);
        if (form.follow == 0)
            return {at, false};
        for (std::size_t i = 1; i <= form.follow; ++i) {
            if (at + i == size)
                return {at, true};
            std::uint8_t const least = i == 1 ? form.second_least : 0x80;
            std::uint8_t const most = i == 1 ? form.second_most : 0xBF;
            if (bytes[at + i] < least or bytes[at + i] > most)
                return {at, false};
        }
        at += form.follow + 1u;
    }
    return {size, false};
}

} // namespace duet
