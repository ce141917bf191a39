#include "console/keys.hpp"

#include "base/utf8.hpp"

#include <utility>

namespace duet {

namespace {

using Kind = Key::Kind;

/// What stands at the front of the input. No bytes: it is not finished yet. Bytes and no key: they
/// mean nothing and are dropped.
struct Found {
    std::size_t bytes;
    std::optional<Key> key = {};
};

constexpr char escape = '\x1b';
constexpr char rubout = '\x7f'; // what Backspace sends nearly everywhere
constexpr std::string_view paste_end_marker = "\x1b[201~";

/// No key is longer. A longer beginning without an end is dropped, and so cannot make us grow.
constexpr std::size_t sequence_bytes_max = 64;

bool is_between(char byte, char least, char most)
{
    return byte >= least and byte <= most; // both ASCII, so the sign of char does not matter
}

bool is_ascii(char byte)
{
    return static_cast<unsigned char>(byte) < 0x80;
}

bool is_control(char byte)
{
    return static_cast<unsigned char>(byte) < 0x20 or byte == rubout;
}

/// A control character outside of a paste.
std::optional<Key> key_of_control(char byte)
{
    switch (byte) {
    case '\t':
        return Key {Kind::text, "\t"};
    case '\r':
    case '\n': // Ctrl-J
        return Key {Kind::enter};
    case rubout:
    case '\b': // Ctrl-H
        return Key {Kind::backspace};
    default:
        break;
    }
    char const letter = static_cast<char>(byte + '@');
    if (std::string_view("ABCDEFKLNPTUWY").find(letter) == std::string_view::npos)
        return std::nullopt;
    return Key {Kind::control, std::string(1, letter)};
}

/// Alt and an ASCII character.
std::optional<Key> key_of_alt(char byte)
{
    switch (byte) {
    case 'b':
    case 'B':
        return Key {Kind::word_left};
    case 'f':
    case 'F':
        return Key {Kind::word_right};
    case 'd':
    case 'D':
        return Key {Kind::kill_word_right};
    case rubout:
    case '\b':
        return Key {Kind::kill_word_left};
    default:
        return std::nullopt;
    }
}

/// The first number of a sequence's parameters ("3;5" has 3), and the last; 0 where there is none.
struct Parameters {
    int first;
    int last;
};

Parameters parameters_of(std::string_view text)
{
    Parameters found = {0, 0};
    bool is_first = true;
    for (char const byte : text) {
        if (byte == ';')
            found.last = 0;
        else if (is_between(byte, '0', '9') and found.last < 1000)
            found.last = found.last * 10 + (byte - '0');
        is_first = is_first and byte != ';';
        if (is_first)
            found.first = found.last;
    }
    return found;
}

/// xterm adds to 1: 1 for Shift, 2 for Alt, 4 for Ctrl.
bool has_alt_or_control(Parameters parameters)
{
    return parameters.last > 1 and ((parameters.last - 1) & 6) != 0;
}

/// Keys by number: \e[3~ and its like. rxvt ends them with ^, @ or $ when Ctrl or Shift is held.
std::optional<Key> key_of_number(int number)
{
    switch (number) {
    case 1: // Linux console, xterm
    case 7: // rxvt
        return Key {Kind::home};
    case 4:
    case 8:
        return Key {Kind::end};
    case 3:
        return Key {Kind::remove};
    case 200:
        return Key {Kind::paste_begin};
    case 201:
        return Key {Kind::paste_end};
    default:
        return std::nullopt;
    }
}

/// Keys by letter: \e[A, \e[1;5C, \eOA, \eO5C.
std::optional<Key> key_of_final(char final, std::string_view parameters)
{
    bool const moves_by_word = has_alt_or_control(parameters_of(parameters));
    switch (final) {
    case 'A':
        return Key {Kind::up};
    case 'B':
        return Key {Kind::down};
    case 'C':
        return Key {moves_by_word ? Kind::word_right : Kind::right};
    case 'D':
        return Key {moves_by_word ? Kind::word_left : Kind::left};
    case 'H':
        return Key {Kind::home};
    case 'F':
        return Key {Kind::end};
    default:
        return std::nullopt;
    }
}

/// A key by letter after \eO (SS3). rxvt writes Ctrl and an arrow with a small letter.
std::optional<Key> key_of_ss3(char final, std::string_view parameters)
{
    switch (final) {
    case 'M': // the keypad's
        return Key {Kind::enter};
    case 'a':
        return Key {Kind::up};
    case 'b':
        return Key {Kind::down};
    case 'c':
        return Key {Kind::word_right};
    case 'd':
        return Key {Kind::word_left};
    default:
        return key_of_final(final, parameters);
    }
}

/// A key by letter or number after \e[ (CSI). rxvt writes Shift and an arrow with a small letter.
std::optional<Key> key_of_csi(char final, std::string_view parameters)
{
    bool const is_private = not parameters.empty() and is_between(parameters[0], '<', '?');
    if (is_private)
        return std::nullopt; // a report and no key
    if (final == '~' or final == '^' or final == '@' or final == '$')
        return key_of_number(parameters_of(parameters).first);
    if (parameters.empty() and is_between(final, 'a', 'd'))
        return key_of_final(static_cast<char>(final - 'a' + 'A'), {});
    return key_of_final(final, parameters);
}

/// How many bytes the letter takes that `lead` begins; 1 for what begins none.
std::size_t letter_bytes(char lead)
{
    auto const value = static_cast<unsigned char>(lead);
    if (value >= 0xF0)
        return 4;
    if (value >= 0xE0)
        return 3;
    return value >= 0xC0 ? 2 : 1;
}

Found find_letter(std::string_view input)
{
    std::string_view const letter = input.substr(0, letter_bytes(input[0]));
    Utf8Check const check = check_utf8(as_bytes(letter));
    if (check.valid_bytes < letter.size())
        return {check.valid_bytes == 0 and check.may_continue ? 0u : 1u};
    bool const is_c1 = letter.size() == 2 and letter[0] == '\xC2' and letter[1] < '\xA0';
    if (is_c1)
        return {2};
    return {letter.size(), Key {Kind::text, std::string(letter)}};
}

/// \e[ or \eO, then parameters (0 to ?), then intermediates (space to /), then one final byte.
Found find_control_sequence(std::string_view input)
{
    bool const is_csi = input[1] == '[';
    std::size_t at = 2;
    if (is_csi and input.size() > at and input[at] == '[')
        return {input.size() > at + 1 ? at + 2 : 0}; // a function key of the Linux console: \e[[A

    auto const is_in = [&](char least, char most) {
        return at < input.size() and at < sequence_bytes_max and is_between(input[at], least, most);
    };
    bool has_number_only = true;
    for (; is_in('0', '?'); ++at)
        has_number_only = has_number_only and is_between(input[at], '0', '9');
    std::string_view const parameters = input.substr(2, at - 2);
    // rxvt ends \e[3$ with what is an intermediate everywhere else.
    bool const is_rxvt_shift = has_number_only and not parameters.empty() and is_in('$', '$');
    if (is_csi and is_rxvt_shift)
        return {at + 1, key_of_csi('$', parameters)};
    std::size_t const parameters_end = at;
    while (is_in(' ', '/'))
        ++at;

    if (at == sequence_bytes_max)
        return {at};
    if (at == input.size())
        return {0};
    char const final = input[at];
    if (not is_between(final, '@', '~'))
        return {at}; // something else has cut in, which has its own meaning
    if (at > parameters_end)
        return {at + 1};
    bool const is_old_mouse = is_csi and final == 'M' and parameters.empty();
    if (is_old_mouse)
        return {input.size() >= at + 4 ? at + 4 : 0}; // button, column and row follow
    return {at + 1, is_csi ? key_of_csi(final, parameters) : key_of_ss3(final, parameters)};
}

Found find_escape(std::string_view input)
{
    if (input.size() < 2)
        return {0};
    char const second = input[1];
    if (second == '[' or second == 'O')
        return find_control_sequence(input);
    if (auto key = key_of_alt(second))
        return {2, std::move(key)};
    bool const goes_with_it = is_ascii(second) and not is_control(second);
    return {goes_with_it ? 2u : 1u};
}

Found find_key(std::string_view input)
{
    if (input[0] == escape)
        return find_escape(input);
    if (is_control(input[0]))
        return {1, key_of_control(input[0])};
    return find_letter(input);
}

Found find_pasted(std::string_view input)
{
    char const byte = input[0];
    if (byte == escape) {
        if (input.starts_with(paste_end_marker))
            return {paste_end_marker.size(), Key {Kind::paste_end}};
        bool const may_become_end = paste_end_marker.starts_with(input);
        return {may_become_end ? 0u : 1u};
    }
    if (not is_control(byte))
        return find_letter(input);
    bool const has_meaning = byte == '\r' or byte == '\n' or byte == '\t';
    return {1, has_meaning ? key_of_control(byte) : std::nullopt};
}

} // namespace

void KeyDecoder::take(Bytes input)
{
    input_.erase(0, used_);
    used_ = 0;
    input_ += as_text(input);
}

std::optional<Key> KeyDecoder::next()
{
    while (used_ < input_.size()) {
        std::string_view const input = std::string_view(input_).substr(used_);
        Found found = in_paste_ ? find_pasted(input) : find_key(input);
        if (found.bytes == 0)
            break;
        used_ += found.bytes;

        bool const is_second_half = after_return_ and input[0] == '\n';
        after_return_ = input[0] == '\r';
        if (is_second_half or not found.key)
            continue;
        if (found.key->kind == Kind::paste_begin)
            in_paste_ = true;
        if (found.key->kind == Kind::paste_end)
            in_paste_ = false;
        return std::move(found.key);
    }
    return std::nullopt;
}

} // namespace duet
