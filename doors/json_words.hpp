// The words that stand for something on the wire, and hexadecimal for what is bytes.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/event.hpp"
#include "core/record.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace duet {

/// "text", "edit", …
std::string_view word(Kind kind);

/// The kind of that word. A word that is not known gives a kind that is none of ours (0): it is
/// counted, and shown by nobody.
Kind kind_of(std::string_view word);

/// "contact", "asked", …
std::string_view word(TalkState state);

/// The state of that word; `none` for one that is not known.
TalkState state_of(std::string_view word);

/// Reads exactly `room.size()` bytes from small hexadecimal digits. Errors: field_wrong.
Result<void> read_hex(std::string_view text, std::span<std::byte> room);

} // namespace duet
