// The log of this process: one event is one line, in a file or on standard error.
//
// A process has one log, as it has one standard error, and it is silent until it is opened: so the
// functions below are free, and may be called from any thread. Logging never throws and never waits:
// a line that cannot be written at once (a full disk, a reader that does not read) is lost and
// counted, and the first line that can be written again is preceded by one that tells how many.
// (A file's bytes go to the kernel's cache. A kernel that has no room for them may still make us wait.)
//
// An event never holds what people say to each other, nor keys, codes or links that let somebody in;
// this is the callers' duty. Names, addresses, counts and reasons are what a log is for. What comes
// from outside may stand in it as it is: nothing in an event can end its line and forge the next.

#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

enum class LogLevel {
    error,   // something was not done that somebody counted on
    warning, // something is wrong, and was borne
    info,    // what an operator wants to see on a good day
    debug,   // each step, for whoever looks for a mistake of ours
};

/// A longer line is cut, and ends in "…". No more can be written to a pipe in one piece (PIPE_BUF).
inline constexpr std::size_t log_line_bytes_max = 4096;

/// Opens the log at the end of a file, which is made if it is not there (readable by its owner
/// alone). A log that was open is closed first.
///
/// Errors  a sentence with the path and the system's words. The log is then as it was.
Result<void, std::string> log_to_file(std::string const& path, LogLevel level);

/// Opens the log on standard error. A log that was open is closed first.
void log_to_standard_error(LogLevel level);

/// From here on the log is silent.
void close_log();

/// Writes one line: the time (UTC, in milliseconds), the level, the event.
///
/// Takes   any bytes. Control characters (C0, DEL, C1), line and paragraph separators and what is not
///         UTF-8 become `\x` with two digits or `\u` with four, and a backslash becomes two: the
///         event can be read back.
void log_error(std::string_view event);
void log_warning(std::string_view event);
void log_info(std::string_view event);
void log_debug(std::string_view event);

/// False if an event of this level would not be written: then it need not be made up.
[[nodiscard]] bool log_takes(LogLevel level);

/// How many lines were lost since the log was opened.
[[nodiscard]] std::uint64_t log_lines_lost();

} // namespace duet
