#include "core/intervals.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <set>

using namespace duet;

namespace {

struct IntervalsTest {
    Intervals intervals;

    void add(std::uint64_t first, std::uint64_t last)
    {
        intervals.add(Interval {Seq {first}, Seq {last}});
    }

    [[nodiscard]] std::map<Seq, Seq> all() const { return intervals.all(); }

    [[nodiscard]] std::optional<Interval> hole(std::uint64_t last) const
    {
        return intervals.newest_hole(Seq {last});
    }
};

std::map<Seq, Seq> of(std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> pairs)
{
    std::map<Seq, Seq> all;
    for (auto const& [first, last] : pairs)
        all.emplace(Seq {first}, Seq {last});
    return all;
}

Interval between(std::uint64_t first, std::uint64_t last)
{
    return {Seq {first}, Seq {last}};
}

/// The same, kept as a set of numbers.
struct Numbers {
    std::set<std::uint64_t> numbers;

    [[nodiscard]] std::optional<Interval> newest_hole(std::uint64_t last) const
    {
        while (last > 0 and numbers.contains(last))
            --last;
        if (last == 0)
            return std::nullopt;
        std::uint64_t first = last;
        while (first > 1 and not numbers.contains(first - 1))
            --first;
        return between(first, last);
    }

    [[nodiscard]] std::map<Seq, Seq> all() const
    {
        std::map<Seq, Seq> all;
        for (std::uint64_t const number : numbers) {
            if (all.empty() or next(all.rbegin()->second) != Seq {number})
                all.emplace(Seq {number}, Seq {number});
            else
                all.rbegin()->second = Seq {number};
        }
        return all;
    }
};

} // namespace

TEST_SUITE_BEGIN("intervals");

TEST_CASE_FIXTURE(IntervalsTest, "where nothing is, all is one hole; and below 1 there is none")
{
    CHECK(all().empty());
    CHECK_FALSE(intervals.has(Seq {1}));
    CHECK(hole(10) == between(1, 10));
    CHECK(hole(1) == between(1, 1));
    CHECK_FALSE(hole(0).has_value());
}

TEST_CASE_FIXTURE(IntervalsTest, "a million entries in order are one interval")
{
    for (std::uint64_t seq = 1; seq <= 1'000'000; ++seq)
        intervals.add(Seq {seq});
    CHECK(all() == of({{1, 1'000'000}}));
    CHECK_FALSE(hole(1'000'000).has_value());
    CHECK(hole(1'000'001) == between(1'000'001, 1'000'001));
}

TEST_CASE_FIXTURE(
    IntervalsTest, "what touches becomes one, from either side, and what does not stays apart")
{
    add(10, 20);
    add(21, 30);
    CHECK(all() == of({{10, 30}}));
    add(5, 9);
    CHECK(all() == of({{5, 30}}));
    add(1, 3);
    CHECK(all() == of({{1, 3}, {5, 30}}));
    add(32, 32);
    CHECK(all() == of({{1, 3}, {5, 30}, {32, 32}}));
    add(4, 4);
    CHECK(all() == of({{1, 30}, {32, 32}}));
}

TEST_CASE_FIXTURE(
    IntervalsTest, "what overlaps becomes one, and what is there already changes nothing")
{
    add(10, 20);
    add(12, 15);
    add(10, 20);
    CHECK(all() == of({{10, 20}}));
    add(15, 25);
    CHECK(all() == of({{10, 25}}));
    add(5, 12);
    CHECK(all() == of({{5, 25}}));
    add(1, 30);
    CHECK(all() == of({{1, 30}}));
}

TEST_CASE_FIXTURE(IntervalsTest, "one interval may take many others in")
{
    for (std::uint64_t seq = 2; seq <= 40; seq += 4)
        add(seq, seq + 1);
    add(9, 32);
    CHECK(all() == of({{2, 3}, {6, 7}, {9, 32}, {34, 35}, {38, 39}}));
    add(3, 38);
    CHECK(all() == of({{2, 39}}));
}

TEST_CASE_FIXTURE(IntervalsTest, "it knows the ends of what it has")
{
    add(5, 7);
    CHECK_FALSE(intervals.has(Seq {4}));
    CHECK(intervals.has(Seq {5}));
    CHECK(intervals.has(Seq {7}));
    CHECK_FALSE(intervals.has(Seq {8}));
}

TEST_CASE_FIXTURE(IntervalsTest, "the newest hole is the one nearest to the end")
{
    add(3, 4);
    add(8, 9);
    CHECK(hole(12) == between(10, 12));
    CHECK(hole(9) == between(5, 7));
    CHECK(hole(8) == between(5, 7));
    CHECK(hole(6) == between(5, 6));
    CHECK(hole(4) == between(1, 2));
    add(1, 2);
    CHECK(hole(9) == between(5, 7));
    CHECK_FALSE(hole(4).has_value());
}

TEST_CASE("in any order of adding it says what a set of numbers says")
{
    std::mt19937 dice(8000);
    auto const up_to = [&dice](std::uint64_t most) { return dice() % most + 1; };
    for (int round = 0; round < 300; ++round) {
        Intervals intervals;
        Numbers numbers;
        for (int i = 0; i < 25; ++i) {
            std::uint64_t const first = up_to(60);
            std::uint64_t const last = first + up_to(6) - 1;
            intervals.add(between(first, last));
            for (std::uint64_t seq = first; seq <= last; ++seq)
                numbers.numbers.insert(seq);
            REQUIRE(intervals.all() == numbers.all());
            for (std::uint64_t seq = 0; seq <= 70; ++seq) {
                REQUIRE(intervals.has(Seq {seq}) == numbers.numbers.contains(seq));
                REQUIRE(intervals.newest_hole(Seq {seq}) == numbers.newest_hole(seq));
            }
        }
    }
}

TEST_SUITE_END();
