#include "console/console.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("console");

namespace {

using Texts = std::vector<std::string>;

/// Standard input, output and error become pipes, whose other ends are ours. What doctest has to say
/// meanwhile would go there, too: so a test first plays and then checks.
class Streams {
public:
    Streams()
    {
        for (int const number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            std::array<int, 2> ends {};
            check(::pipe2(ends.data(), O_CLOEXEC) == 0);
            std::array both {Descriptor(ends[0]), Descriptor(ends[1])};
            bool const is_input = number == STDIN_FILENO;
            replace(number, both[is_input ? 0 : 1].number());
            others_[static_cast<std::size_t>(number)] = std::move(both[is_input ? 1 : 0]);
        }
    }

    ~Streams() { give_back(); }
    Streams(Streams const&) = delete;
    Streams& operator=(Streams const&) = delete;

    void give_back()
    {
        for (std::size_t i = 0; i < before_.size(); ++i) {
            if (before_[i].is_open())
                ::dup2(before_[i].number(), static_cast<int>(i));
            before_[i].close();
        }
    }

    /// Puts a terminal in the place of standard output.
    void show_on_terminal()
    {
        Descriptor& screen = others_[STDOUT_FILENO];
        screen = Descriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        check(::grantpt(screen.number()) == 0);
        check(::unlockpt(screen.number()) == 0);
        Descriptor const ours(::open(::ptsname(screen.number()), O_RDWR | O_NOCTTY | O_CLOEXEC));
        check(ours.is_open());
        ::dup2(ours.number(), STDOUT_FILENO);
    }

    void type(std::string_view text) const
    {
        auto const bytes = ::write(others_[STDIN_FILENO].number(), text.data(), text.size());
        check(bytes == static_cast<ssize_t>(text.size()));
    }

    /// What came out of standard output or error, without waiting for more.
    [[nodiscard]] std::string read(int number) const
    {
        int const from = others_[static_cast<std::size_t>(number)].number();
        std::string all;
        if (from < 0)
            return all;
        make_non_blocking(from);
        std::array<char, 4096> part;
        for (ssize_t n; (n = ::read(from, part.data(), part.size())) > 0;)
            all.append(part.data(), static_cast<std::size_t>(n));
        return all;
    }

    /// True if who reads standard output has come to its end.
    [[nodiscard]] bool output_has_ended() const
    {
        char letter = 0;
        return ::read(others_[STDOUT_FILENO].number(), &letter, 1) == 0;
    }

    /// Nobody reads, or writes, there any more.
    void leave(int number) { others_[static_cast<std::size_t>(number)].close(); }

private:
    void replace(int number, int other)
    {
        before_[static_cast<std::size_t>(number)] =
            Descriptor(::fcntl(number, F_DUPFD_CLOEXEC, 10));
        ::dup2(other, number);
    }

    std::array<Descriptor, 3> before_;
    std::array<Descriptor, 3> others_;
};

class ConsoleTest : public LoopTest, public ConsoleHandler {
public:
    void turn() override
    {
        loop.turn();
        console->flush();
    }

    void own_line(std::string_view text) override { lines.emplace_back(text); }
    void own_bad_line(std::uint64_t number, Error) override { bad_lines.push_back(number); }
    void own_line_refused(Error) override { FAIL("nothing is typed here"); }
    void own_end(int) override { has_ended = true; }
    void output_failed(std::string_view words) override { failure = words; }
    void output_left() override { }

    void make_console() { console.emplace(loop, "> "); }

    /// The play is over: what came of it can be checked.
    void end()
    {
        output += streams.read(STDOUT_FILENO);
        error_output += streams.read(STDERR_FILENO);
        is_flushed = console->is_flushed();
        has_keyboard = console->has_keyboard();
        not_shown = console->not_shown();
        console.reset();
        streams.give_back();
    }

    Streams streams;
    std::optional<Console> console;
    Texts lines;
    std::vector<std::uint64_t> bad_lines;
    bool has_ended = false;
    std::string failure;

    std::string output; // from here on known when the play is over
    std::string error_output;
    std::string not_shown;
    bool is_flushed = false;
    bool has_keyboard = false;
};

} // namespace

TEST_CASE_FIXTURE(ConsoleTest,
    "in pipes, what is heard is the lines alone, and what happens goes to standard error")
{
    make_console();
    console->hear("From Client : ", "one\x1b[2J");
    console->hear("From Client : ", "two");
    console->tell("somebody has come");
    console->flush();
    end();
    CHECK(output == "one\x1b[2J\ntwo\n");
    CHECK(error_output == "somebody has come\n");
    CHECK(is_flushed);
    CHECK_FALSE(has_keyboard);
}

TEST_CASE_FIXTURE(ConsoleTest, "one's own words are read once it is open, and their end is told")
{
    make_console();
    streams.type("one\n\xff\nlast");
    streams.leave(STDIN_FILENO);
    loop.wake();
    turn();
    bool const was_silent = lines.empty();
    console->open(*this);
    turn_until([&] { return has_ended; });
    bool const knows_end = console->input_has_ended();
    end();
    CHECK(was_silent);
    CHECK(lines == Texts {"one", "last"});
    CHECK(bad_lines == std::vector<std::uint64_t> {2});
    CHECK(output.empty()); // no prompt, no echo
    CHECK(knows_end);
}

TEST_CASE_FIXTURE(ConsoleTest, "closed, nobody is told; open again, what waited comes")
{
    make_console();
    console->open(*this);
    console->close();
    streams.type("one\n");
    loop.wake();
    turn();
    bool const was_silent = lines.empty();
    console->open(*this);
    turn_until([&] { return lines == Texts {"one"}; });
    end();
    CHECK(was_silent);
}

TEST_CASE_FIXTURE(ConsoleTest, "finished, who reads our output sees its end")
{
    make_console();
    console->hear("", "last words");
    console->finish_output();
    output = streams.read(STDOUT_FILENO);
    bool const has_output_ended = streams.output_has_ended();
    end();
    CHECK(output == "last words\n");
    CHECK(has_output_ended);
}

TEST_CASE_FIXTURE(
    ConsoleTest, "when nobody reads our output that is told, and what was not shown is known")
{
    make_console();
    console->open(*this);
    streams.leave(STDOUT_FILENO);
    console->hear("", "one");
    console->hear("", "two");
    console->flush();
    end();
    CHECK(failure == "Broken pipe");
    CHECK(not_shown == "one\ntwo\n");
    CHECK(is_flushed); // as far as it ever will be
}

TEST_CASE_FIXTURE(
    ConsoleTest, "on a terminal, what is heard has its prefix and shows no control character raw")
{
    streams.show_on_terminal();
    make_console();
    console->hear("From Client : ", "안녕\x1b[2J");
    console->flush();
    look_until([&] { return (output += streams.read(STDOUT_FILENO)).ends_with('\n'); });
    end();
    CHECK(output == "From Client : 안녕\\x1b[2J\r\n");
}

TEST_SUITE_END();
