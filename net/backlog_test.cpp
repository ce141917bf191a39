#include "net/backlog.hpp"

#include <doctest/doctest.h>
#include <malloc.h>

#include <random>

using namespace duet;

TEST_SUITE_BEGIN("backlog");

TEST_CASE("bytes leave in the order in which they came, in whatever pieces")
{
    Backlog backlog;
    CHECK(backlog.empty());
    backlog.append(as_bytes("one "));
    backlog.append(as_bytes("two"));
    CHECK(as_text(backlog.front()) == "one two");
    backlog.drop(2);
    CHECK(as_text(backlog.front()) == "e two");
    CHECK(backlog.size() == 5);
    backlog.drop(5);
    CHECK(backlog.empty());
    backlog.append(as_bytes("three"));
    CHECK(as_text(backlog.front()) == "three");
}

TEST_CASE("whatever comes and leaves, it holds what a string would")
{
    std::mt19937 random(8000); // NOLINT: the same numbers each time
    Backlog backlog;
    std::string model;
    for (int i = 0; i < 20'000; ++i) {
        std::string const more(random() % 200, static_cast<char>('a' + random() % 26));
        backlog.append(as_bytes(more));
        model += more;
        // Now and then everything leaves, and often nothing.
        std::size_t const leaving =
            random() % 16 == 0 ? model.size() : std::min<std::size_t>(model.size(), random() % 250);
        backlog.drop(leaving);
        model.erase(0, leaving);
        REQUIRE(backlog.size() == model.size());
        REQUIRE(backlog.empty() == model.empty());
        REQUIRE(as_text(backlog.front()) == model);
    }
}

TEST_CASE("empty, it owns no memory")
{
    auto const in_use = [] {
        auto const info = ::mallinfo2(); // nothing at all under a sanitizer
        return info.uordblks + info.hblkhd;
    };
    std::string const much(1 << 20, 'x');
    Backlog backlog;
    auto const before = in_use();
    backlog.append(as_bytes(much));
    backlog.drop(much.size());
    auto const after = in_use();
    CHECK(after <= before);
}

TEST_SUITE_END();
