// What `duet` tells the shell.

#pragma once

namespace duet::exit_code {

inline constexpr int ok = 0;     // done; a talk was ended in order, by either side
inline constexpr int failed = 1; // an error, a refusal, or something could not be handed over
inline constexpr int usage = 2;  // the command line asks for what there is not
inline constexpr int still_waiting = 3; // not yet, but in the outbox: it will be
inline constexpr int busy = 75;         // EX_TEMPFAIL: who holds the profile does not answer
inline constexpr int interrupted = 130; // Ctrl-C: 128 + SIGINT, as shells have it
inline constexpr int terminated = 143;  // 128 + SIGTERM; 129 (SIGHUP) alike

} // namespace duet::exit_code
