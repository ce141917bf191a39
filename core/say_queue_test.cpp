#include "core/say_queue.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace duet {

namespace {

/// Texts 1 to `count`, none of which has a number yet.
SayQueue queue_of(unsigned count)
{
    SayQueue queue;
    for (unsigned id = 1; id <= count; ++id)
        queue.keep({SayId {id}, "bob", Kind::text, "text", N {}});
    return queue;
}

std::vector<unsigned> ids(SayQueue const& queue)
{
    std::vector<unsigned> ids;
    for (OwnSay const& say : queue)
        ids.push_back(static_cast<unsigned>(say.id));
    return ids;
}

} // namespace

TEST_CASE("texts with a number come first, in its order, and the rest as they were written")
{
    SayQueue queue = queue_of(4);
    queue.number(SayId {3}, N {8});
    queue.number(SayId {2}, N {7});
    CHECK(ids(queue) == std::vector {2U, 3U, 1U, 4U});
}

TEST_CASE("a text that is to be numbered anew stands again where it was written")
{
    SayQueue queue = queue_of(4);
    queue.number(SayId {1}, N {1});
    queue.number(SayId {2}, N {2});
    queue.number(SayId {1}, N {});
    CHECK(ids(queue) == std::vector {2U, 1U, 3U, 4U});
    CHECK(queue.find(N {1}) == nullptr);
}

TEST_CASE("a text is found by its number, and the next to be sent behind it")
{
    SayQueue queue = queue_of(3);
    queue.number(SayId {1}, N {5});
    queue.number(SayId {2}, N {6});
    CHECK(queue.find(N {6})->id == SayId {2});
    CHECK(queue.find(N {}) == nullptr);
    CHECK(queue.first_above(N {})->id == SayId {1});
    CHECK(queue.first_above(N {5})->id == SayId {2});
    CHECK(queue.first_above(N {6})->id == SayId {3});
    queue.settle(SayId {3});
    CHECK(queue.first_above(N {6}) == nullptr);
}

TEST_CASE("what is settled is gone, and what was never there does no harm")
{
    SayQueue queue = queue_of(3);
    queue.number(SayId {1}, N {1});
    for (unsigned const id : {1U, 3U, 80U})
        queue.settle(SayId {id});
    queue.number(SayId {80}, N {2});
    CHECK(ids(queue) == std::vector {2U});
}

TEST_CASE("what was said before and waits again stands before what was written later")
{
    SayQueue queue;
    queue.keep({SayId {5}, "bob", Kind::text, "later", N {}});
    queue.keep({SayId {2}, "bob", Kind::text, "earlier", N {}});
    CHECK(ids(queue) == std::vector {2U, 5U});
}

} // namespace duet
