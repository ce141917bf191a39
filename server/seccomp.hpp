// seccomp: a program of a few instructions that the kernel asks about each system call (seccomp(2)).

#pragma once

#include "base/result.hpp"

#include <string>

namespace duet {

/// From here on this thread, and all that it begins, gets EPERM from whatever reaches out of the process: beginning
/// another one, looking into one, mounts, namespaces, the kernel's own modules, clocks and keys, and sockets of kinds
/// that a server of ours has no use for. Needs PR_SET_NO_NEW_PRIVS.
///
/// Gives   a sentence: what holds.
/// Errors  a sentence: why nothing does.
Result<std::string, std::string> refuse_system_calls();

} // namespace duet
