// A contact as a line of JSON.

#pragma once

#include "client/duet.hpp"

#include <string>

namespace duet {

/// "contact", "asked", "asks", "blocked": the words of docs/protocol.md.
char const* word(Standing standing);

/// Adds a contact as a line of JSON: `person`, with the fields of `people` in docs/protocol.md and
/// `online`.
void write_contact(std::string& lines, Contact const& contact);

} // namespace duet
