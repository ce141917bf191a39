#include "console/output.hpp"

#include "base/limits.hpp"
#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

using namespace duet;

TEST_SUITE_BEGIN("output");

namespace {

/// An output into something that somebody else reads from: a pipe unless said otherwise.
class OutputTest : public LoopTest, public OutputHandler {
public:
    OutputTest()
    {
        std::array<int, 2> ends {};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        from = Descriptor(ends[0]);
        write_into(Descriptor(ends[1]));
    }

    void output_failed(int code) override
    {
        CHECK_FALSE(error.has_value());
        error = code;
    }

    void output_left() override { ++times_left; }

    void write_into(Descriptor other)
    {
        output.reset();
        to = std::move(other);
        output.emplace(loop, to.number(), *this);
    }

    void write_into(char const* path)
    {
        write_into(Descriptor(::open(path, O_WRONLY | O_CLOEXEC)));
    }

    void write_into_socket()
    {
        std::array<int, 2> ends {};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        from = Descriptor(ends[0]);
        write_into(Descriptor(ends[1]));
    }

    void write(std::string_view text)
    {
        output->write(text);
        output->flush();
    }

    /// What there is to read, without waiting for more.
    [[nodiscard]] std::string read() const
    {
        make_non_blocking(from.number());
        std::string all;
        std::array<char, 4096> part;
        for (ssize_t n; (n = ::read(from.number(), part.data(), part.size())) > 0;)
            all.append(part.data(), static_cast<std::size_t>(n));
        return all;
    }

    /// True if whoever reads has come to the end.
    [[nodiscard]] bool reader_sees_end() const
    {
        make_non_blocking(from.number());
        char letter = 0;
        return ::read(from.number(), &letter, 1) == 0;
    }

    [[nodiscard]] bool is_dev_null() const
    {
        struct stat lent {};
        struct stat null {};
        return ::fstat(to.number(), &lent) == 0 and ::stat("/dev/null", &null) == 0
            and lent.st_rdev == null.st_rdev and S_ISCHR(lent.st_mode);
    }

    [[nodiscard]] std::string lost() const { return std::string(as_text(output->lost())); }

    /// Reads and turns until all has left.
    std::string read_to_the_end()
    {
        std::string all;
        turn_until([&] {
            all += read();
            return output->backlog_bytes() == 0;
        });
        return all + read();
    }

    Descriptor from;
    Descriptor to;
    std::optional<Output> output;
    std::optional<int> error;
    int times_left = 0;
    std::string const much = [] {
        std::string text;
        for (int i = 0; text.size() < 1'000'000; ++i)
            text += std::to_string(i) + '\n';
        return text;
    }();
};

} // namespace

TEST_CASE_FIXTURE(OutputTest, "what is written gathers until the flush")
{
    output->write("one ");
    output->write("two");
    CHECK(output->backlog_bytes() == 7);
    CHECK(read().empty());
    output->flush();
    CHECK(read() == "one two");
    CHECK(output->backlog_bytes() == 0);
    CHECK(times_left == 1);
}

TEST_CASE_FIXTURE(
    OutputTest, "a full pipe is no reason to wait: the rest leaves when there is room")
{
    write(much);
    CHECK(output->backlog_bytes() > 0);
    std::size_t const waiting = output->backlog_bytes();
    write("and more\n");
    CHECK(output->backlog_bytes() == waiting + 9);
    loop.wake();
    loop.turn();
    CHECK(output->backlog_bytes() == waiting + 9);

    times_left = 0;
    // In two brackets: so much text is not printed when they differ.
    CHECK((read_to_the_end() == much + "and more\n"));
    CHECK(times_left > 0);
    CHECK_FALSE(output->has_failed());
}

TEST_CASE_FIXTURE(OutputTest, "a descriptor that others share keeps its flags")
{
    int const before = ::fcntl(to.number(), F_GETFL);
    CHECK((before & O_NONBLOCK) == 0);
    write(much);
    CHECK(::fcntl(to.number(), F_GETFL) == before);
    read_to_the_end();
    output.reset();
    CHECK(::fcntl(to.number(), F_GETFL) == before);
}

TEST_CASE_FIXTURE(OutputTest, "a socket is filled without waiting, and keeps its flags")
{
    write_into_socket();
    int const before = ::fcntl(to.number(), F_GETFL);
    write(much);
    CHECK(output->backlog_bytes() > 0);
    CHECK(::fcntl(to.number(), F_GETFL) == before);
    CHECK((read_to_the_end() == much));
}

