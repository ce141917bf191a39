// What people call one letter, and how wide it is on a terminal.
//
// A letter here is an extended grapheme cluster: 한, ᄒ+ᅡ+ᆫ, é written as e and an accent, a flag, a
// family of four joined into one. The cursor never stands inside one, and Backspace takes one whole.
// Widths are ours and not the C library's, whose table is empty where no locale was generated.
//
// All text here is valid UTF-8, and all offsets are bytes at which a code point begins (or the end).

#pragma once

#include <cstddef>
#include <string_view>

namespace duet {

/// Where the letter ends that begins at `at`, or that `at` is inside of; text.size() at the end.
/// Source  Unicode Standard Annex 29, extended grapheme clusters, as utf8proc has them.
std::size_t next_letter(std::string_view text, std::size_t at);

/// Where the letter begins that ends at `at`, or that `at` is inside of; 0 at the beginning.
std::size_t previous_letter(std::string_view text, std::size_t at);

/// `at` itself if it is between two letters (or at either end), otherwise the end of its letter.
std::size_t letter_boundary(std::string_view text, std::size_t at);

/// How many columns of a terminal a text takes when it is shown on one row.
///
/// Gives   for each letter the sum of its code points' columns: 0 for combining marks and what is
///         invisible, 2 for what East Asian Width calls wide, else 1. Exceptions: a letter that
///         begins with a leading Hangul jamo takes 2, as the syllable does; an emoji takes as much
///         as its widest part, a flag 2, and whatever asks for emoji shape by U+FE0F 2.
/// Note    a tab counts as 1, since the line editor shows it as one space; other controls as 0.
/// Doubt   terminals disagree about joined emoji, U+FE0F and jamo. Who draws should not rely on this
///         being right for them.
int columns_of(std::string_view text);

/// Where the part of the letter at `at` ends that a terminal keeps together when it wraps a row: all
/// of it as a rule, but of a letter that takes the sum of its code points' columns, each of these
/// with the invisible ones after it.
std::size_t next_cell(std::string_view text, std::size_t at);

/// True if a letter is part of a word: it begins with a letter or a digit of any script.
bool is_word_letter(std::string_view letter);

/// True if a letter is white space: a space, a tab, or a space of any other width.
bool is_blank_letter(std::string_view letter);

} // namespace duet
