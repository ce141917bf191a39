#include "console/input.hpp"

#include "base/limits.hpp"
#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("input");

namespace {

using Texts = std::vector<std::string>;

class InputTest : public LoopTest, public InputHandler {
public:
    InputTest()
    {
        std::array<int, 2> ends {};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        from = Descriptor(ends[0]);
        to = Descriptor(ends[1]);
        input.emplace(loop, from.number(), *this);
    }

    void own_line(std::string_view text) override
    {
        lines.emplace_back(text);
        if (when_line)
            when_line();
    }

    void own_line_refused(Error) override { FAIL("nothing is typed here"); }

    void own_bad_line(std::uint64_t number, Error why) override
    {
        bad_lines.emplace_back(number, why);
    }

    void own_end(int error) override
    {
        REQUIRE_FALSE(end.has_value());
        end = error;
    }

    void type(std::string_view text) const
    {
        REQUIRE(
            ::write(to.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }

    /// Reads all of a file of this text.
    void read_file(std::string const& text)
    {
        std::ofstream(folder / "file") << text;
        read_path(folder / "file");
    }

    void read_path(std::string const& path)
    {
        input.reset();
        from = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        REQUIRE(from.is_open());
        input.emplace(loop, from.number(), *this);
        input->set_reading(true);
        turn_until([&] { return end.has_value(); });
    }

    /// A turn that tells what is there and waits for nothing.
    void turn_once()
    {
        loop.wake();
        turn();
    }

    TestFolder folder;
    Descriptor from;
    Descriptor to;
    std::optional<Input> input;

    Texts lines;
    std::vector<std::pair<std::uint64_t, Error>> bad_lines;
    std::optional<int> end;
    std::function<void()> when_line;
};

constexpr std::size_t most = limits::line_bytes_max;

} // namespace

TEST_CASE_FIXTURE(InputTest, "nothing is read before it is asked for")
{
    type("hello\n");
    turn_once();
    CHECK(lines.empty());
    input->set_reading(true);
    turn_until([&] { return lines == Texts {"hello"}; });
}

TEST_CASE_FIXTURE(InputTest, "a line is told when it is whole")
{
    input->set_reading(true);
    type("안녕");
    turn_once();
    CHECK(lines.empty());
    type(" kim\r\nand\n\nmore");
    turn_until([&] { return lines == Texts {"안녕 kim", "and", ""}; });
}

TEST_CASE_FIXTURE(InputTest, "the end is told once, behind a last line without its end")
{
    input->set_reading(true);
    type("one\ntwo");
    to.close();
    turn_until([&] { return end.has_value(); });
    CHECK(lines == Texts {"one", "two"});
    CHECK(end == 0);
    CHECK(input->has_ended());
    input->set_reading(true);
    turn_once();
    CHECK(bad_lines.empty());
}

TEST_CASE_FIXTURE(InputTest, "a file is read to its end, in lines that cross every block")
{
    std::string text;
    Texts expected;
    for (int i = 0; text.size() < 3 * limits::read_buffer_bytes; ++i) {
        expected.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i % 300), 'x'));
        text += expected.back() + '\n';
    }
    read_file(text);
    CHECK(lines == expected);
    CHECK(end == 0);
}

TEST_CASE_FIXTURE(InputTest, "/dev/null and an empty file have an end and nothing before it")
{
    read_path("/dev/null");
    CHECK(end == 0);
    end.reset();
    read_file("");
    CHECK(end == 0);
    CHECK(lines.empty());
    CHECK(bad_lines.empty());
}

TEST_CASE_FIXTURE(InputTest, "what cannot be read ends with the system's error")
{
    read_path("/");
    CHECK(end == EISDIR);
}

TEST_CASE_FIXTURE(InputTest, "bad lines are told with their numbers, and the others go on")
{
    std::string const longest(most, 'x');
    read_file("one\n\xff\nthree\n" + longest + "x\n" + longest + "\r\nsix\n\xed\xa0\x80\n");
    CHECK(lines == Texts {"one", "three", longest, "six"});
    REQUIRE(bad_lines.size() == 3);
    CHECK(bad_lines[0] == std::pair {std::uint64_t {2}, Error::not_utf8});
    CHECK(bad_lines[1] == std::pair {std::uint64_t {4}, Error::line_too_long});
    CHECK(bad_lines[2] == std::pair {std::uint64_t {7}, Error::not_utf8});
}

TEST_CASE_FIXTURE(InputTest, "a line longer than any block is one bad line")
{
    read_file("one\n" + std::string(3 * limits::read_buffer_bytes, 'x') + "\nthree\n\xff\n");
    CHECK(lines == Texts {"one", "three"});
    REQUIRE(bad_lines.size() == 2);
    CHECK(bad_lines[0] == std::pair {std::uint64_t {2}, Error::line_too_long});
    CHECK(bad_lines[1] == std::pair {std::uint64_t {4}, Error::not_utf8});
}

TEST_CASE_FIXTURE(InputTest, "a last line that is bad is told with its number, before the end")
{
    read_file("one\ntwo\xff");
    CHECK(lines == Texts {"one"});
    REQUIRE(bad_lines.size() == 1);
    CHECK(bad_lines[0] == std::pair {std::uint64_t {2}, Error::not_utf8});
    CHECK(end == 0);
}

TEST_CASE_FIXTURE(InputTest, "a last line that is too long is told once")
{
    read_file("one\n" + std::string(2 * limits::read_buffer_bytes, 'x'));
    REQUIRE(bad_lines.size() == 1);
    CHECK(bad_lines[0] == std::pair {std::uint64_t {2}, Error::line_too_long});
    CHECK(end == 0);
}

TEST_CASE_FIXTURE(InputTest,
    "a pause in the middle of a block keeps the rest, and no new byte need come to go on")
{
    when_line = [&] {
        if (lines.size() == 2)
            input->set_reading(false);
    };
    input->set_reading(true);
    type("one\ntwo\nthree\nfour\nfi");
    turn_until([&] { return lines.size() == 2; });
    turn_once();
    CHECK(lines == Texts {"one", "two"});

    input->set_reading(true);
    CHECK(lines == Texts {"one", "two", "three", "four"});
    type("ve\n");
    turn_until([&] { return lines.size() == 5; });
    CHECK(lines.back() == "five");
}

TEST_CASE_FIXTURE(InputTest, "with a pause behind every line, every line comes in its turn")
{
    when_line = [&] { input->set_reading(false); };
    Texts expected;
    for (int i = 0; i < 1000; ++i) {
        type(std::to_string(i) + '\n');
        expected.push_back(std::to_string(i));
    }
    to.close();
    while (not end.has_value()) {
        input->set_reading(true);
        turn_once();
    }
    CHECK(lines == expected);
}

TEST_CASE_FIXTURE(InputTest, "a pause that is taken back at once is none")
{
    when_line = [&] {
        input->set_reading(false);
        input->set_reading(true);
    };
    input->set_reading(true);
    type("one\ntwo\nthree\n");
    turn_until([&] { return lines == Texts {"one", "two", "three"}; });
}

TEST_CASE_FIXTURE(InputTest, "during a pause the end is not told")
{
    type("one\n");
    to.close();
    turn_once();
    CHECK_FALSE(end.has_value());
    when_line = [&] { input->set_reading(false); };
    input->set_reading(true);
    turn_until([&] { return lines.size() == 1; });
    turn_once();
    CHECK_FALSE(end.has_value());
    input->set_reading(true);
    turn_until([&] { return end.has_value(); });
}

TEST_SUITE_END();
