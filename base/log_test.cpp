#include "base/log.hpp"

#include "base/bytes.hpp"
#include "base/utf8.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

using namespace duet;

namespace {

/// A folder of the test's own, and a log that is silent again when the test ends.
class LogTest {
public:
    LogTest() { REQUIRE(::mkdtemp(folder_.data()) != nullptr); }
    ~LogTest()
    {
        close_log();
        std::filesystem::remove_all(folder_);
    }
    LogTest(LogTest const&) = delete;
    LogTest& operator=(LogTest const&) = delete;

    [[nodiscard]] std::string path() const { return folder_ + "/log"; }

    void open(LogLevel level) const { REQUIRE(log_to_file(path(), level).has_value()); }

    /// The lines of the log, without their times.
    [[nodiscard]] std::vector<std::string> lines() const
    {
        std::ifstream file(path());
        std::vector<std::string> found;
        for (std::string line; std::getline(file, line);)
            found.push_back(line.substr(line.find(' ') + 1));
        return found;
    }

private:
    std::string folder_ = "/tmp/duet-log-XXXXXX";
};

/// Takes everything out of a descriptor that does not block.
std::string drain(int descriptor)
{
    std::string all;
    std::array<char, 4096> part;
    for (ssize_t n; (n = ::read(descriptor, part.data(), part.size())) > 0;)
        all.append(part.data(), static_cast<std::size_t>(n));
    return all;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_SUITE_BEGIN("log");

TEST_CASE_FIXTURE(LogTest, "the log is silent until it is opened, and after it is closed")
{
    log_error("nobody hears this");
    CHECK_FALSE(log_takes(LogLevel::error));

    open(LogLevel::debug);
    log_error("this is heard");
    close_log();
    log_error("and this is not");
    CHECK(lines() == Lines {"error this is heard"});
    CHECK(log_lines_lost() == 0);
}

TEST_CASE_FIXTURE(LogTest, "a level takes itself and all that is graver")
{
    open(LogLevel::info);
    log_error("one");
    log_warning("two");
    log_info("three");
    log_debug("four");
    CHECK(lines() == Lines {"error one", "warning two", "info three"});
    CHECK(log_takes(LogLevel::info));
    CHECK_FALSE(log_takes(LogLevel::debug));
}

TEST_CASE_FIXTURE(LogTest, "a line begins with its time in UTC")
{
    open(LogLevel::info);
    log_info("now");
    std::ifstream file(path());
    std::string line;
    std::getline(file, line);
    std::string shape = line;
    for (char& letter : shape)
        letter = letter >= '0' and letter <= '9' ? '0' : letter;
    CHECK(shape == "0000-00-00T00:00:00.000Z info now");
}

TEST_CASE_FIXTURE(LogTest, "an event cannot end its line and forge the next")
{
    open(LogLevel::info);
    log_info("a\n2026-01-01T00:00:00.000Z error forged");
    log_info("b\r\t\x1b[2J\x7f");
    log_info(std::string_view("c\0d", 3));
    log_info("e\u0085f\u009bg\u2028h\u2029i");
    log_info("j\\x0ak");
    log_info("l\xff\xc3(\xe2\x82");
    log_info("안녕 👩‍👩‍👧 é");
    CHECK(lines()
        == Lines {
            "info a\\x0a2026-01-01T00:00:00.000Z error forged",
            "info b\\x0d\\x09\\x1b[2J\\x7f",
            "info c\\x00d",
            "info e\\u0085f\\u009bg\\u2028h\\u2029i",
            "info j\\\\x0ak",
            "info l\\xff\\xc3(\\xe2\\x82",
            "info 안녕 👩‍👩‍👧 é",
        });
}

TEST_CASE_FIXTURE(LogTest, "a long line is cut between two letters")
{
    open(LogLevel::info);
    for (std::size_t ahead = 0; ahead < 3; ++ahead) {
        std::string event(ahead, 'x');
        while (event.size() < 2 * log_line_bytes_max)
            event += "안";
        log_info(event);
    }
    log_info("short");

    std::ifstream file(path());
    std::size_t cut = 0;
    for (std::string line; std::getline(file, line) and cut < 3; ++cut) {
        CHECK(line.size() < log_line_bytes_max);
        CHECK(line.size() > log_line_bytes_max - 8);
        CHECK(line.ends_with("안…"));
        CHECK(is_utf8(as_bytes(line)));
    }
    CHECK(cut == 3);
    CHECK(lines().back() == "info short");
}

TEST_CASE_FIXTURE(LogTest, "a log goes on at the end of its file, which is its owner's alone")
{
    open(LogLevel::info);
    log_info("first");
    open(LogLevel::info);
    log_info("second");
    CHECK(lines() == Lines {"info first", "info second"});

    struct stat status {};
    REQUIRE(::stat(path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE_FIXTURE(LogTest, "a log that cannot be opened says why, and the old one stays")
{
    open(LogLevel::info);
    auto const opened = log_to_file("/no/such/folder/log", LogLevel::info);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error()
        == "the log /no/such/folder/log cannot be opened: No such file or directory");
    log_info("still here");
    CHECK(lines() == Lines {"info still here"});
}

TEST_CASE_FIXTURE(LogTest, "a full disk loses lines and counts them")
{
    REQUIRE(log_to_file("/dev/full", LogLevel::info).has_value());
    log_info("one");
    log_debug("not counted, because it is not taken");
    log_info("two");
    CHECK(log_lines_lost() == 2);
    open(LogLevel::info);
    CHECK(log_lines_lost() == 0);
}

TEST_CASE_FIXTURE(LogTest, "a reader that does not read loses lines, delays nobody, and is told")
{
    REQUIRE(::mkfifo(path().c_str(), 0600) == 0);
    int const reader = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(reader >= 0);
    open(LogLevel::info);
    while (log_lines_lost() == 0)
        log_info("a line that fills the pipe");
    log_info("another that is lost");
    CHECK(log_lines_lost() == 2);

    drain(reader);
    log_info("here again");
    std::string const read = drain(reader);
    CHECK(read.find("warning 2 lines were lost\n") != std::string::npos);
    CHECK(read.ends_with("info here again\n"));
    CHECK(log_lines_lost() == 2);

    ::close(reader);
    log_info("there is no reader now");
    CHECK(log_lines_lost() == 3);
}

TEST_CASE_FIXTURE(LogTest, "standard error is written to, never waited for, and stays open")
{
    std::array<int, 2> pipe {};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    REQUIRE(::fcntl(pipe[0], F_SETFL, O_NONBLOCK) == 0);
    int const kept = ::dup(STDERR_FILENO);
    REQUIRE(kept >= 0);
    ::dup2(pipe[1], STDERR_FILENO);

    log_to_standard_error(LogLevel::info);
    log_info("on standard error");
    std::string const read = drain(pipe[0]);
    while (log_lines_lost() == 0)
        log_info("a line that fills the pipe");
    close_log();
    bool const is_open = ::fcntl(STDERR_FILENO, F_GETFD) >= 0;

    ::dup2(kept, STDERR_FILENO);
    for (int const descriptor : {pipe[0], pipe[1], kept})
        ::close(descriptor);
    CHECK(read.ends_with("Z info on standard error\n"));
    CHECK(is_open);
}

TEST_CASE_FIXTURE(LogTest, "the lines of many threads do not mix")
{
    open(LogLevel::info);
    {
        std::vector<std::jthread> threads;
        for (char letter = 'a'; letter < 'e'; ++letter)
            threads.emplace_back([letter] {
                for (int i = 0; i < 100; ++i)
                    log_info(std::string(1000, letter));
            });
    }
    Lines const found = lines();
    CHECK(found.size() == 400);
    for (std::string const& line : found)
        CHECK(line == "info " + std::string(1000, line.back()));
}

TEST_SUITE_END();
