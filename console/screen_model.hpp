// For tests: what a terminal shows after it has been told what our programs tell it.
//
// Understands \r, \n (as \r\n), BEL, letters, and of ECMA-48 and DEC just what the line editor uses:
// CSI n A and B, CSI H, CSI 2 J, CSI K, CSI ?7 l and h. Anything else stops the test. The screen has
// as many rows as are needed, and never scrolls. A row too long wraps at the next letter, not before
// it, and is wrapped anew when the width changes, as in tmux, VTE, kitty and most others.

#pragma once

#include "base/check.hpp"
#include "console/letters.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duet {

class ScreenModel {
public:
    /// How the terminal takes emoji of several parts: as one letter, or each part for itself.
    enum class Letters { joined, apart };

    explicit ScreenModel(int columns, Letters letters = Letters::joined)
        : columns_(columns), letters_(letters)
    {
    }

    void write(std::string_view output)
    {
        while (not output.empty())
            output.remove_prefix(write_one(output));
    }

    void resize(int columns);

    /// The rows as they are seen, down to the cursor or the last letter, each ended by \n but the
    /// last, without spaces at their ends. With the cursor as a | before its letter, if asked for.
    std::string rows(bool with_cursor = false) const;

    /// As `rows`, but what was wrapped is one line.
    std::string lines() const;

    int cursor_column() const { return cursor_column_; }
    int bells() const { return bells_; }

    /// True if, while wrapping was off, anything was ever put into the last column.
    bool was_edge_touched() const { return was_edge_touched_; }

private:
    struct Cell {
        std::string letter = {}; // empty: nothing was ever written here
        int columns = 1;         // 2: the next cell belongs to this one, and has 0
    };
    struct Row {
        std::vector<Cell> cells = {};
        bool is_wrapped = false; // the next row continues this one
    };

    Row& row() { return rows_[static_cast<std::size_t>(cursor_row_)]; }
    Cell& cell(int column)
    {
        auto& cells = row().cells;
        auto const at = static_cast<std::size_t>(column);
        if (cells.size() <= at)
            cells.resize(at + 1);
        return cells[at];
    }

    std::size_t write_one(std::string_view output);
    std::size_t obey(std::string_view output);
    void put(std::string_view letter);
    void go_down(bool is_wrapped);
    void clear_cell(int column);
    void clear_right();

    std::size_t row_count() const;
    static std::string text_of(Row const& row);
    static void trim(std::string& text);

    int columns_;
    Letters letters_;
    std::vector<Row> rows_ = std::vector<Row>(1);
    int cursor_row_ = 0;
    int cursor_column_ = 0; // columns_: behind a full row, and the next letter wraps
    bool is_wrapping_ = true;
    bool was_edge_touched_ = false;
    int bells_ = 0;
};

inline std::size_t ScreenModel::write_one(std::string_view output)
{
    switch (output[0]) {
    case '\r':
        cursor_column_ = 0;
        return 1;
    case '\n':
        go_down(false);
        return 1;
    case '\a':
        ++bells_;
        return 1;
    case '\x1b':
        return obey(output);
    default:
        break;
    }
    check(static_cast<unsigned char>(output[0]) >= 0x20);
    std::size_t end = next_cell(output, 0);
    if (letters_ == Letters::apart)
        for (end = 1; end < output.size() and (output[end] & 0xC0) == 0x80;)
            ++end;
    put(output.substr(0, end));
    return end;
}

inline std::size_t ScreenModel::obey(std::string_view output)
{
    check(output.starts_with("\x1b["));
    std::size_t const end = output.find_first_not_of("0123456789?;", 2);
    check(end != std::string_view::npos);
    std::string_view const parameters = output.substr(2, end - 2);
    int number = 0;
    std::from_chars(parameters.data(), parameters.data() + parameters.size(), number);
    switch (output[end]) {
    case 'A':
        cursor_row_ = std::max(cursor_row_ - std::max(number, 1), 0);
        break;
    case 'B':
        cursor_row_ =
            std::min(cursor_row_ + std::max(number, 1), static_cast<int>(rows_.size()) - 1);
        break;
    case 'H':
        check(parameters.empty());
        cursor_row_ = 0;
        cursor_column_ = 0;
        break;
    case 'J':
        check(number == 2);
        std::ranges::fill(rows_, Row());
        break;
    case 'K':
        clear_right();
        break;
    case 'l':
    case 'h':
        check(parameters == "?7");
        is_wrapping_ = output[end] == 'h';
        break;
    default:
        check(false);
    }
    return end + 1;
}

