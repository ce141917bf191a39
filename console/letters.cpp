#include "console/letters.hpp"

#include "base/check.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

namespace duet {

namespace {

using CodePoint = utf8proc_int32_t;

constexpr CodePoint zero_width_joiner = 0x200D;
constexpr CodePoint emoji_shape = 0xFE0F;

struct Decoded {
    CodePoint code_point;
    std::size_t end; // where the next code point begins
};

Decoded code_point_at(std::string_view text, std::size_t at)
{
    auto const* const bytes = reinterpret_cast<utf8proc_uint8_t const*>(text.data());
    CodePoint code_point = 0;
    auto const used =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    check(used > 0);
    return {code_point, at + static_cast<std::size_t>(used)};
}

std::size_t code_point_before(std::string_view text, std::size_t at)
{
    do
        --at;
    while (at > 0 and (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    return at;
}

/// Where the letter ends that begins at `begin`; there must be one.
std::size_t letter_end(std::string_view text, std::size_t begin)
{
    utf8proc_int32_t state = 0;
    Decoded last = code_point_at(text, begin);
    while (last.end < text.size()) {
        Decoded const next = code_point_at(text, last.end);
        if (utf8proc_grapheme_break_stateful(last.code_point, next.code_point, &state))
            break;
        last = next;
    }
    return last.end;
}

/// The nearest place at or before `at` where a letter begins whatever stands before it.
std::size_t certain_boundary(std::string_view text, std::size_t at)
{
    while (at > 0 and at < text.size()) {
        std::size_t const before = code_point_before(text, at);
        CodePoint const left = code_point_at(text, before).code_point;
        CodePoint const right = code_point_at(text, at).code_point;
        // Two code points alone tell where letters must part, but for what a joiner may join. (They
        // also never part two flags; those we find by going forward.)
        if (left != zero_width_joiner and utf8proc_grapheme_break(left, right))
            break;
        at = before;
    }
    return at;
}

bool is_emoji(CodePoint code_point)
{
    auto const kind = utf8proc_get_property(code_point)->boundclass;
    return kind == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC
        or kind == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

bool is_keycap_base(CodePoint code_point)
{
    return (code_point >= '0' and code_point <= '9') or code_point == '#' or code_point == '*';
}

bool is_leading_jamo(CodePoint code_point)
{
    return utf8proc_get_property(code_point)->boundclass == UTF8PROC_BOUNDCLASS_L;
}

bool is_following_jamo(CodePoint code_point)
{
    return (code_point >= 0x1160 and code_point <= 0x11FF)
        or (code_point >= 0xD7B0 and code_point <= 0xD7FF);
}

/// Where no letter is yet, but only emoji and ideographs are ever put.
bool is_reserved_for_wide(CodePoint code_point)
{
    return (code_point >= 0x1F000 and code_point <= 0x1FAFF)
        or (code_point >= 0x20000 and code_point <= 0x3FFFD);
}

int columns_of_code_point(CodePoint code_point)
{
    if (code_point == '\t')
        return 1;
    if (is_following_jamo(code_point))
        return 0; // terminals draw it into the syllable's cell
    switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_MC:
        return 1; // spacing marks, to which utf8proc gives no width, but terminals do
    case UTF8PROC_CATEGORY_CN:
        return is_reserved_for_wide(code_point) ? 2 : 1;
    default:
        return utf8proc_charwidth(code_point);
    }
}

struct LetterColumns {
    int whole;
    int sum; // of its code points' columns
};

LetterColumns columns_of_letter(std::string_view letter)
{
    Decoded const first = code_point_at(letter, 0);
    int sum = columns_of_code_point(first.code_point);
    if (first.end == letter.size())
        return {sum, sum};

    int widest = sum;
    bool asks_for_emoji = is_emoji(code_point_at(letter, first.end).code_point); // half of a flag
    for (std::size_t at = first.end; at < letter.size();) {
        Decoded const each = code_point_at(letter, at);
        int const columns = columns_of_code_point(each.code_point);
        sum += columns;
        widest = std::max(widest, columns);
        asks_for_emoji = asks_for_emoji or each.code_point == emoji_shape;
        at = each.end;
    }
    if (is_leading_jamo(first.code_point))
        return {2, sum};
    if (is_emoji(first.code_point) or is_keycap_base(first.code_point))
        return {asks_for_emoji ? 2 : widest, sum};
    return {sum, sum};
}

bool is_printable_ascii(char byte)
{
    return byte >= ' ' and byte <= '~';
}

} // namespace

std::size_t next_letter(std::string_view text, std::size_t at)
{
    check(at <= text.size());
    if (at == text.size())
        return at;
    std::size_t end = certain_boundary(text, at);
    while (end <= at)
        end = letter_end(text, end);
    return end;
}

std::size_t previous_letter(std::string_view text, std::size_t at)
{
    check(at <= text.size());
    if (at == 0)
        return at;
    std::size_t begin = certain_boundary(text, code_point_before(text, at));
    for (std::size_t end = letter_end(text, begin); end < at; end = letter_end(text, end))
        begin = end;
    return begin;
}

std::size_t letter_boundary(std::string_view text, std::size_t at)
{
    check(at <= text.size());
    std::size_t boundary = certain_boundary(text, at);
    while (boundary < at)
        boundary = letter_end(text, boundary);
    return boundary;
}

int columns_of(std::string_view text)
{
    int columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        // Most letters are ASCII, and nothing joins two of those.
        if (is_printable_ascii(text[at])
            and (at + 1 == text.size() or is_printable_ascii(text[at + 1]))) {
            ++columns;
            ++at;
            continue;
        }
        std::size_t const end = letter_end(text, at);
        columns += columns_of_letter(text.substr(at, end - at)).whole;
        at = end;
    }
    return columns;
}

std::size_t next_cell(std::string_view text, std::size_t at)
{
    std::size_t const end = next_letter(text, at);
    if (at == end)
        return end;
    LetterColumns const columns = columns_of_letter(text.substr(at, end - at));
    if (columns.whole != columns.sum)
        return end;
    std::size_t cell_end = code_point_at(text, at).end;
    while (cell_end < end) {
        Decoded const next = code_point_at(text, cell_end);
        if (columns_of_code_point(next.code_point) > 0)
            break;
        cell_end = next.end;
    }
    return cell_end;
}

bool is_word_letter(std::string_view letter)
{
    switch (utf8proc_category(code_point_at(letter, 0).code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

bool is_blank_letter(std::string_view letter)
{
    CodePoint const code_point = code_point_at(letter, 0).code_point;
    return code_point == '\t' or utf8proc_category(code_point) == UTF8PROC_CATEGORY_ZS;
}

} // namespace duet
