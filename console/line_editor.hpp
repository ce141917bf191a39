// One line being typed on a terminal, below everything that is printed meanwhile.
//
// The editor is a calculation: it takes what the keyboard sent, gives what happened, and appends what
// the terminal must be told to a string, in the order in which it must be written. It knows no
// terminal, no signal and no clock. Ctrl-C and Ctrl-Z stay signals and never reach it. It expects
// a terminal that sends each key at once and does not echo it (no ICANON, no ECHO, no ICRNL), and is
// best told to mark pastes (\e[?2004h). Output post-processing may be on or off.
//
// The prompt and the text take one row, which the editor draws and takes away again as a whole. A
// text wider than the row is shown in part, with < or > where it goes on. The last column stays
// empty, so no terminal wraps. A printed message is therefore
//
//     editor.erase(screen);
//     screen += message + "\n";
//     editor.draw(screen);
//
// Keys as in Emacs and the shell: see line_editor.cpp. All of them move and remove whole letters
// (terminal/letters.hpp): Backspace takes away an accent with its letter, and a Hangul syllable
// whole, also when it is written in jamo. (Composing a syllable is the input method's work, and what
// it has not finished does not reach us.) A tab is text, and shown as one space.

#pragma once

#include "base/bytes.hpp"
#include "console/keys.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace duet {

/// One line being typed. See above for how it is used.
class LineEditor {
public:
    /// A finished line, without its end: UTF-8 without control characters but tab, at most
    /// limits::line_bytes_max bytes.
    struct Line {
        std::string text;
    };
    /// Ctrl-D on an empty line.
    struct EndOfInput { };
    /// Enter on a line that something was refused of: it is no line, and stays as it is.
    struct TooLong { };
    using Event = std::variant<Line, EndOfInput, TooLong>;

    /// `prompt` is UTF-8 without control characters. `columns` is the terminal's width; 0 or less,
    /// as some terminals say, counts as 80.
    LineEditor(std::string prompt, int columns);

    /// Takes what was read from the keyboard. It is kept until `next` has used it.
    void take(Bytes input);

    /// Edits with what was taken, up to the next event; nullopt when all of it is used.
    ///
    /// Screen  before a Line, its whole text behind the prompt as a row that stays (it may wrap), and
    ///         the cursor in column 0 below it. Before EndOfInput, what was drawn is taken away. In
    ///         both cases nothing is drawn then: the caller does what the event asks for and calls
    ///         `draw`, if there is more to be typed. With nullopt what is drawn is brought up to
    ///         date, once, and what is not drawn stays so.
    /// Bell    text that would make the line longer than limits::line_bytes_max is refused, letter by
    ///         letter, until something is removed; the line stays as it is, and the bell rings. It is
    ///         not finished in part: Enter gives TooLong until then.
    std::optional<Event> next(std::string& screen);

    /// Draws prompt and text, with the cursor in its place. The cursor must be in column 0.
    /// Does nothing if they are drawn already.
    void draw(std::string& screen);

    /// Takes away what is drawn, and leaves the cursor in column 0 of the row where it began. Does
    /// nothing if nothing is drawn. Where the screen was lost to somebody else (after Ctrl-Z), erase
    /// into a string that is thrown away, and draw.
    void erase(std::string& screen);

    /// The terminal has another width now. What is drawn is drawn anew.
    ///
    /// Relies  on the terminal having wrapped what had no room any more, as nearly all do. In one that
    ///         cuts it off instead (xterm), as many rows above the line are lost from the screen.
    void resize(int columns, std::string& screen);

    /// The text that is being typed.
    std::string_view text() const { return text_; }

private:
    /// What is seen of the prompt and the text, parted where the cursor stands.
    struct Row {
        std::string left;
        std::string right;
        friend bool operator==(Row const&, Row const&) = default;
    };

    std::optional<Event> press(Key const& key, std::string& screen);
    std::optional<Event> press_control(char letter, std::string& screen);
    Event finish(std::string& screen);

    void type(std::string_view text);
    void yank();
    void put(std::size_t begin, std::size_t end, std::string_view text);
    void kill(std::size_t begin, std::size_t end);
    void transpose();
    void recall(std::size_t at);
    void remember(std::string_view line);

    int text_room() const;
    bool is_cursor_seen() const;
    void scroll_to_cursor();
    Row compose();
    void paint(std::string& screen, Row row);
    void clear_screen(std::string& screen);

    std::string prompt_;
    std::string seen_prompt_ = {}; // its end, where the row is too narrow for all of it
    int columns_;
    KeyDecoder keys_ = {};

    std::string text_ = {};
    std::size_t cursor_ = 0; // between two letters of text_
    bool is_full_ = false;   // a letter was refused, and nothing removed since
    bool must_ring_ = false;

    std::string killed_ = {};
    bool is_kill_ = false;  // this key kills
    bool was_kill_ = false; // the key before it did, so a kill adds to killed_

    std::deque<std::string> history_ = {};           // oldest first
    std::size_t history_at_ = 0;                     // history_.size(): the line that is none yet
    std::map<std::size_t, std::string> edited_ = {}; // by place in history_, until Enter

    std::size_t first_seen_ = 0;    // where the visible part of text_ begins
    std::optional<Row> drawn_ = {}; // nullopt while nothing is
};

} // namespace duet
