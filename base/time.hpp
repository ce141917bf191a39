// The two clocks.
//
// Everything that waits, waits on the monotonic clock: a wall clock that jumps ends no connection
// and fires no timer. `Time` is only ever a label on what people read.

#pragma once

#include <chrono>

namespace duet {

/// Wall clock, in milliseconds since 1970 (UTC). A label, never an order.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

/// CLOCK_MONOTONIC: for timers and deadlines.
using MonotonicTime = std::chrono::steady_clock::time_point;

} // namespace duet
