// What must be true of our own code, in every build.
//
// `check` is for our mistakes alone: it never looks at input, stays on in release builds, and stops
// the process with one line. Write two small checks rather than one joined by `and`.

#pragma once

#include <source_location>

namespace duet {

/// Stops the process when `holds` is false, and says where.
inline void check(bool holds, std::source_location where = std::source_location::current());

/// Stops the process: the ground gave way (no memory, no timer, a failed sync). One line, no return.
[[noreturn]] void give_up(
    char const* what, std::source_location where = std::source_location::current());

inline void check(bool holds, std::source_location where)
{
    if (not holds) [[unlikely]]
        give_up("a check failed", where);
}

} // namespace duet
