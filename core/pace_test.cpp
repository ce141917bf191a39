#include "core/pace.hpp"

#include <doctest/doctest.h>

using namespace duet;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("pace");

namespace {

struct PaceTest {
    PaceRule rule {60, 10};
    Paces paces;
    MonotonicTime now {1h};

    /// How many of so many are in time.
    int allowed(unsigned device, int tries)
    {
        int count = 0;
        for (int i = 0; i < tries; ++i)
            count += paces.allow(DeviceId {device}, rule, now) ? 1 : 0;
        return count;
    }
};

} // namespace

TEST_CASE_FIXTURE(PaceTest, "a device may be fast for a moment, and then keeps its pace")
{
    CHECK(allowed(1, 100) == 60);
    CHECK(allowed(1, 100) == 0);
    now += 1s;
    CHECK(allowed(1, 100) == 10);
    now += 1h;
    CHECK(allowed(1, 100) == 60);
}

TEST_CASE_FIXTURE(PaceTest, "each device has a pace of its own, however many there are")
{
    for (unsigned device = 1; device <= 5000; ++device)
        CHECK(allowed(device, 61) == 60);
    for (unsigned device = 1; device <= 5000; ++device)
        CHECK(allowed(device, 1) == 0);
}

TEST_CASE_FIXTURE(PaceTest, "without a burst there is no pace")
{
    rule = {};
    CHECK(allowed(1, 1000) == 1000);
}

TEST_SUITE_END();
