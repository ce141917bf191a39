#include "net/signals.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("signals");

namespace {

class SignalsTest : public LoopTest, public SignalHandler {
public:
    void signalled(int number) override { numbers.push_back(number); }

    static bool is_blocked(int number)
    {
        sigset_t mask;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
        return sigismember(&mask, number) == 1;
    }

    std::optional<Signals> signals {std::in_place, loop, std::initializer_list {SIGINT, SIGTERM},
        static_cast<SignalHandler&>(*this)};
    std::vector<int> numbers;
};

} // namespace

TEST_CASE_FIXTURE(SignalsTest, "a signal is told in a turn of the loop, and nothing is interrupted")
{
    ::kill(::getpid(), SIGINT);
    CHECK(numbers.empty());
    turn_until([&] { return not numbers.empty(); });
    CHECK(numbers == std::vector {SIGINT});
}

TEST_CASE_FIXTURE(SignalsTest, "several signals are all told")
{
    ::kill(::getpid(), SIGTERM);
    ::kill(::getpid(), SIGINT);
    turn_until([&] { return numbers.size() == 2; });
    std::ranges::sort(numbers);
    CHECK(numbers == std::vector {SIGINT, SIGTERM});
}

TEST_CASE_FIXTURE(SignalsTest, "when it is gone, signals are as they were before")
{
    CHECK(is_blocked(SIGINT));
    CHECK(is_blocked(SIGTERM));
    signals.reset();
    CHECK_FALSE(is_blocked(SIGINT));
    CHECK_FALSE(is_blocked(SIGTERM));
}

TEST_CASE_FIXTURE(SignalsTest, "a signal that was blocked before stays so afterwards")
{
    signals.reset();
    sigset_t mask;
    sigset_t before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &mask, &before);
    signals.emplace(loop, std::initializer_list {SIGINT, SIGTERM}, *this);
    signals.reset();
    CHECK(is_blocked(SIGTERM));
    CHECK_FALSE(is_blocked(SIGINT));
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_SUITE_END();
