// What `duetd` tells the shell, or systemd.

#pragma once

namespace duet::exit_code {

inline constexpr int ok = 0;
inline constexpr int failed = 1; // the words on standard error say what
inline constexpr int usage = 2;  // the command line or the configuration asks for what there is not
inline constexpr int store_failed =
    74; // the disk failed (EX_IOERR): start again, and read what is there

} // namespace duet::exit_code