TEST_CASE_FIXTURE(OutputTest, "a terminal is written to, and keeps its flags")
{
    from = Descriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(::grantpt(from.number()) == 0);
    REQUIRE(::unlockpt(from.number()) == 0);
    write_into(Descriptor(::open(::ptsname(from.number()), O_RDWR | O_NOCTTY | O_CLOEXEC)));
    int const before = ::fcntl(to.number(), F_GETFL);
    write("hello");
    std::string shown;
    look_until([&] { return (shown += read()) == "hello"; });
    CHECK(::fcntl(to.number(), F_GETFL) == before);
}

TEST_CASE_FIXTURE(OutputTest, "a file takes all at once")
{
    TestFolder const folder;
    std::string const path = folder / "file";
    write_into(Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)));
    write(much);
    CHECK(output->backlog_bytes() == 0);
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    CHECK((text.str() == much));
}

TEST_CASE_FIXTURE(
    OutputTest, "when the reader is gone that is told once, and what was lost is known")
{
    write("read");
    CHECK(read() == "read");
    from.close();
    write("never read");
    CHECK(error == EPIPE);
    CHECK(output->has_failed());
    CHECK(lost() == "never read");
    write(", nor this");
    CHECK(lost() == "never read, nor this");
}

TEST_CASE_FIXTURE(
    OutputTest, "when the reader leaves a full pipe that is told, and the rest is known as lost")
{
    write(much);
    std::size_t const waiting = output->backlog_bytes();
    from.close();
    turn_until([&] { return error.has_value(); });
    CHECK(error == EPIPE);
    CHECK((lost() == much.substr(much.size() - waiting)));
}

TEST_CASE_FIXTURE(
    OutputTest, "when the reader of a socket is gone that is told, and nothing raises a signal")
{
    write_into_socket();
    from.close();
    write("never read");
    CHECK(error == EPIPE);
    CHECK(lost() == "never read");
}

TEST_CASE_FIXTURE(OutputTest, "a full disk is told, with all that it did not take")
{
    write_into("/dev/full");
    write("one line\n");
    CHECK(error == ENOSPC);
    CHECK(lost() == "one line\n");
}

TEST_CASE_FIXTURE(OutputTest, "a descriptor that is closed is told with the first write")
{
    to.close();
    output.emplace(loop, 987, *this);
    CHECK_FALSE(error.has_value());
    write("text");
    CHECK(error == EBADF);
    CHECK(lost() == "text");
}

TEST_CASE_FIXTURE(OutputTest, "finished, the reader sees the end, and the number is a harmless one")
{
    write("last words");
    output->finish();
    CHECK(read() == "last words");
    CHECK(reader_sees_end());
    CHECK(is_dev_null());
}

TEST_CASE_FIXTURE(OutputTest, "finished while much waits, the reader sees the end behind all of it")
{
    write(much);
    output->finish();
    CHECK_FALSE(is_dev_null());
    std::string all;
    turn_until([&] {
        all += read();
        return is_dev_null();
    });
    all += read();
    CHECK((all == much));
    CHECK(reader_sees_end());
}

TEST_CASE_FIXTURE(
    OutputTest, "finished before anything was written, the reader sees the end at once")
{
    output->finish();
    CHECK(reader_sees_end());
}

TEST_CASE_FIXTURE(
    OutputTest, "finished with text that was not flushed yet, all of it leaves before the end")
{
    output->write("last words");
    output->finish();
    CHECK(read() == "last words");
    CHECK(reader_sees_end());
}

TEST_CASE_FIXTURE(OutputTest, "a finished socket shows its end as well")
{
    write_into_socket();
    write("last words");
    output->finish();
    CHECK(read() == "last words");
    CHECK(reader_sees_end());
}

TEST_CASE_FIXTURE(OutputTest, "flushed to the end, it waits for a reader that reads")
{
    std::string all;
    std::thread reader([&] {
        std::array<char, 4096> part;
        while (all.size() < much.size()) {
            ssize_t const n = ::read(from.number(), part.data(), part.size());
            all.append(part.data(), static_cast<std::size_t>(n));
        }
    });
    output->write(much);
    output->flush_to_the_end();
    reader.join();
    CHECK((all == much));
    CHECK_FALSE(output->has_failed());
}

TEST_CASE_FIXTURE(OutputTest, "flushed to the end, it does not wait for ever for one that does not")
{
    write(much);
    std::size_t const waiting = output->backlog_bytes();
    output->flush_to_the_end();
    CHECK(error == ETIMEDOUT);
    CHECK(lost().size() == waiting);
}

TEST_SUITE_END();
