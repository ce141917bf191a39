// What all benchmarks have in common: a clock, percentiles, children to talk with, and figures that
// bench/run puts into its table.
//
// A benchmark that cannot go on says why in one line and stops the process: half a measurement is
// none.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace duet::bench {

using Clock = std::chrono::steady_clock;
using Duration = std::chrono::nanoseconds;

struct Percentiles {
    Duration p50;
    Duration p99;
    Duration p999;
    Duration most;
};

/// Sorts `samples`, of which there must be some.
Percentiles percentiles(std::vector<Duration>& samples);

/// The middle one; of an even number, the upper of the two in the middle. Sorts `values`.
double median(std::vector<double>& values);

/// Prints "NAME VALUE" on standard output.
void tell(std::string_view name, double value);
void tell(std::string_view name, Duration value); // in nanoseconds

/// What a system call gave, unless it failed: then the end, with the system's words.
int must(int result, char const* tried);
ssize_t must(ssize_t result, char const* tried);

/// The end, because of what `what` says.
[[noreturn]] void stop(char const* what);

/// Lets this process have as many descriptors as the system allows it.
void raise_descriptor_limit();

/// Runs `work` in a process of its own, which ends with it, or as soon as we die.
template <typename Work>
pid_t begin_child(Work const& work);

/// Waits for a child, which must have succeeded.
void wait_for(pid_t child);

// The rest is how.

/// Forks; the child dies with its parent.
pid_t fork_child();
[[noreturn]] void end_child();

template <typename Work>
pid_t begin_child(Work const& work)
{
    pid_t const child = fork_child();
    if (child == 0) {
        work();
        end_child();
    }
    return child;
}

} // namespace duet::bench
