// The keys:
//
//   Ctrl-B Ctrl-F, arrows            a letter to the left, to the right
//   Alt-B Alt-F, Ctrl with arrows    a word to the left, to the right
//   Ctrl-A Ctrl-E, Home End          to the beginning, to the end
//   Backspace Ctrl-H, Delete Ctrl-D  remove a letter, to the left or to the right
//   Ctrl-K Ctrl-U                    kill to the end, to the beginning
//   Alt-D Alt-Backspace              kill a word, to the right or to the left
//   Ctrl-W                           kill to the left up to white space
//   Ctrl-Y                           yank what was killed last; kills in a row count as one
//   Ctrl-T                           transpose the letters around the cursor
//   Ctrl-P Ctrl-N, up down           the line before, the line after
//   Ctrl-L                           clear the screen
//   Enter                            finish the line
//   Ctrl-D on an empty line          end of input

#include "console/line_editor.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "console/letters.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace duet {

namespace {

using Kind = Key::Kind;

constexpr int columns_if_unknown = 80;
constexpr int columns_for_marks_min = 4; // with less room for text, < and > would leave none

constexpr std::string_view bell = "\a";
constexpr std::string_view column_0 = "\r";
constexpr std::string_view new_row = "\r\n";
constexpr std::string_view clear_to_the_right = "\x1b[K";
// Row by row and not by CSI J, at which some terminals copy the screen into their history.
constexpr std::string_view clear_row = "\r\x1b[K";
constexpr std::string_view clear_row_and_go_up = "\r\x1b[K\x1b[A";
constexpr std::string_view clear_all = "\x1b[H\x1b[2J";
// Where a terminal finds a letter wider than we do, the row's end piles up in the last column
// instead of tearing the screen.
constexpr std::string_view wrap_off = "\x1b[?7l";
constexpr std::string_view wrap_on = "\x1b[?7h";

/// Text as it is drawn: a terminal would move on a tab, and clear nothing on its way.
std::string drawn_text(std::string_view text)
{
    std::string drawn(text);
    std::ranges::replace(drawn, '\t', ' ');
    return drawn;
}

int columns_between(std::string_view text, std::size_t begin, std::size_t end)
{
    return columns_of(text.substr(begin, end - begin));
}

/// How far the letters from `begin` go that fit into `columns`.
std::size_t end_of_fitting(std::string_view text, std::size_t begin, int columns)
{
    for (std::size_t at = begin; at < text.size();) {
        std::size_t const end = next_letter(text, at);
        columns -= columns_between(text, at, end);
        if (columns < 0)
            return at;
        at = end;
    }
    return text.size();
}

/// How far to the left the letters before `end` go that fit into `columns`.
std::size_t begin_of_fitting(std::string_view text, std::size_t end, int columns)
{
    for (std::size_t at = end; at > 0;) {
        std::size_t const begin = previous_letter(text, at);
        columns -= columns_between(text, begin, at);
        if (columns < 0)
            return at;
        at = begin;
    }
    return 0;
}

/// The rows that a terminal makes of one, once it has wrapped it, counted from 0.
struct WrappedRow {
    int cursor_row;
    int last_row;
};

WrappedRow wrapped_row(std::string_view left, std::string_view right, int columns)
{
    int row = 0;
    int column = 0;
    // Takes one cell's letter from the front of `text`, and gives its columns.
    auto const put_first = [&](std::string_view& text) {
        std::size_t const end = next_cell(text, 0);
        int const width = columns_between(text, 0, end);
        bool const is_full = column > 0 and column + width > columns;
        row += is_full ? 1 : 0;
        column = is_full ? width : column + width;
        text.remove_prefix(end);
        return width;
    };
    while (not left.empty())
        put_first(left);
    // The cursor goes with the letter that it is on. With none it waits at the end of a full row.
    while (not right.empty() and put_first(right) == 0) { }
    int const cursor_row = row;
    while (not right.empty())
        put_first(right);
    return {cursor_row, row};
}

template <typename Predicate>
std::size_t skip_left(std::string_view text, std::size_t at, Predicate is_skipped)
{
    while (at > 0) {
        std::size_t const begin = previous_letter(text, at);
        if (not is_skipped(text.substr(begin, at - begin)))
            break;
        at = begin;
    }
    return at;
}

template <typename Predicate>
std::size_t skip_right(std::string_view text, std::size_t at, Predicate is_skipped)
{
    while (at < text.size()) {
        std::size_t const end = next_letter(text, at);
        if (not is_skipped(text.substr(at, end - at)))
            break;
        at = end;
    }
    return at;
}

std::size_t word_left(std::string_view text, std::size_t at)
{
    return skip_left(text, skip_left(text, at, std::not_fn(is_word_letter)), is_word_letter);
}

std::size_t word_right(std::string_view text, std::size_t at)
{
    return skip_right(text, skip_right(text, at, std::not_fn(is_word_letter)), is_word_letter);
}

std::size_t blank_word_left(std::string_view text, std::size_t at)
{
    return skip_left(text, skip_left(text, at, is_blank_letter), std::not_fn(is_blank_letter));
}

std::string cursor_down(int rows)
{
    return rows > 0 ? "\x1b[" + std::to_string(rows) + "B" : std::string();
}

} // namespace

