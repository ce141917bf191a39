#include "base/log.hpp"

#include "base/bytes.hpp"
#include "base/utf8.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/pattern_formatter.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <iterator>
#include <mutex>
#include <system_error>

namespace duet {

namespace {

static_assert(log_line_bytes_max <= PIPE_BUF);

constexpr int silent = -1;

/// The first code point of `text`, which is valid and not empty, and how many bytes it has.
struct CodePoint {
    char32_t value;
    std::size_t bytes;
};

CodePoint first_of(std::string_view text)
{
    auto const byte = [text](std::size_t at) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[at]));
    };
    auto const tail = [byte](std::size_t at) { return byte(at) & 0x3F; };
    if (byte(0) < 0x80)
        return {byte(0), 1};
    if (byte(0) < 0xE0)
        return {(byte(0) & 0x1F) << 6 | tail(1), 2};
    if (byte(0) < 0xF0)
        return {(byte(0) & 0x0F) << 12 | tail(1) << 6 | tail(2), 3};
    return {(byte(0) & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
}

/// What some viewer would take for the end of a line, or obey.
bool is_control(char32_t letter)
{
    return letter < 0x20 or (letter >= 0x7F and letter <= 0x9F) or letter == 0x2028
        or letter == 0x2029;
}

void append_escaped(std::string& line, std::string_view valid)
{
    while (not valid.empty()) {
        CodePoint const letter = first_of(valid);
        if (letter.value == '\\')
            line += "\\\\";
        else if (not is_control(letter.value))
            line += valid.substr(0, letter.bytes);
        else if (letter.bytes == 1)
            fmt::format_to(std::back_inserter(line), "\\x{:02x}", std::uint32_t {letter.value});
        else
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", std::uint32_t {letter.value});
        valid.remove_prefix(letter.bytes);
    }
}

std::string escaped_event(std::string_view event)
{
    std::string line;
    // What is cut off later need not be escaped now.
    event = event.substr(0, log_line_bytes_max);
    while (not event.empty()) {
        std::size_t const valid = check_utf8(as_bytes(event)).valid_bytes;
        append_escaped(line, event.substr(0, valid));
        event.remove_prefix(valid);
        if (not event.empty()) {
            fmt::format_to(
                std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(event.front()));
            event.remove_prefix(1);
        }
    }
    return line;
}

spdlog::level::level_enum to_spdlog(LogLevel level)
{
    switch (level) {
    case LogLevel::error:
        return spdlog::level::err;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::debug:
        return spdlog::level::debug;
    }
    return spdlog::level::err;
}

class Log {
public:
    void open(int descriptor, bool is_ours, LogLevel level)
    {
        std::lock_guard const lock(mutex_);
        leave();
        descriptor_ = descriptor;
        is_ours_ = is_ours;
        lost_ = untold_ = 0;
        is_torn_ = false;
        level_ = static_cast<int>(level);
    }

    void close()
    {
        std::lock_guard const lock(mutex_);
        leave();
    }

    [[nodiscard]] bool takes(LogLevel level) const { return static_cast<int>(level) <= level_; }
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

    void write(LogLevel level, std::string_view event)
    {
        if (not takes(level))
            return;
        std::string const text = escaped_event(event);
        std::lock_guard const lock(mutex_);
        if (not takes(level))
            return; // closed since we looked
        if ((untold_ == 0 or tell_of_loss()) and put(line_of(level, text)))
            return;
        ++lost_;
        ++untold_;
    }

private:
    void leave()
    {
        level_ = silent;
        if (is_ours_)
            ::close(descriptor_);
        is_ours_ = false;
    }

    bool tell_of_loss()
    {
        std::string const line =
            line_of(LogLevel::warning, fmt::format("{} lines were lost", untold_));
        if (not put((is_torn_ ? "\n" : "") + line))
            return false;
        untold_ = 0;
        is_torn_ = false;
        return true;
    }

    std::string line_of(LogLevel level, std::string_view text)
    {
        spdlog::memory_buf_t buffer;
        formatter_.format({"duet", to_spdlog(level), {text.data(), text.size()}}, buffer);
        std::string line(buffer.data(), buffer.size());
        if (line.size() > log_line_bytes_max) {
            constexpr std::string_view end = "…\n";
            line.resize(log_line_bytes_max - end.size());
            line.resize(check_utf8(as_bytes(line)).valid_bytes);
            line += end;
        }
        return line;
    }

    /// Writes a line whole, or says that it could not.
    bool put(std::string_view line)
    {
        // Standard error may be a pipe that nobody reads, and it is not ours to make non-blocking. A
        // pipe that is ready takes PIPE_BUF bytes; a file always is.
        pollfd ready {descriptor_, POLLOUT, 0};
        if (::poll(&ready, 1, 0) != 1 or (ready.revents & POLLOUT) == 0)
            return false;
        ssize_t const written = ::write(descriptor_, line.data(), line.size());
        if (written == static_cast<ssize_t>(line.size()))
            return true;
        is_torn_ = is_torn_ or written > 0; // the next line begins with the end of this one
        return false;
    }

    std::mutex mutex_;
    std::atomic<int> level_ = silent; // and each LogLevel up to it
    int descriptor_ = -1;
    bool is_ours_ = false; // to be closed by us
    bool is_torn_ = false; // the last line was written in part
    std::atomic<std::uint64_t> lost_ = 0;
    std::uint64_t untold_ = 0; // lost since the log last told of it
    spdlog::pattern_formatter formatter_ {
        "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc, "\n"};
};

/// The process's own. It is never destroyed: a thread that outlives main may still log.
Log& the_log()
{
    static Log& log = *new Log;
    return log;
}

} // namespace

Result<void, std::string> log_to_file(std::string const& path, LogLevel level)
{
    int const descriptor = ::open(path.c_str(),
        O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return fail(fmt::format("the log {} cannot be opened: {}", path,
            std::error_code(errno, std::generic_category()).message()));
    the_log().open(descriptor, true, level);
    return {};
}

void log_to_standard_error(LogLevel level)
{
    the_log().open(STDERR_FILENO, false, level);
}

void close_log()
{
    the_log().close();
}

void log_error(std::string_view event)
{
    the_log().write(LogLevel::error, event);
}

void log_warning(std::string_view event)
{
    the_log().write(LogLevel::warning, event);
}

void log_info(std::string_view event)
{
    the_log().write(LogLevel::info, event);
}

void log_debug(std::string_view event)
{
    the_log().write(LogLevel::debug, event);
}

bool log_takes(LogLevel level)
{
    return the_log().takes(level);
}

std::uint64_t log_lines_lost()
{
    return the_log().lost();
}

} // namespace duet
