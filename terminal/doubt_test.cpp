#include "terminal/doubt.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

using namespace duet;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("doubt");

namespace {

using Verdict = Doubt::Verdict;

/// A connection as the system would describe it, and a Doubt that looks at it once a second.
class DoubtTest {
public:
    /// Looks once a second for so long; gives the last change of mind.
    std::optional<Verdict> pass(std::chrono::seconds time)
    {
        std::optional<Verdict> changed;
        for (std::chrono::seconds i = 0s; i < time; ++i) {
            now += 1s;
            arrival.since_heard += 1s;
            if (auto const verdict = look(); verdict.has_value())
                changed = verdict;
        }
        return changed;
    }

    std::optional<Verdict> look() { return doubt.look(arrival, handed_bytes, queued_bytes, now); }

    /// So many bytes are handed to the system.
    void say(std::size_t bytes)
    {
        handed_bytes += bytes;
        arrival.unacknowledged_bytes += bytes;
    }

    /// So many are acknowledged.
    void acknowledge(std::size_t bytes)
    {
        arrival.unacknowledged_bytes -= bytes;
        arrival.since_heard = 0ms;
        arrival.unanswered_probes = 0;
    }

    /// The other side acknowledges that it has no room.
    void close_window()
    {
        arrival.window_is_closed = true;
        acknowledge(0);
    }

    Doubt doubt;
    Arrival arrival {0, 0ms, false, 0};
    std::uint64_t handed_bytes = 0;
    std::size_t queued_bytes = 0;
    MonotonicTime now {1000s};
};

constexpr auto after =
    std::chrono::duration_cast<std::chrono::seconds>(limits::arrival_doubt_after);

} // namespace

TEST_CASE_FIXTURE(
    DoubtTest, "while nothing is under way there is no doubt, however long the silence")
{
    CHECK_FALSE(pass(3600s).has_value());
    CHECK(doubt.verdict() == Verdict::none);
}

TEST_CASE_FIXTURE(
    DoubtTest, "of a peer that has vanished it is told when the time has passed, once")
{
    pass(100s);
    say(10);
    look();
    CHECK_FALSE(pass(after - 1s).has_value());
    CHECK(pass(1s) == Verdict::not_arriving);
    CHECK(doubt.verdict() == Verdict::not_arriving);
    CHECK_FALSE(pass(3600s).has_value());
}

TEST_CASE_FIXTURE(
    DoubtTest, "more that is said to a peer that has vanished does not put off the telling")
{
    say(10);
    look();
    for (std::chrono::seconds i = 1s; i < after; ++i) {
        say(10);
        CHECK_FALSE(pass(1s).has_value());
    }
    CHECK(pass(1s) == Verdict::not_arriving);
}

TEST_CASE_FIXTURE(DoubtTest, "what is acknowledged in time raises no doubt")
{
    for (int i = 0; i < 100; ++i) {
        say(10);
        CHECK_FALSE(pass(after - 2s).has_value());
        acknowledge(10);
        CHECK_FALSE(pass(1s).has_value());
    }
}

TEST_CASE_FIXTURE(DoubtTest, "as long as some arrives, what still waits raises no doubt")
{
    say(1000);
    look();
    for (int i = 0; i < 100; ++i) {
        acknowledge(10);
        CHECK_FALSE(pass(after - 1s).has_value());
    }
}

TEST_CASE_FIXTURE(DoubtTest, "a peer that answers but does not take more is not told as vanished")
{
    say(1000);
    look();
    for (int i = 0; i < 100; ++i) {
        acknowledge(0); // an old one, again
        CHECK_FALSE(pass(5s).has_value());
    }
}

TEST_CASE_FIXTURE(DoubtTest, "a closed window is told as not reading when the time has passed")
{
    say(1000);
    close_window();
    look();
    CHECK_FALSE(pass(after - 1s).has_value());
    CHECK(pass(1s) == Verdict::not_reading);
}

TEST_CASE_FIXTURE(
    DoubtTest, "behind a closed window a silence is not reading, however seldom it is asked")
{
    say(1000);
    close_window();
    look();
    CHECK(pass(after) == Verdict::not_reading);
    for (std::chrono::seconds pause : {20s, 40s, 80s, 120s, 120s, 120s}) {
        CHECK_FALSE(pass(pause).has_value());
        arrival.unanswered_probes = 1; // the question is on its way
        CHECK_FALSE(pass(1s).has_value());
        acknowledge(0);
    }
    CHECK(doubt.verdict() == Verdict::not_reading);
}

TEST_CASE_FIXTURE(
    DoubtTest, "two questions without an answer behind a closed window say that nothing arrives")
{
    say(1000);
    close_window();
    look();
    CHECK(pass(after) == Verdict::not_reading);
    arrival.unanswered_probes = 2;
    CHECK(pass(1s) == Verdict::not_arriving);
}

TEST_CASE_FIXTURE(
    DoubtTest, "two questions without an answer, but not for so long, say nothing yet")
{
    say(1000);
    close_window();
    look();
    CHECK(pass(after) == Verdict::not_reading);
    acknowledge(0);
    arrival.unanswered_probes = 2;
    CHECK_FALSE(pass(after - 1s).has_value());
    CHECK(pass(1s) == Verdict::not_arriving);
}

TEST_CASE_FIXTURE(DoubtTest, "what waits on our side alone is doubted as well")
{
    queued_bytes = 1000;
    arrival.window_is_closed = true;
    look();
    CHECK(pass(after) == Verdict::not_reading);
}

TEST_CASE_FIXTURE(DoubtTest, "when it arrives again that is told, and a later doubt as well")
{
    say(10);
    look();
    CHECK(pass(after) == Verdict::not_arriving);
    acknowledge(10);
    CHECK(pass(1s) == Verdict::none);
    say(10);
    look();
    CHECK(pass(after) == Verdict::not_arriving);
}

TEST_CASE_FIXTURE(
    DoubtTest, "a window that opens again ends the doubt, even before all has arrived")
{
    say(1000);
    close_window();
    look();
    CHECK(pass(after) == Verdict::not_reading);
    arrival.window_is_closed = false;
    acknowledge(10);
    CHECK(pass(1s) == Verdict::none);
    CHECK_FALSE(pass(after - 2s).has_value());
}

TEST_CASE_FIXTURE(
    DoubtTest, "one that did not read and then vanishes is told as both, in this order")
{
    say(1000);
    close_window();
    look();
    CHECK(pass(after) == Verdict::not_reading);
    arrival.unanswered_probes = 3;
    CHECK(pass(after) == Verdict::not_arriving);
    acknowledge(0);
    CHECK(pass(1s) == Verdict::not_reading);
}

TEST_SUITE_END();