LineEditor::LineEditor(std::string prompt, int columns)
    : prompt_(std::move(prompt)), columns_(columns)
{
    check(is_utf8(as_bytes(prompt_)));
    std::string nothing_drawn;
    resize(columns, nothing_drawn);
}

void LineEditor::take(Bytes input)
{
    keys_.take(input);
}

std::optional<LineEditor::Event> LineEditor::next(std::string& screen)
{
    std::optional<Event> event;
    while (not event) {
        auto const key = keys_.next();
        if (not key)
            break;
        was_kill_ = std::exchange(is_kill_, false);
        event = press(*key, screen);
    }

    if (drawn_)
        paint(screen, compose());
    if (std::exchange(must_ring_, false))
        screen += bell;
    return event;
}

void LineEditor::draw(std::string& screen)
{
    paint(screen, compose());
}

void LineEditor::erase(std::string& screen)
{
    if (not drawn_)
        return;
    screen += clear_row;
    drawn_.reset();
}

void LineEditor::resize(int columns, std::string& screen)
{
    columns_ = columns > 0 ? columns : columns_if_unknown;
    int const prompt_room = (columns_ - 1) * 2 / 3;
    seen_prompt_ =
        std::string_view(prompt_).substr(begin_of_fitting(prompt_, prompt_.size(), prompt_room));

    if (drawn_) {
        // From the last row upwards, since only the cursor's place is certain.
        auto const [cursor_row, last_row] = wrapped_row(drawn_->left, drawn_->right, columns_);
        screen += cursor_down(last_row - cursor_row);
        for (int row = last_row; row > 0; --row)
            screen += clear_row_and_go_up;
        erase(screen);
        draw(screen);
    }
}

// Keys

std::optional<LineEditor::Event> LineEditor::press(Key const& key, std::string& screen)
{
    switch (key.kind) {
    case Kind::text:
        type(key.text);
        break;
    case Kind::enter:
        if (is_full_)
            return TooLong {};
        return finish(screen);
    case Kind::backspace:
        put(previous_letter(text_, cursor_), cursor_, {});
        break;
    case Kind::remove:
        put(cursor_, next_letter(text_, cursor_), {});
        break;
    case Kind::up:
        if (history_at_ > 0)
            recall(history_at_ - 1);
        break;
    case Kind::down:
        if (history_at_ < history_.size())
            recall(history_at_ + 1);
        break;
    case Kind::left:
        cursor_ = previous_letter(text_, cursor_);
        break;
    case Kind::right:
        cursor_ = next_letter(text_, cursor_);
        break;
    case Kind::home:
        cursor_ = 0;
        break;
    case Kind::end:
        cursor_ = text_.size();
        break;
    case Kind::word_left:
        cursor_ = word_left(text_, cursor_);
        break;
    case Kind::word_right:
        cursor_ = word_right(text_, cursor_);
        break;
    case Kind::kill_word_left:
        kill(word_left(text_, cursor_), cursor_);
        break;
    case Kind::kill_word_right:
        kill(cursor_, word_right(text_, cursor_));
        break;
    case Kind::control:
        return press_control(key.text[0], screen);
    case Kind::paste_begin:
    case Kind::paste_end:
        break; // a paste is typed text to us; of its control characters the decoder has kept none
    }
    return std::nullopt;
}

std::optional<LineEditor::Event> LineEditor::press_control(char letter, std::string& screen)
{
    switch (letter) {
    case 'A':
        return press({Kind::home}, screen);
    case 'B':
        return press({Kind::left}, screen);
    case 'D':
        if (not text_.empty())
            return press({Kind::remove}, screen);
        erase(screen);
        return EndOfInput {};
    case 'E':
        return press({Kind::end}, screen);
    case 'F':
        return press({Kind::right}, screen);
    case 'K':
        kill(cursor_, text_.size());
        break;
    case 'L':
        clear_screen(screen);
        break;
    case 'N':
        return press({Kind::down}, screen);
    case 'P':
        return press({Kind::up}, screen);
    case 'T':
        transpose();
        break;
    case 'U':
        kill(0, cursor_);
        break;
    case 'W':
        kill(blank_word_left(text_, cursor_), cursor_);
        break;
    case 'Y':
        yank();
        break;
    default:
        break; // Ctrl-C, when it is no signal
    }
    return std::nullopt;
}

LineEditor::Event LineEditor::finish(std::string& screen)
{
    erase(screen);
    screen += prompt_;
    screen += drawn_text(text_);
    screen += new_row;

    remember(text_);
    cursor_ = 0;
    first_seen_ = 0;
    is_full_ = false;
    return Line {std::exchange(text_, {})};
}

// Editing