inline void ScreenModel::put(std::string_view letter)
{
    int const columns = std::min(columns_of(letter), columns_);
    if (columns == 0) {
        if (cursor_column_ > 0) {
            int const before = cell(cursor_column_ - 1).columns == 0 ? 2 : 1;
            cell(cursor_column_ - before).letter += letter;
        }
        return;
    }
    if (cursor_column_ + columns > columns_) {
        if (is_wrapping_)
            go_down(true);
        else
            cursor_column_ = columns_ - columns;
    }
    if (cursor_column_ + columns == columns_ and not is_wrapping_)
        was_edge_touched_ = true;
    for (int i = 0; i < columns; ++i)
        clear_cell(cursor_column_ + i);
    cell(cursor_column_) = {std::string(letter), columns};
    for (int i = 1; i < columns; ++i)
        cell(cursor_column_ + i) = {{}, 0};
    cursor_column_ += columns;
}

inline void ScreenModel::go_down(bool is_wrapped)
{
    row().is_wrapped = is_wrapped;
    ++cursor_row_;
    cursor_column_ = 0;
    if (rows_.size() == static_cast<std::size_t>(cursor_row_))
        rows_.emplace_back();
}

inline void ScreenModel::clear_cell(int column)
{
    // Half of a wide letter cannot stay.
    if (cell(column).columns == 0)
        cell(column - 1) = Cell();
    if (cell(column).columns == 2)
        cell(column + 1) = Cell();
    cell(column) = Cell();
}

inline void ScreenModel::clear_right()
{
    int const column = std::min(cursor_column_, columns_ - 1);
    clear_cell(column);
    row().cells.resize(static_cast<std::size_t>(column));
    row().is_wrapped = false;
}

inline void ScreenModel::resize(int columns)
{
    std::vector<Row> const old = std::exchange(rows_, std::vector<Row>(1));
    int const old_row = cursor_row_;
    int const old_column = cursor_column_;
    columns_ = columns;
    cursor_row_ = 0;
    cursor_column_ = 0;

    int new_row = 0;
    int new_column = 0;
    for (std::size_t y = 0; y < old.size(); ++y) {
        bool const has_cursor = static_cast<int>(y) == old_row;
        auto const& cells = old[y].cells;
        auto const cursor = static_cast<std::size_t>(has_cursor ? old_column : 0);
        std::size_t const size = std::max(cells.size(), cursor);
        for (std::size_t x = 0; x < size; ++x) {
            bool const is_written = x < cells.size() and not cells[x].letter.empty();
            if (x < cells.size() and cells[x].columns == 0)
                continue;
            put(is_written ? cells[x].letter : " ");
            if (has_cursor and x == cursor) {
                new_row = cursor_row_;
                new_column = cursor_column_ - columns_of(is_written ? cells[x].letter : " ");
            }
        }
        if (has_cursor and cursor >= cells.size()) {
            new_row = cursor_row_;
            new_column = cursor_column_;
        }
        if (not old[y].is_wrapped and y + 1 < old.size())
            go_down(false);
    }
    cursor_row_ = new_row;
    cursor_column_ = std::max(new_column, 0);
}

inline std::size_t ScreenModel::row_count() const
{
    std::size_t count = rows_.size();
    auto const least = static_cast<std::size_t>(cursor_row_) + 1;
    while (count > least and rows_[count - 1].cells.empty())
        --count;
    return count;
}

inline std::string ScreenModel::text_of(Row const& row)
{
    std::string text;
    for (Cell const& cell : row.cells)
        if (cell.columns > 0)
            text += cell.letter.empty() ? " " : cell.letter;
    return text;
}

inline void ScreenModel::trim(std::string& text)
{
    text.erase(text.find_last_not_of(' ') + 1);
}

inline std::string ScreenModel::rows(bool with_cursor) const
{
    std::string all;
    std::size_t const count = row_count();
    for (std::size_t y = 0; y < count; ++y) {
        Row left = rows_[y];
        std::string text = text_of(left);
        trim(text);
        if (with_cursor and static_cast<int>(y) == cursor_row_) {
            auto const column = static_cast<std::size_t>(cursor_column_);
            left.cells.resize(column);
            std::string before = text_of(left);
            std::string const after = text.substr(std::min(before.size(), text.size()));
            text = std::move(before) + '|' + after;
        }
        all += text;
        if (y + 1 < count)
            all += '\n';
    }
    return all;
}

inline std::string ScreenModel::lines() const
{
    std::string all;
    std::string line;
    std::size_t const count = row_count();
    for (std::size_t y = 0; y < count; ++y) {
        line += text_of(rows_[y]);
        if (rows_[y].is_wrapped)
            continue;
        trim(line);
        all += line + '\n';
        line.clear();
    }
    return all;
}

} // namespace duet
