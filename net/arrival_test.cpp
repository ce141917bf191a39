#include "net/arrival.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace duet;

TEST_SUITE_BEGIN("arrival");

namespace {

class ArrivalTest : public LoopTest {
public:
    [[nodiscard]] Arrival look() const { return look_at_arrival(pair.ours); }

    /// Sends until the system takes no more; gives how many bytes that was.
    [[nodiscard]] std::size_t fill() const
    {
        std::string const text(64 * 1024, 'x');
        std::size_t all = 0;
        for (std::size_t taken = 1; taken > 0; all += taken)
            taken = pair.ours.send(as_bytes(text)).value();
        return all;
    }

    SocketPair pair = connected_pair();
};

} // namespace

TEST_CASE_FIXTURE(ArrivalTest, "when nothing was sent, all has arrived")
{
    CHECK(look().is_complete());
    CHECK_FALSE(look().window_is_closed);
    CHECK(look().unanswered_probes == 0);
}

TEST_CASE_FIXTURE(ArrivalTest, "what the other's system has acknowledged has arrived, read or not")
{
    say(pair.ours, "hello");
    look_until([&] { return look().is_complete(); });
    CHECK(hear(pair.theirs, 5) == "hello");
    CHECK(look().is_complete());
}

TEST_CASE_FIXTURE(
    ArrivalTest, "the window closes when the other does not read, and opens when it does")
{
    std::size_t const sent = fill();
    look_until([&] { return look().window_is_closed; });
    CHECK(look().unacknowledged_bytes > 0);
    CHECK(look().unacknowledged_bytes < sent);

    CHECK(hear(pair.theirs, sent).size() == sent);
    look_until([&] { return look().is_complete(); });
    CHECK_FALSE(look().window_is_closed);
}

TEST_CASE_FIXTURE(
    ArrivalTest, "a question that is answered, that there is no room, is not counted as unanswered")
{
    CHECK(fill() > 0);
    look_until([&] { return look().window_is_closed; });
    for (int i = 0; i < 50; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        CHECK(look().unanswered_probes <= 1); // one may be on its way
    }
}

TEST_CASE_FIXTURE(
    ArrivalTest, "on a Unix socket what is not read yet has not arrived, and nothing is on its way")
{
    TestFolder const folder;
    SocketPair const here = connected_pair(address_of("unix:" + (folder / "here")));
    CHECK(look_at_arrival(here.ours).is_complete());
    say(here.ours, "hello");
    CHECK_FALSE(look_at_arrival(here.ours).is_complete());
    CHECK(look_at_arrival(here.ours).window_is_closed);
    CHECK(hear(here.theirs, 5) == "hello");
    CHECK(look_at_arrival(here.ours).is_complete());
    CHECK_FALSE(look_at_arrival(here.ours).window_is_closed);
}

TEST_SUITE_END();
