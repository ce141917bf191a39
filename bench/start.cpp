// How long a program takes to start: from asking the system for it until it has ended, or, with a
// word to wait for, until that word stands on its standard error (then it is ended).
//
//     bench_start TIMES WORD|- PROGRAM [ARGUMENT...]

#include "bench/measure.hpp"
#include "net/descriptor.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

namespace duet::bench {

namespace {

struct Started {
    pid_t process;
    Descriptor output; // what it says on standard error
};

Started start(char** command)
{
    std::array<int, 2> pipe;
    must(::pipe2(pipe.data(), O_CLOEXEC), "make a pipe");
    Descriptor from_there(pipe[0]);
    Descriptor const there(pipe[1]);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, there.number(), STDERR_FILENO);
    pid_t process = 0;
    if (::posix_spawn(&process, command[0], &actions, nullptr, command, environ) != 0)
        stop("the program cannot be started");
    ::posix_spawn_file_actions_destroy(&actions);
    return {process, std::move(from_there)};
}

void wait_for_word(int output, std::string_view word)
{
    std::string said;
    std::array<char, 1024> room;
    while (said.find(word) == std::string::npos) {
        auto const came =
            static_cast<std::size_t>(must(::read(output, room.data(), room.size()), "read"));
        if (came == 0)
            stop("the program ended without the word");
        said.append(room.data(), came);
    }
}

Duration time_once(std::string_view word, char** command)
{
    auto const before = Clock::now();
    Started const started = start(command);
    if (word == "-") {
        wait_for(started.process);
        return Clock::now() - before;
    }
    wait_for_word(started.output.number(), word);
    Duration const took = Clock::now() - before;
    must(::kill(started.process, SIGTERM), "end the program");
    must(::waitpid(started.process, nullptr, 0), "wait for the program");
    return took;
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    if (count < 4)
        stop("how often, waiting for what, and which program?");
    std::vector<Duration> times;
    for (std::size_t i = std::strtoul(values[1], nullptr, 10); i > 0; --i)
        times.push_back(time_once(values[2], values + 3));
    auto const found = percentiles(times);
    tell("p50_ns", found.p50);
    tell("most_ns", found.most);
}
