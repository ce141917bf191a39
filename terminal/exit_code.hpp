// What `duet` tells the shell.

#pragma once

namespace duet::exit_code {

inline constexpr int ok = 0;            // ended by `quit` or end of input, of either side
inline constexpr int failed = 1;        // a socket error, or something could not be handed over
inline constexpr int usage = 2;         // the command line asks for what there is not
inline constexpr int interrupted = 130; // Ctrl-C: 128 + SIGINT, as shells have it
inline constexpr int terminated = 143;  // 128 + SIGTERM; 129 (SIGHUP) alike

} // namespace duet::exit_code
