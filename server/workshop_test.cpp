#include "server/workshop.hpp"

#include "net/loop.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace duet;
using namespace std::chrono_literals;

namespace {

constexpr ConnectionId ada {1, 1};
constexpr ConnectionId bob {2, 1};

/// Long enough for any machine; nothing waits so long that goes well.
constexpr auto patience = 60s;

class WorkshopTest {
public:
    /// The next that is said to anybody, or to one.
    std::string hear(ConnectionId by = {})
    {
        auto const until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until) {
            auto const said = workshop.take([by](Workshop::Said const& next) {
                return by == ConnectionId {} or next.to == by;
            });
            if (said.has_value())
                return said->words;
            std::this_thread::sleep_for(1ms);
        }
        return "nothing";
    }

    template <typename Condition>
    static bool comes_true(Condition condition)
    {
        auto const until = std::chrono::steady_clock::now() + patience;
        while (not condition() and std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(1ms);
        return condition();
    }

    std::unique_ptr<Loop> loop = std::move(*Loop::create());
    Workshop workshop {*loop};
};

} // namespace

TEST_SUITE_BEGIN("workshop");

TEST_CASE_FIXTURE(WorkshopTest, "jobs are done one after the other, and heard in order")
{
    for (std::string const name : {"one", "two"})
        REQUIRE(workshop.begin(ada, [name](Customer& customer) {
            customer.say(name + " begins");
            customer.say(name + " ends");
        }));
    CHECK(hear() == "one begins");
    CHECK(hear() == "one ends");
    CHECK(hear() == "two begins");
    CHECK(hear() == "two ends");
}

TEST_CASE_FIXTURE(WorkshopTest, "a job waits while too much is unheard")
{
    std::atomic<std::size_t> said = 0;
    constexpr std::size_t lines = 1000;
    std::string const line(Workshop::unheard_bytes_max / 100, 'x');
    REQUIRE(workshop.begin(ada, [&](Customer& customer) {
        for (; said < lines; ++said)
            customer.say(line);
    }));
    REQUIRE(comes_true([&] { return said > 99; }));
    for (std::size_t heard = 0; heard < lines; ++heard) {
        CHECK(said <= heard + 102);
        REQUIRE(hear() == line);
    }
    CHECK(comes_true([&] { return said == lines; }));
}

TEST_CASE_FIXTURE(WorkshopTest, "whoever cannot hear now is in nobody's way")
{
    REQUIRE(workshop.begin(ada, [](Customer& customer) { customer.say("to ada"); }));
    REQUIRE(workshop.begin(bob, [](Customer& customer) { customer.say("to bob"); }));
    CHECK(hear(bob) == "to bob");
    CHECK(hear(ada) == "to ada");
}

TEST_CASE_FIXTURE(WorkshopTest, "who has gone is worked for no longer")
{
    std::atomic<bool> has_begun = false;
    std::atomic<bool> has_ended = false;
    REQUIRE(workshop.begin(ada, [&](Customer& customer) {
        has_begun = true;
        while (not customer.has_gone())
            customer.say("still at it");
        has_ended = true;
    }));
    REQUIRE(workshop.begin(bob, [](Customer& customer) { customer.say("to bob"); }));
    REQUIRE(comes_true([&] { return has_begun.load(); }));
    workshop.forget(ada);
    CHECK(comes_true([&] { return has_ended.load(); }));
    CHECK(hear() == "to bob");
}

TEST_CASE_FIXTURE(WorkshopTest, "no more than so many jobs wait")
{
    std::atomic<bool> may_end = false;
    std::atomic<bool> has_begun = false;
    auto const wait = [&](Customer& customer) {
        has_begun = true;
        while (not may_end and not customer.has_gone())
            std::this_thread::sleep_for(1ms);
    };
    REQUIRE(workshop.begin(ada, wait));
    REQUIRE(comes_true([&] { return has_begun.load(); }));
    for (std::size_t i = 0; i < Workshop::waiting_max; ++i)
        CHECK(workshop.begin(ada, wait));
    CHECK_FALSE(workshop.begin(bob, wait));
    may_end = true;
    CHECK(comes_true([&] { return workshop.begin(bob, wait); }));
}

TEST_CASE_FIXTURE(WorkshopTest, "a job that speaks to nobody does not keep the process from ending")
{
    REQUIRE(workshop.begin(ada, [](Customer& customer) {
        while (not customer.has_gone())
            customer.say(std::string(Workshop::unheard_bytes_max, 'x'));
    }));
    CHECK(hear().size() == Workshop::unheard_bytes_max);
}

TEST_SUITE_END();
