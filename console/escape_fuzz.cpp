// The law: what is escaped holds no control character but tab, is valid UTF-8, and is not changed by
// being escaped again; so clean text is never changed.

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/utf8.hpp"
#include "console/escape.hpp"

#include <cstdint>
#include <string>

namespace {

/// The input without the bytes that are no UTF-8.
std::string valid_part(std::string_view input)
{
    std::string text;
    while (not input.empty()) {
        std::size_t const valid = duet::check_utf8(duet::as_bytes(input)).valid_bytes;
        text += input.substr(0, valid);
        input.remove_prefix(valid < input.size() ? valid + 1 : valid);
    }
    return text;
}

bool has_control(std::string_view text)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const byte = static_cast<unsigned char>(text[at]);
        if ((byte < 0x20 and byte != '\t') or byte == 0x7F)
            return true;
        if (byte == 0xC2 and static_cast<unsigned char>(text[at + 1]) < 0xA0)
            return true;
    }
    return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const text = valid_part({reinterpret_cast<char const*>(data), size});
    std::string const shown = duet::escaped(text);
    duet::check(not has_control(shown));
    duet::check(duet::is_utf8(duet::as_bytes(shown)));
    duet::check(duet::escaped(shown) == shown);
    if (not has_control(text))
        duet::check(shown == text);
    return 0;
}
