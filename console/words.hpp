// The words that people read, in their language.
//
// English stands in the source; gettext has the rest, one po/*.po for each language. A locale that
// the machine never generated works too: text is UTF-8 everywhere, and the language is what the user
// asked for. What is data (another's text, an endpoint) goes through `fill`, so a translation may
// put it where its grammar wants it.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace duet {

/// Finds out the user's language and where the translations are. Once, before any word is said.
void set_up_words();

/// `english` in the user's language. xgettext collects what stands in tr("…").
std::string tr(char const* english);

/// Puts the first value in place of {0}, the next in place of {1} …: fill("{0} is not {1}", {a, b})
std::string fill(std::string_view pattern, std::initializer_list<std::string_view> values);

} // namespace duet
