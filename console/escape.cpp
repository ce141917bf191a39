#include "console/escape.hpp"

#include <cstddef>

namespace duet {

namespace {

constexpr char c1_lead = '\xC2'; // begins U+0080 to U+00BF, of which the first half is C1

bool may_be_control(char byte)
{
    auto const value = static_cast<unsigned char>(byte);
    return (value < 0x20 and byte != '\t') or value == 0x7F or byte == c1_lead;
}

std::size_t find_suspect(std::string_view text, std::size_t at)
{
    while (at < text.size() and not may_be_control(text[at]))
        ++at;
    return at;
}

void append_hex(std::string& out, char byte)
{
    constexpr std::string_view digits = "0123456789abcdef";
    auto const value = static_cast<unsigned char>(byte);
    out += digits[value >> 4];
    out += digits[value & 0xF];
}

/// Appends what stands at `at`, which is suspect; gives how many bytes that was.
std::size_t append_suspect(std::string& out, std::string_view text, std::size_t at)
{
    if (text[at] != c1_lead) {
        out += "\\x";
        append_hex(out, text[at]);
        return 1;
    }
    bool const is_c1 = static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (is_c1) {
        out += "\\u00";
        append_hex(out, text[at + 1]);
    } else {
        out += text.substr(at, 2);
    }
    return 2;
}

} // namespace

std::string escaped(std::string_view text)
{
    std::size_t at = find_suspect(text, 0);
    if (at == text.size())
        return std::string(text);

    std::string out(text.substr(0, at));
    while (at < text.size()) {
        at += append_suspect(out, text, at);
        std::size_t const clean_end = find_suspect(text, at);
        out += text.substr(at, clean_end - at);
        at = clean_end;
    }
    return out;
}

} // namespace duet
