#include "net/timers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>

using namespace duet;

TEST_SUITE_BEGIN("timers");

namespace {

class TimersTest : public TimerHandler {
public:
    virtual ~TimersTest() = default;

    using Tags = std::vector<Tag>;

    static MonotonicTime at(int milliseconds)
    {
        return MonotonicTime() + std::chrono::milliseconds(milliseconds);
    }

    TimerId start(int when, Tag tag) { return timers.start(at(when), *this, tag); }

    /// The tags of the timers that ring at `now`, in their order.
    Tags ring(int now)
    {
        rung.clear();
        timers.ring(at(now));
        return rung;
    }

    void due(Tag tag) override
    {
        rung.push_back(tag);
        if (then)
            then(tag);
    }

    Timers timers;
    Tags rung;
    std::function<void(Tag)> then; // what a handler does
};

} // namespace

TEST_CASE_FIXTURE(TimersTest, "timers ring in the order of their times, when these have come")
{
    start(30, 3);
    start(10, 1);
    start(20, 2);
    CHECK(ring(9).empty());
    CHECK(ring(10) == Tags {1});
    CHECK(ring(100) == Tags {2, 3});
    CHECK(ring(1000).empty());
}

TEST_CASE_FIXTURE(TimersTest, "of two at the same time, the one that was started first rings first")
{
    for (Tag tag = 0; tag < 100; ++tag)
        start(10, tag);
    Tags expected(100);
    std::ranges::generate(expected, [tag = Tag {0}]() mutable { return tag++; });
    CHECK(ring(10) == expected);
}

TEST_CASE_FIXTURE(TimersTest, "the next one is known, and none when there is none")
{
    CHECK_FALSE(timers.next().has_value());
    start(20, 2);
    TimerId const first = start(10, 1);
    CHECK(timers.next() == at(10));
    timers.stop(first);
    CHECK(timers.next() == at(20));
    ring(20);
    CHECK_FALSE(timers.next().has_value());
}

TEST_CASE_FIXTURE(TimersTest, "a timer that is stopped never rings, and may be stopped again")
{
    TimerId const stopped = start(10, 1);
    start(10, 2);
    timers.stop(stopped);
    timers.stop(stopped);
    CHECK(ring(10) == Tags {2});
}

TEST_CASE_FIXTURE(TimersTest, "an id that has outlived its timer stops no other")
{
    TimerId const rung_already = start(10, 1);
    ring(10);
    TimerId const stopped = start(10, 2); // in the same slot
    timers.stop(rung_already);
    timers.stop(TimerId());
    timers.stop({1000, 1});
    timers.stop(stopped);
    start(10, 3);
    timers.stop(stopped);
    CHECK(ring(10) == Tags {3});
}

TEST_CASE_FIXTURE(
    TimersTest, "a timer started by a handler waits for the next ring, even if it is due")
{
    then = [this](Tag tag) {
        if (tag < 3)
            start(5, tag + 1);
    };
    start(10, 1);
    CHECK(ring(10) == Tags {1});
    CHECK(timers.next() == at(5));
    CHECK(ring(10) == Tags {2});
    CHECK(ring(10) == Tags {3});
    CHECK(ring(10).empty());
}

TEST_CASE_FIXTURE(TimersTest, "a handler may stop a timer that would have rung after it")
{
    start(10, 1);
    TimerId const second = start(10, 2);
    start(10, 3);
    then = [&](Tag tag) {
        if (tag == 1)
            timers.stop(second);
    };
    CHECK(ring(10) == Tags {1, 3});
}

TEST_CASE_FIXTURE(TimersTest, "a handler may stop what it has just started")
{
    start(10, 1);
    then = [&](Tag) { timers.stop(start(10, 2)); };
    CHECK(ring(10) == Tags {1});
    CHECK(ring(20).empty());
}

TEST_CASE_FIXTURE(TimersTest, "of very many that are stopped, those that wait still ring in order")
{
    std::array<TimerId, 1000> ids;
    for (std::size_t i = 0; i < ids.size(); ++i)
        ids[i] = start(1000 - static_cast<int>(i), i);
    Tags expected;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i % 100 != 0)
            timers.stop(ids[i]);
        else
            expected.insert(expected.begin(), i);
    }
    CHECK(ring(1000) == expected);
}

TEST_CASE_FIXTURE(TimersTest, "many at random ring as a sorted list of them would")
{
    std::mt19937 random(8000); // NOLINT: the same numbers each time
    auto const below = [&random](std::uint32_t end) { return static_cast<int>(random() % end); };

    std::multimap<int, Tag> model; // by time; of the same time, the first one first
    std::map<Tag, TimerId> ids;
    int now = 0;
    for (Tag tag = 0; tag < 20'000; ++tag) {
        int const when = now + below(50) - 5;
        model.emplace(when, tag);
        ids[tag] = start(when, tag);
        if (below(3) == 0 and not ids.empty()) {
            auto const victim =
                std::next(ids.begin(), below(static_cast<std::uint32_t>(ids.size())));
            timers.stop(victim->second);
            std::erase_if(model, [&](auto const& entry) { return entry.second == victim->first; });
            ids.erase(victim);
        }
        if (below(20) == 0) {
            now += below(20);
            Tags expected;
            while (not model.empty() and model.begin()->first <= now) {
                expected.push_back(model.begin()->second);
                ids.erase(model.begin()->second);
                model.erase(model.begin());
            }
            REQUIRE(ring(now) == expected);
        }
        REQUIRE(timers.next().has_value() != model.empty());
        if (not model.empty())
            REQUIRE(timers.next() == at(model.begin()->first));
    }
}

TEST_SUITE_END();
