// A short code, for people who can only speak with each other: 7-sunset-guitar.
//
// The number names the code at whoever gave it out; the two words are its secret, 20 bits of it. For a
// keyboard without these letters the same code is written in digits alone, each word by its number in
// pairing/words.hpp: 7-0875-0388. How a code becomes trust is pairing/pairing.hpp's business.

#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

struct ShortCode {
    std::uint32_t name = 0;   // 1 to name_max
    std::uint32_t secret = 0; // less than secret_count

    static constexpr std::uint32_t name_max = 999'999;
    static constexpr std::uint32_t secret_count = 1u << 20;

    /// Reads one as people type it: in words, in digits, or half and half; in capitals too; with
    /// spaces, dots, commas, low lines or nothing but the digits' own count in place of dashes.
    ///
    /// Errors  code_incomplete: a name without its secret, or with half of it. What is known of the code
    ///         then is what everybody may know, and whoever asks for it must not go on without.
    ///         word_unknown: a word that is not in the list.
    ///         code_malformed: anything else.
    static Result<ShortCode> parse(std::string_view text);

    [[nodiscard]] std::string words() const;  // "7-sunset-guitar"
    [[nodiscard]] std::string digits() const; // "7-0875-0388"

    bool operator==(ShortCode const&) const = default;
};

} // namespace duet
