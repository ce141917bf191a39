#include "pairing/qr.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace duet;

namespace {

constexpr std::string_view begin = "\x1b[38;5;16;48;5;231m";
constexpr std::string_view end = "\x1b[0m";

/// The modules that the lines show; true is black.
std::vector<std::vector<bool>> modules_of(std::string_view lines)
{
    std::vector<std::vector<bool>> rows;
    while (not lines.empty()) {
        auto const line_end = lines.find('\n');
        REQUIRE(line_end != std::string_view::npos);
        std::string_view line = lines.substr(0, line_end);
        lines.remove_prefix(line_end + 1);
        REQUIRE(line.starts_with(begin));
        REQUIRE(line.ends_with(end));
        line = line.substr(begin.size(), line.size() - begin.size() - end.size());
        std::vector<bool> upper;
        std::vector<bool> lower;
        while (not line.empty()) {
            bool const is_full = line.starts_with("\u2588");
            upper.push_back(is_full or line.starts_with("\u2580"));
            lower.push_back(is_full or line.starts_with("\u2584"));
            line.remove_prefix(line.front() == ' ' ? 1 : 3);
        }
        rows.push_back(upper);
        rows.push_back(lower);
    }
    return rows;
}

/// The three squares by which a reader finds the code.
bool has_finder(std::vector<std::vector<bool>> const& rows, std::size_t top, std::size_t left)
{
    for (std::size_t row = 0; row < 7; ++row) {
        for (std::size_t column = 0; column < 7; ++column) {
            bool const is_edge = row == 0 or row == 6 or column == 0 or column == 6;
            bool const is_middle = row >= 2 and row <= 4 and column >= 2 and column <= 4;
            if (rows[top + row][left + column] != (is_edge or is_middle))
                return false;
        }
    }
    return true;
}

std::string const link = "duet://chat.example:8000/#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA."
                         "kq3h7xw2c5tzn4vfy6jmb2drpa";

} // namespace

TEST_SUITE_BEGIN("qr");

TEST_CASE("a link's code has its three finders, and four white modules all around")
{
    auto const rows = modules_of(qr_text(link));
    std::size_t const width = rows.front().size();
    std::size_t const size = width - 8;
    CHECK(size % 4 == 1);
    CHECK(rows.size() == width + 1); // odd: the last line's lower half is white
    CHECK(has_finder(rows, 4, 4));
    CHECK(has_finder(rows, 4, 4 + size - 7));
    CHECK(has_finder(rows, 4 + size - 7, 4));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        REQUIRE(rows[row].size() == width);
        for (std::size_t column = 0; column < width; ++column) {
            bool const is_border = row < 4 or row >= 4 + size or column < 4 or column >= 4 + size;
            CHECK_FALSE((is_border and rows[row][column]));
        }
    }
}

TEST_CASE("a link's code fits on a terminal of 80 columns")
{
    CHECK(modules_of(qr_text(link)).front().size() <= 80);
    CHECK(modules_of(qr_text(link + std::string(60, 'h'))).front().size() <= 80);
}

TEST_CASE("another text is another code, and one that fits in none is none")
{
    CHECK(qr_text(link) != qr_text(link + "a"));
    CHECK(qr_text(std::string(3000, 'a')).empty());
}

TEST_SUITE_END();
