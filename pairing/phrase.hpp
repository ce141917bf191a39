// The recovery phrase: 128 random bits in 13 words, to be written down and kept.
//
// Each word (pairing/words.hpp) is ten bits, so there are two more than 128: a checksum, the first two
// bits of the SHA-256 of the rest. With it three of four slips that make other words of the list are
// found; one that makes no word of the list is always found. The phrase is made by the person's own
// device; a server knows its hash alone, and the device forgets it when it has shown it.

#pragma once

#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace duet {

inline constexpr std::size_t phrase_words = 13;

/// The phrase of 16 bytes that nobody can guess, in its normal form: small letters, one space between
/// the words. That form is what is hashed.
std::string phrase_of(std::array<std::byte, 16> const& random);

/// The normal form of a phrase as somebody has typed it: in capitals, with dashes or commas, with line
/// breaks.
///
/// Errors  phrase_incomplete (not 13 words), word_unknown, phrase_mistyped (the checksum).
Result<std::string> normal_phrase(std::string_view typed);

} // namespace duet
