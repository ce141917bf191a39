#include "terminal/typed_lines.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("typed_lines");

TEST_CASE("a line stays until it is taken, and no number is given twice")
{
    TypedLines lines;
    CHECK(lines.add("one").first == 1);
    CHECK(lines.add("two").first == 2);
    lines.took(1);
    REQUIRE(lines.not_taken().size() == 1);
    CHECK(lines.not_taken().front().second == "two");
    lines.took(2);
    CHECK(lines.not_taken().empty());
    CHECK(lines.add("three").first == 3);
    lines.took(2);
    CHECK(lines.not_taken().size() == 1);
}

TEST_SUITE_END();
