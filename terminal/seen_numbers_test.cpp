#include "terminal/seen_numbers.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("seen_numbers");

TEST_CASE("what follows what was seen was seen, too")
{
    SeenNumbers seen;
    seen.note_seen_before(7);
    seen.note(8);
    seen.note(9);
    seen.note(3);
    CHECK(seen.to() == 9);
    CHECK_FALSE(seen.has_gap());
}

TEST_CASE("what stands behind a gap does not count until the gap is closed")
{
    SeenNumbers seen;
    seen.note(1);
    seen.note(5);
    seen.note(6);
    CHECK(seen.to() == 1);
    CHECK(seen.has_gap());
    CHECK(seen.later_first() == 5);
    seen.note_seen_before(4);
    CHECK(seen.to() == 6);
    CHECK_FALSE(seen.has_gap());
}

TEST_CASE("of several gaps the last one must be closed")
{
    SeenNumbers seen;
    seen.note(3);
    seen.note(6);
    seen.note_seen_before(2);
    CHECK(seen.to() == 2);
    seen.note_seen_before(5);
    CHECK(seen.to() == 6);
}

TEST_SUITE_END();
