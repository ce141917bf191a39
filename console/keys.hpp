// What a terminal sends when keys are pressed, made into keys.
//
// A key is one to some ten bytes, and a read may end anywhere among them: what is unfinished waits
// here for the rest. However the bytes are cut, the keys are the same. Terminals write the same key
// in several ways; the forms of xterm, rxvt, the Linux console and what copies them are all known.
//
// What cannot be a key is dropped: bytes that are no UTF-8, C1 characters, control characters without
// a meaning here, and sequences that we do not know, those whole (focus, mouse, function keys).
//
// A lone Escape is taken with what follows: with a letter it is Alt and that letter, as terminals
// send it; an ASCII letter without such a meaning goes with it. A control character (Enter, an arrow,
// another Escape) or a letter beyond ASCII counts as if Escape had not been pressed. The answers that
// terminals give to questions (OSC, DCS) are not known here, because we never ask.

#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace duet {

struct Key {
    enum class Kind {
        text, // a code point that is no control character but tab
        enter,
        backspace,
        remove, // Delete
        up,
        down,
        left,
        right,
        home,
        end,
        word_left,       // Alt-B, or Left with Ctrl or Alt
        word_right,      // Alt-F, or Right with Ctrl or Alt
        kill_word_left,  // Alt-Backspace
        kill_word_right, // Alt-D
        control,         // Ctrl and the letter in `text`, from those that no kind above stands for
        paste_begin,     // what follows was pasted (bracketed paste)
        paste_end,
    };

    Kind kind;
    std::string text = {}; // text: one code point, UTF-8; control: one of ABCDEFKLNPTUWY

    friend bool operator==(Key const&, Key const&) = default;
};

/// Bytes in, keys out. Keeps what was taken until `next` has made keys of it.
class KeyDecoder {
public:
    /// Takes what a read has brought; several reads may be taken before the keys are asked for.
    void take(Bytes input);

    /// The next key, in the order of the bytes; nullopt when more must come.
    ///
    /// Paste   between paste_begin and paste_end only Enter and text come out: all other control
    ///         characters are dropped, an Escape alone and not what follows it.
    /// Enter   is \r, \n, or \r\n, which is one.
    std::optional<Key> next();

private:
    std::string input_;    // after `next` has given nullopt: an unfinished key, at most 64 bytes
    std::size_t used_ = 0; // so many bytes of `input_` have become keys
    bool in_paste_ = false;
    bool after_return_ = false; // the last byte was \r: a \n now belongs to the same Enter
};

} // namespace duet
