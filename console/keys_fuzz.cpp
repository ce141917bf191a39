// The law: however the bytes are cut, the keys are the same; and every text is one code point that is
// no control character but tab.

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "console/keys.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

void take_keys(duet::KeyDecoder& decoder, std::vector<duet::Key>& keys)
{
    while (auto key = decoder.next())
        keys.push_back(std::move(*key));
}

bool is_letter(std::string_view text)
{
    if (text.empty() or text.size() > 4 or not duet::is_utf8(duet::as_bytes(text)))
        return false;
    auto const first = static_cast<unsigned char>(text[0]);
    bool const is_c1 = first == 0xC2 and static_cast<unsigned char>(text[1]) < 0xA0;
    return text == "\t" or (first >= 0x20 and first != 0x7F and not is_c1);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    // The first byte says how the rest is cut.
    if (size == 0)
        return 0;
    std::uint8_t cuts = data[0];
    auto const input = std::as_bytes(std::span(data + 1, size - 1));

    duet::KeyDecoder whole;
    std::vector<duet::Key> expected;
    whole.take(input);
    take_keys(whole, expected);

    duet::KeyDecoder in_pieces;
    std::vector<duet::Key> keys;
    for (std::size_t at = 0; at < input.size();) {
        std::size_t const piece = std::min<std::size_t>(1 + cuts % 5, input.size() - at);
        in_pieces.take(input.subspan(at, piece));
        if (cuts % 3 != 0) // sometimes two pieces are taken before a key is asked for
            take_keys(in_pieces, keys);
        at += piece;
        cuts = static_cast<std::uint8_t>(cuts * 5 + 1);
    }
    take_keys(in_pieces, keys);

    duet::check(keys == expected);
    for (duet::Key const& key : keys)
        if (key.kind == duet::Key::Kind::text)
            duet::check(is_letter(key.text));
    return 0;
}
