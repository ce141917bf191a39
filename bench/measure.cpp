#include "bench/measure.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace duet::bench {

namespace {

Duration at_share(std::vector<Duration> const& sorted, double share)
{
    auto const index = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(index, sorted.size() - 1)];
}

} // namespace

Percentiles percentiles(std::vector<Duration>& samples)
{
    if (samples.empty())
        stop("nothing was measured");
    std::ranges::sort(samples);
    return {
        at_share(samples, 0.5), at_share(samples, 0.99), at_share(samples, 0.999), samples.back()};
}

double median(std::vector<double>& values)
{
    if (values.empty())
        stop("nothing was measured");
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void tell(std::string_view name, double value)
{
    std::printf("%.*s %.17g\n", static_cast<int>(name.size()), name.data(), value);
    std::fflush(stdout);
}

void tell(std::string_view name, Duration value)
{
    tell(name, static_cast<double>(value.count()));
}

int must(int result, char const* tried)
{
    return static_cast<int>(must(ssize_t {result}, tried));
}

ssize_t must(ssize_t result, char const* tried)
{
    if (result < 0) {
        std::fprintf(stderr, "bench: cannot %s: %s\n", tried, std::strerror(errno));
        std::exit(EXIT_FAILURE);
    }
    return result;
}

void stop(char const* what)
{
    std::fprintf(stderr, "bench: %s\n", what);
    std::exit(EXIT_FAILURE);
}

void raise_descriptor_limit()
{
    rlimit limit {};
    must(::getrlimit(RLIMIT_NOFILE, &limit), "ask for the limit of descriptors");
    limit.rlim_cur = limit.rlim_max;
    must(::setrlimit(RLIMIT_NOFILE, &limit), "raise the limit of descriptors");
}

void wait_for(pid_t child)
{
    int status = 0;
    must(::waitpid(child, &status, 0), "wait for a child");
    if (not WIFEXITED(status) or WEXITSTATUS(status) != EXIT_SUCCESS)
        stop("a child has failed");
}

pid_t fork_child()
{
    pid_t const parent = ::getpid();
    pid_t const child = must(::fork(), "fork");
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            stop("the parent is gone");
    }
    return child;
}

void end_child()
{
    ::_exit(EXIT_SUCCESS);
}

} // namespace duet::bench
