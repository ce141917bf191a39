// What `duet say` says: the word of the command line, or standard input.

#pragma once

#include <expected>
#include <optional>
#include <string>

namespace duet {

/// Takes `given`, or, if it is none or "-", all of standard input without one line's end at its end.
///
/// Gives   a text that can be said; otherwise a sentence, why it cannot.
std::expected<std::string, std::string> text_to_say(std::optional<std::string> const& given);

} // namespace duet
