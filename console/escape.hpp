// Text from somebody else, made fit to be shown on a terminal.
//
// A terminal obeys control characters: they move the cursor, clear the screen, rename the window and
// write the clipboard. What another person says must do none of this, and must not be hidden either.

#pragma once

#include <string>
#include <string_view>

namespace duet {

/// Makes control characters visible, and leaves all other text as it is.
///
/// Takes   valid UTF-8 (see check_utf8); one line or several, of any length.
/// Gives   the same text, where each of U+0000 to U+001F but tab, and U+007F, has become `\x` and two
///         hexadecimal digits (`\x1b`), and each of U+0080 to U+009F `\u` and four (`\u009b`).
/// Note    a backslash is not doubled: this is for eyes, not for reading back.
/// Source  ECMA-48: C0 and C1; DEL belongs to neither, but is no letter.
std::string escaped(std::string_view text);

} // namespace duet
