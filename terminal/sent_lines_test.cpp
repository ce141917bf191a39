#include "terminal/sent_lines.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("sent_lines");

namespace {

using Texts = std::vector<std::string>;

class SentLinesTest {
public:
    /// Adds the lines "from" to "to", each of which takes ten bytes of the connection.
    void add(std::uint64_t from, std::uint64_t to)
    {
        for (std::uint64_t i = from; i <= to; ++i)
            lines.add(std::to_string(i), i * 10);
    }

    static Texts texts(std::uint64_t from, std::uint64_t to)
    {
        Texts all;
        for (std::uint64_t i = from; i <= to; ++i)
            all.push_back(std::to_string(i));
        return all;
    }

    SentLines lines;
};

constexpr std::uint64_t most = limits::reported_lines_max;

} // namespace

TEST_CASE_FIXTURE(SentLinesTest, "at first there is nothing")
{
    CHECK_FALSE(lines.has_any());
    CHECK(lines.since_heard().count == 0);
    CHECK(lines.since_heard().newest.empty());
    CHECK(lines.beyond(0).count == 0);
}

TEST_CASE_FIXTURE(SentLinesTest, "what was sent since the other side was heard is known")
{
    add(1, 2);
    CHECK(lines.has_any());
    CHECK(lines.since_heard().newest == texts(1, 2));
    lines.heard();
    CHECK(lines.since_heard().count == 0);
    add(3, 5);
    CHECK(lines.since_heard().count == 3);
    CHECK(lines.since_heard().newest == texts(3, 5));
    CHECK(lines.has_any());
}

TEST_CASE_FIXTURE(SentLinesTest, "what is not wholly within the first bytes is known")
{
    add(1, 5);
    CHECK(lines.beyond(0).newest == texts(1, 5));
    CHECK(lines.beyond(9).newest == texts(1, 5));
    CHECK(lines.beyond(10).newest == texts(2, 5));
    CHECK(lines.beyond(49).newest == texts(5, 5));
    CHECK(lines.beyond(49).count == 1);
    CHECK(lines.beyond(50).count == 0);
    CHECK(lines.beyond(1000).newest.empty());
}

TEST_CASE_FIXTURE(SentLinesTest, "hearing the other side changes nothing of what has arrived")
{
    add(1, 3);
    lines.heard();
    CHECK(lines.beyond(10).newest == texts(2, 3));
}

TEST_CASE_FIXTURE(
    SentLinesTest, "of very many since the other was heard, all are counted and the newest kept")
{
    add(1, most + 50);
    CHECK(lines.since_heard().count == most + 50);
    CHECK(lines.since_heard().newest == texts(51, most + 50));
}

TEST_CASE_FIXTURE(
    SentLinesTest, "of very many that have not arrived, those that are known are counted")
{
    add(1, most + 50);
    CHECK(lines.beyond(0).count == most);
    CHECK(lines.beyond(0).newest == texts(51, most + 50));
    CHECK(lines.beyond((most + 48) * 10).newest == texts(most + 49, most + 50));
}

TEST_CASE_FIXTURE(SentLinesTest, "exactly as many as are kept are all known")
{
    add(1, 3);
    lines.heard();
    add(4, 3 + most);
    CHECK(lines.since_heard().count == most);
    CHECK(lines.since_heard().newest == texts(4, 3 + most));
}

TEST_SUITE_END();
