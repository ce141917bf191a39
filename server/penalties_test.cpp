#include "server/penalties.hpp"

#include "net/endpoint.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace duet;
using namespace std::chrono_literals;

namespace {

Source source(int number)
{
    auto const endpoint = "192.0.2." + std::to_string(number) + ":1";
    return Source::of(resolve(*Endpoint::parse(endpoint), Purpose::call)->front());
}

class PenaltiesTest {
public:
    void fail(int number, int times)
    {
        for (int i = 0; i < times; ++i)
            penalties.add(source(number), Offence::failed_proof, now);
    }

    [[nodiscard]] bool is_penalised(int number) const
    {
        return penalties.is_penalised(source(number), now);
    }

    Penalties penalties {
        {.failed_proof = 5s, .broke_protocol = 1s, .least = 15s, .most = 60s, .sources_max = 3}};
    MonotonicTime now {};
};

} // namespace

TEST_SUITE_BEGIN("penalties");

TEST_CASE_FIXTURE(PenaltiesTest, "offences add up, and time takes them away again")
{
    fail(1, 2);
    CHECK_FALSE(is_penalised(1));
    fail(1, 1);
    CHECK(is_penalised(1));
    CHECK_FALSE(is_penalised(2));
    now += 1ms;
    CHECK_FALSE(is_penalised(1));
    fail(1, 1);
    CHECK(is_penalised(1));
    now += 1min;
    CHECK(penalties.count(now) == 0);
}

TEST_CASE_FIXTURE(PenaltiesTest, "some offences weigh less")
{
    for (int i = 0; i < 14; ++i)
        penalties.add(source(1), Offence::broke_protocol, now);
    CHECK_FALSE(is_penalised(1));
    penalties.add(source(1), Offence::broke_protocol, now);
    CHECK(is_penalised(1));
}

TEST_CASE_FIXTURE(PenaltiesTest, "nobody bears more than the most")
{
    fail(1, 1000);
    now += 45s;
    CHECK(is_penalised(1));
    now += 1ms;
    CHECK_FALSE(is_penalised(1));
}

TEST_CASE_FIXTURE(PenaltiesTest, "a full table forgets who has least to bear")
{
    fail(1, 6);
    fail(2, 4);
    fail(3, 3);
    fail(4, 3);
    CHECK(penalties.count(now) == 3);
    CHECK(is_penalised(1));
    CHECK(is_penalised(2));
    CHECK_FALSE(is_penalised(3));
    CHECK(is_penalised(4));
}

TEST_CASE_FIXTURE(PenaltiesTest, "this machine is never penalised")
{
    for (int i = 0; i < 100; ++i)
        penalties.add(Source(), Offence::failed_proof, now);
    CHECK_FALSE(penalties.is_penalised(Source(), now));
    CHECK(penalties.count(now) == 0);
}

TEST_SUITE_END();
