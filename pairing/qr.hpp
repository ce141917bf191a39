// A QR code for a terminal, by libqrencode, met only in qr.cpp.

#pragma once

#include <string>
#include <string_view>

namespace duet {

/// The code of `text` in lines for a terminal, two rows of it in each: black on white whatever the
/// terminal's own colours are, since many readers do not take it the other way round, with the white
/// border that readers need. Each line ends with the terminal's own colours and \n. Empty if the text is
/// too long for any code.
std::string qr_text(std::string_view text);

} // namespace duet
