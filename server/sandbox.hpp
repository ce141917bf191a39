// The sandbox: what a server gives up before anybody can talk to it.
//
// Whoever finds a mistake in how we read what strangers send should find nothing behind it: no other program to
// start, no file but the server's own, no other process to look into. The system holds us to that:
//
//   - no new privileges, whatever is executed (prctl(2), PR_SET_NO_NEW_PRIVS);
//   - files: of the whole file system only the folders named here can be opened (landlock(7)); nothing calls out by
//     TCP, where the kernel can refuse that;
//   - system calls: those with which a process reaches out of itself answer EPERM (seccomp(2)), among them all
//     that begins another process.
//
// What is open already stays usable: listeners, the log, the standard streams. It holds for the thread that asks and
// for all that it begins later: so it is entered before the first thread is.

#pragma once

#include <string>
#include <vector>

namespace duet {

struct SandboxRules {
    std::vector<std::string>
        to_write; // folders in which everything may be read, made, changed and removed
    std::vector<std::string> to_read;           // files and folders
    std::vector<std::string> to_put_sockets {}; // folders in which sockets are made, and removed
};

/// Gives up what can be given up, once and for good. What the kernel cannot do is left out, and told.
///
/// Gives   sentences for the log: what holds, and what does not.
std::vector<std::string> enter_sandbox(SandboxRules const& rules);

/// False in a build with a sanitizer, which needs what is forbidden here.
bool has_sandbox();

} // namespace duet