void LineEditor::type(std::string_view text)
{
    // Once a letter is refused, a smaller one after it must not slip in where that one is missing.
    is_full_ = is_full_ or text_.size() + text.size() > limits::line_bytes_max;
    if (is_full_)
        must_ring_ = true;
    else
        put(cursor_, cursor_, text);
}

void LineEditor::yank()
{
    if (text_.size() + killed_.size() > limits::line_bytes_max)
        must_ring_ = true;
    else
        put(cursor_, cursor_, killed_);
}

/// Puts `text` in the place of what is from `begin` to `end`, and the cursor behind it.
void LineEditor::put(std::size_t begin, std::size_t end, std::string_view text)
{
    text_.replace(begin, end - begin, text);
    // What is new may have joined with what follows it, and the cursor stands inside no letter.
    cursor_ = letter_boundary(text_, begin + text.size());
    first_seen_ = std::min(first_seen_, begin);
    if (begin < end)
        is_full_ = false;
}

/// Kills what is from `begin` to `end`, one of which is the cursor.
void LineEditor::kill(std::size_t begin, std::size_t end)
{
    if (not was_kill_)
        killed_.clear();
    killed_.insert(end == cursor_ ? 0 : killed_.size(), text_, begin, end - begin);
    is_kill_ = true;
    put(begin, end, {});
}

void LineEditor::transpose()
{
    bool const is_at_end = cursor_ == text_.size();
    std::size_t const middle = is_at_end ? previous_letter(text_, cursor_) : cursor_;
    std::size_t const begin = previous_letter(text_, middle);
    std::size_t const end = next_letter(text_, middle);
    if (begin < middle)
        put(begin, end, text_.substr(middle, end - middle) + text_.substr(begin, middle - begin));
}

// History

/// Goes to another line of the history, and leaves this one as it has become until Enter.
void LineEditor::recall(std::size_t at)
{
    edited_.insert_or_assign(history_at_, std::move(text_));
    auto const edited = edited_.find(at);
    text_ = edited != edited_.end() ? edited->second : history_[at];
    history_at_ = at;
    cursor_ = text_.size();
    first_seen_ = 0;
    is_full_ = false;
}

void LineEditor::remember(std::string_view line)
{
    bool const is_new = history_.empty() or history_.back() != line;
    if (is_new and not line.empty())
        history_.emplace_back(line);
    if (history_.size() > limits::history_lines_max)
        history_.pop_front();
    history_at_ = history_.size();
    edited_.clear();
}

// Drawing

int LineEditor::text_room() const
{
    return columns_ - 1 - columns_of(seen_prompt_);
}

bool LineEditor::is_cursor_seen() const
{
    bool const is_cut = first_seen_ > 0;
    if (first_seen_ > cursor_ or (is_cut and first_seen_ == cursor_))
        return false; // what is to the left of the cursor is to be seen, too
    int const mark = text_room() >= columns_for_marks_min ? 1 : 0;
    std::size_t const end = next_letter(text_, cursor_);
    int const columns = columns_between(text_, first_seen_, end);
    return columns + (is_cut ? mark : 0) + (end < text_.size() ? mark : 0) <= text_room();
}

void LineEditor::scroll_to_cursor()
{
    first_seen_ = letter_boundary(text_, first_seen_);
    int const room = text_room();
    if (end_of_fitting(text_, 0, room) == text_.size())
        first_seen_ = 0;
    else if (not is_cursor_seen())
        first_seen_ = begin_of_fitting(text_, cursor_, std::min(room, std::max(room / 2 - 1, 1)));
}

LineEditor::Row LineEditor::compose()
{
    scroll_to_cursor();
    bool const has_marks = text_room() >= columns_for_marks_min;
    int room = text_room() - columns_between(text_, first_seen_, cursor_);

    Row row = {seen_prompt_, {}};
    if (first_seen_ > 0 and has_marks) {
        row.left += '<';
        --room;
    }
    row.left += drawn_text(std::string_view(text_).substr(first_seen_, cursor_ - first_seen_));

    std::size_t end = end_of_fitting(text_, cursor_, room);
    bool const is_marked = end < text_.size() and has_marks;
    if (is_marked)
        end = end_of_fitting(text_, cursor_, room - 1);
    row.right = drawn_text(std::string_view(text_).substr(cursor_, end - cursor_));
    if (is_marked)
        row.right += '>';
    return row;
}

void LineEditor::paint(std::string& screen, Row row)
{
    if (drawn_ == row)
        return;
    screen += wrap_off;
    screen += column_0;
    screen += row.left;
    screen += row.right;
    screen += clear_to_the_right;
    if (not row.right.empty()) {
        // Not by counting back: so the cursor is right even where a terminal counts otherwise.
        screen += column_0;
        screen += row.left;
    }
    screen += wrap_on;
    drawn_ = std::move(row);
}

void LineEditor::clear_screen(std::string& screen)
{
    screen += clear_all;
    if (std::exchange(drawn_, std::nullopt))
        draw(screen);
}

} // namespace duet
