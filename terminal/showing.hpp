// How messages look: as lines for people, and as lines of JSON for programs.

#pragma once

#include "base/time.hpp"
#include "client/duet.hpp"

#include <string>
#include <string_view>

namespace duet {

/// What somebody said, as whole lines: `ada: the first line`, and each further line of it behind
/// `  | `, so that no text can look like another person's. Control characters are made visible.
std::string spoken(std::string_view from, std::string_view text);

/// The same behind the minute at which it was stored: "2026-11-24 12:31 ada: …".
std::string spoken_at(Time time, std::string_view from, std::string_view text);

/// "2026-11-24 12:31", in the user's time zone.
std::string minute_of(Time time);

/// An entry that is to be seen, as whole lines: a text or a request as it was spoken, and loudly that a
/// device was added. Empty if there is nothing to be seen of it.
std::string entry_in_words(Message const& message, std::string_view from, bool has_time);

/// "waiting", "sent", …: the words of docs/protocol.md and of `duet say --wait`.
char const* word(MessageState state);

/// The same in the user's language.
std::string state_in_words(MessageState state);

/// What a word of docs/protocol.md means, in the user's language; the word itself if it is not known.
std::string reason_in_words(std::string const& word);

/// What a Failure says, in the user's language as far as it is one of ours.
std::string failure_in_words(Failure const& why);

/// Adds a message as a line of JSON, an `entry` as docs/protocol.md has it. With `has_state`, one's
/// own have a field `state` as well, and `error` if it is `refused`.
void write_message(std::string& lines, Message const& message, bool has_state);

} // namespace duet
