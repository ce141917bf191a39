#include "pairing/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace duet {

namespace {

constexpr int border = 4; // modules, as ISO 18004 has it

/// Black on white of the 256 colours, which no theme changes.
constexpr std::string_view black_on_white = "\x1b[38;5;16;48;5;231m";
constexpr std::string_view own_colours = "\x1b[0m";

struct Freed {
    void operator()(QRcode* code) const { ::QRcode_free(code); }
};
using Code = std::unique_ptr<QRcode, Freed>;

bool is_black(QRcode const& code, int row, int column)
{
    bool const is_inside = row >= 0 and row < code.width and column >= 0 and column < code.width;
    return is_inside and (code.data[row * code.width + column] & 1) != 0;
}

std::string_view half_blocks(bool is_upper_black, bool is_lower_black)
{
    if (is_upper_black)
        return is_lower_black ? "\u2588" : "\u2580";
    return is_lower_black ? "\u2584" : " ";
}

} // namespace

std::string qr_text(std::string_view text)
{
    Code const code(::QRcode_encodeData(static_cast<int>(text.size()),
        reinterpret_cast<unsigned char const*>(text.data()), 0, QR_ECLEVEL_L));
    if (code == nullptr)
        return {};
    std::string lines;
    for (int row = -border; row < code->width + border; row += 2) {
        lines += black_on_white;
        for (int column = -border; column < code->width + border; ++column)
            lines += half_blocks(is_black(*code, row, column), is_black(*code, row + 1, column));
        lines += own_colours;
        lines += '\n';
    }
    return lines;
}

} // namespace duet
