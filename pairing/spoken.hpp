// Words as people type them: apart by whatever stands between, in any letter case.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duet {

/// The words and numbers of a text, in small letters: what spaces, dashes, dots, commas and low lines
/// stand between. (Also the dashes and spaces of Unicode that a chat program puts in their place.)
std::vector<std::string> spoken_parts(std::string_view text);

} // namespace duet
