// The simulator: server and devices in virtual time, with every cut, crash and delay that a seed asks
// for, and a check that every promise was kept.
//
//     sim [SEED]              one life
//     sim --seeds COUNT       the lives of seeds 1 to COUNT
//     sim --plant NAME ...    the same with a mistake in it (core/planted.hpp)
//     sim --planted           every mistake there is: each must be found within so many lives
//
// Real are the core on both sides, the JSON door, the store and its journal, and how two who talk directly
// find out who the other is; simulated are the disk, the network, the clocks and the people. The same seed
// gives the same life, as long as the code is the same.

#include "tests/sim/planted.hpp"
#include "tests/sim/world.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace duet;
using namespace duet::sim;

constexpr std::size_t steps = 3000;
constexpr std::uint64_t seeds_to_find_a_bug = 1000;
constexpr unsigned life_seconds_max = 120; // it takes a twentieth of one

struct Seeds {
    std::uint64_t first = 1;
    std::uint64_t last = 1;
};

struct Count {
    std::uint64_t seed = 0; // of the life that was begun last
    std::uint64_t broken = 0;
    std::size_t texts = 0;
    std::size_t accidents = 0;
};

void live_through(std::uint64_t seed, Count& count)
{
    World world(seed);
    std::string const broken = world.live(steps);
    if (not broken.empty())
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), broken.c_str());
    std::fflush(stdout);
    count.broken += broken.empty() ? 0U : 1U;
    count.texts += world.text_count();
    count.accidents += world.accident_count();
}

/// Tells before each life, and behind the last, how far it has come.
void live_and_tell(Seeds seeds, bool until_broken, int pipe)
{
    Count count;
    auto const tell = [&] {
        if (::write(pipe, &count, sizeof count) != sizeof count)
            ::_exit(2);
    };
    for (std::uint64_t seed = seeds.first;
        seed <= seeds.last and not(until_broken and count.broken > 0); ++seed) {
        count.seed = seed;
        tell();
        ::alarm(life_seconds_max);
        live_through(seed, count);
    }
    tell();
}

/// Lives in a process of its own, since a life may end with one of our checks, which stop it; then its
/// seed must be told, too.
Count live(Seeds seeds, bool until_broken)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return {0, 1, 0, 0};
    std::fflush(stdout);
    pid_t const child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        live_and_tell(seeds, until_broken, ends[1]);
        ::_exit(0);
    }
    ::close(ends[1]);
    Count count;
    while (::read(ends[0], &count, sizeof count) == sizeof count) { }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) {
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(count.seed),
            WIFSIGNALED(status) and WTERMSIG(status) == SIGALRM ? "it never ends"
                                                                : "the program was stopped");
        ++count.broken;
    }
    return count;
}

int live_through_all(Seeds seeds)
{
    Count const count = live(seeds, false);
    std::printf("%llu lives, %zu texts, %zu accidents: %llu lives with a broken promise\n",
        static_cast<unsigned long long>(seeds.last - seeds.first + 1), count.texts, count.accidents,
        static_cast<unsigned long long>(count.broken));
    return count.broken == 0 ? 0 : 1;
}

int find_all_planted()
{
    std::size_t missed = 0;
    for (BugName const& bug : all_bugs()) {
        if (not plant(bug.bug)) {
            std::printf("mistakes are planted in sim_planted alone\n");
            return 2;
        }
        std::printf("%s: ", bug.name);
        if (live({1, seeds_to_find_a_bug}, true).broken > 0)
            continue;
        ++missed;
        std::printf(
            "NOT FOUND in %llu lives\n", static_cast<unsigned long long>(seeds_to_find_a_bug));
    }
    std::printf("%zu mistakes were planted, %zu were not found\n", all_bugs().size(), missed);
    return missed == 0 ? 0 : 1;
}

std::uint64_t number_in(std::string_view word)
{
    std::uint64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

bool plant_by_name(std::string_view name)
{
    auto const bug = bug_named(name);
    if (bug.has_value() and plant(*bug))
        return true;
    std::printf("%s\n", bug.has_value() ? "mistakes are planted in sim_planted alone" : "one of:");
    for (BugName const& one : all_bugs())
        std::printf("    %s\n", one.name);
    return false;
}

} // namespace

int main(int count, char** words)
{
    Seeds seeds;
    for (int i = 1; i < count; ++i) {
        std::string_view const word = words[i];
        std::string_view const value = i + 1 < count ? words[i + 1] : "";
        if (word == "--planted")
            return find_all_planted();
        if (word == "--plant" and not plant_by_name(value))
            return 2;
        if (word == "--seeds")
            seeds = {1, number_in(value)};
        if (word == "--plant" or word == "--seeds")
            ++i;
        else
            seeds = {number_in(word), number_in(word)};
    }
    return live_through_all(seeds);
}
