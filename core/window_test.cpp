#include "core/window.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

using namespace duet;

namespace {

struct WindowTest {
    Window window;

    void add(std::uint64_t feed, std::size_t bytes)
    {
        window.add({Feed {feed}, Pair::of(PersonId {1}, PersonId {2}), Seq {feed}, bytes, false});
    }

    /// The feed numbers that this confirms.
    std::vector<std::uint64_t> confirm(std::uint64_t feed)
    {
        std::vector<std::uint64_t> confirmed;
        for (Window::Item const& item : window.confirm(Feed {feed}))
            confirmed.push_back(number(item.feed));
        return confirmed;
    }
};

using Feeds = std::vector<std::uint64_t>;

} // namespace

TEST_SUITE_BEGIN("window");

TEST_CASE_FIXTURE(WindowTest, "an empty window has room for anything")
{
    CHECK(window.room() == limits::window_bytes_max);
    CHECK(window.has_room_for(1));
    CHECK(window.has_room_for(limits::window_bytes_max));
    CHECK(window.has_room_for(limits::window_bytes_max + 1));
}

TEST_CASE_FIXTURE(WindowTest, "it is full at its last byte, and not before")
{
    add(1, 1000);
    CHECK(window.room() == limits::window_bytes_max - 1000);
    CHECK(window.has_room_for(limits::window_bytes_max - 1000));
    CHECK_FALSE(window.has_room_for(limits::window_bytes_max - 999));
    add(2, limits::window_bytes_max - 1000);
    CHECK(window.room() == 0);
    CHECK_FALSE(window.has_room_for(1));
}

TEST_CASE_FIXTURE(WindowTest, "one entry alone fits, however long it is, and nothing beside it")
{
    add(1, 10 * limits::window_bytes_max);
    CHECK(window.room() == 0);
    CHECK_FALSE(window.has_room_for(1));
    CHECK(confirm(1) == Feeds {1});
    CHECK(window.room() == limits::window_bytes_max);
}

TEST_CASE_FIXTURE(WindowTest, "what is confirmed comes out, in order, and makes room")
{
    for (std::uint64_t feed = 41; feed <= 45; ++feed)
        add(feed, 100 * feed);
    CHECK(confirm(40).empty());
    CHECK(confirm(42) == Feeds {41, 42});
    CHECK(window.room() == limits::window_bytes_max - 100 * (43 + 44 + 45));
    CHECK(confirm(42).empty());
    CHECK(confirm(45) == Feeds {43, 44, 45});
    CHECK(window.room() == limits::window_bytes_max);
    CHECK(confirm(45).empty());
}

TEST_CASE_FIXTURE(WindowTest, "more may be confirmed than is in it")
{
    add(1, 10);
    CHECK(confirm(1'000'000) == Feeds {1});
    CHECK(confirm(1'000'000).empty());
}

TEST_CASE_FIXTURE(WindowTest, "adding and confirming by turns keeps the count, at any distance")
{
    for (std::uint64_t distance = 1; distance <= 70; ++distance) {
        window = {};
        for (std::uint64_t feed = 1; feed <= 300; ++feed) {
            add(feed, 100);
            if (feed >= distance)
                CHECK(confirm(feed - distance + 1) == Feeds {feed - distance + 1});
        }
        CHECK(window.room() == limits::window_bytes_max - 100 * (distance - 1));
        CHECK(confirm(300).size() == distance - 1);
        CHECK(window.room() == limits::window_bytes_max);
    }
}

TEST_CASE_FIXTURE(WindowTest, "an item comes out as it went in")
{
    Pair const pair = Pair::of(PersonId {9}, PersonId {4});
    window.add({Feed {7}, pair, Seq {3}, 50, true});
    auto const confirmed = window.confirm(Feed {7});
    REQUIRE(confirmed.size() == 1);
    CHECK(confirmed.front().pair == pair);
    CHECK(confirmed.front().seq == Seq {3});
    CHECK(confirmed.front().bytes == 50);
    CHECK(confirmed.front().is_own);
}

TEST_SUITE_END();
