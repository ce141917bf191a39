// Landlock: the kernel's way to take files away from a process that wants to do without them (landlock(7)).

#pragma once

#include "base/result.hpp"
#include "server/sandbox.hpp"

#include <string>

namespace duet {

/// From here on this thread, and all that it begins, can open only what lies in these folders (to read and write, or to
/// read), and cannot connect by TCP if the kernel is new enough to see to that. Needs PR_SET_NO_NEW_PRIVS.
///
/// Gives   a sentence: what holds.
/// Errors  a sentence: why nothing does.
Result<std::string, std::string> hold_files(SandboxRules const& rules);

} // namespace duet
