// What may be said, and what may be a name. One place for all of it, so that no path forgets it.

#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace duet {

/// A message's text: 1 to limits::text_bytes_max bytes of UTF-8, no control characters but \n and \t.
/// Errors  text_empty, text_too_long, control_character.
Result<void> check_message(std::string_view text);

/// The text of a request to be a contact: a message of limits::request_characters_max characters.
Result<void> check_request(std::string_view text);

/// Where a message's text has a control character that it may not have, in bytes from its beginning.
std::optional<std::size_t> control_character_in(std::string_view text);

/// A name that is shown (a person's, a device's): one line of 1 to limits::name_bytes_max bytes, no
/// control characters at all.
Result<void> check_name(std::string_view text);

/// A handle: 1 to 32 of [a-z0-9._-], beginning with a letter or a digit. Errors: handle_wrong.
Result<void> check_handle(std::string_view text);

} // namespace duet
