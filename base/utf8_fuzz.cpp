// The law: check_utf8 finds the same end of what is valid as utf8proc does, and says that it may
// continue exactly when there are bytes that would continue it.

#include "base/check.hpp"
#include "base/utf8.hpp"

#include <utf8proc.h>

#include <cstdint>
#include <string>

namespace {

/// How many bytes of `text` utf8proc takes, a code point at a time.
std::size_t valid_bytes(std::string_view text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        utf8proc_int32_t point = 0;
        auto const* const bytes = reinterpret_cast<utf8proc_uint8_t const*>(text.data() + at);
        auto const used =
            utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
        if (used <= 0)
            break;
        at += static_cast<std::size_t>(used);
    }
    return at;
}

/// True if up to three more bytes would make one code point of `begun`.
bool can_be_completed(std::string_view begun)
{
    if (begun.empty() or begun.size() > 3)
        return false;
    // One of these is allowed as the second byte behind every first; behind that, any is.
    for (std::string_view next : {"\x80\x80\x80", "\x90\x80\x80", "\xA0\x80\x80"}) {
        for (std::size_t more = 1; more <= next.size(); ++more) {
            std::string const whole = std::string(begun) + std::string(next.substr(0, more));
            if (valid_bytes(whole) == whole.size())
                return true;
        }
    }
    return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    duet::Utf8Check const found = duet::check_utf8(duet::as_bytes(text));
    duet::check(found.valid_bytes == valid_bytes(text));
    duet::check(found.may_continue == can_be_completed(text.substr(found.valid_bytes)));
    return 0;
}
