#include "server/retention.hpp"

#include "base/limits.hpp"
#include "store/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace duet;

namespace duet {

// For what doctest says.
static doctest::String toString(std::vector<Gone> const& steps)
{
    std::string text;
    for (Gone const& step : steps)
        text += std::to_string(number(step.first)) + "-" + std::to_string(number(step.last)) + " ";
    return text.c_str();
}

} // namespace duet

namespace {

using std::chrono::days;

class RetentionTest {
public:
    static constexpr PersonId ada {1}, bob {2};
    static constexpr Pair pair {ada, bob};

    RetentionTest()
    {
        append(PersonAdded {ada, "ada", "Ada", on(0)});
        append(PersonAdded {bob, "bob", "Bob", on(0)});
        append(ContactMade {pair, on(0)});
    }

    static Time on(int day) { return Time(days(day)); }

    void append(Record const& record) { REQUIRE(store.append({&record, 1}).has_value()); }

    void says(std::string text, int day)
    {
        Seq const seq = next(store.last_seq(pair));
        append(Entry {pair, seq, ada, DeviceId {1}, N {number(seq)}, Feed {number(seq)},
            Feed {number(seq)}, on(day), Kind::text, {}, std::move(text)});
    }

    /// "1-2 3-3 "
    static std::string in_words(std::vector<Gone> const& steps) { return toString(steps).c_str(); }

    std::string goes(RetentionRule rule, int day)
    {
        return in_words(Retention(rule).look(store, pair, on(day)));
    }

    MemoryStore store;
};

} // namespace

TEST_SUITE_BEGIN("retention");

TEST_CASE_FIXTURE(RetentionTest, "without a rule nothing goes")
{
    CHECK_FALSE(RetentionRule {}.is_on());
    says("old", 1);
    CHECK(goes({}, 1000).empty());
}

TEST_CASE_FIXTURE(RetentionTest, "by age, what is older goes, up to the first that is not")
{
    CHECK(goes({.age = days(10)}, 100).empty());
    says("one", 1);
    says("two", 2);
    says("by a clock that was wrong", 90);
    says("three", 3);
    CHECK(goes({.age = days(10)}, 5).empty());
    CHECK(goes({.age = days(10)}, 12) == "1-1 "); // the second is as old as may be
    CHECK(goes({.age = days(10)}, 50) == "1-2 ");
    CHECK(goes({.age = days(10)}, 101) == "1-4 ");
}

TEST_CASE_FIXTURE(RetentionTest, "by size, the oldest go until the rest fits")
{
    says("12345", 1);
    says("12345", 2);
    says("12345", 3);
    CHECK(goes({.bytes_max = 15}, 4).empty());
    CHECK(goes({.bytes_max = 14}, 4) == "1-1 ");
    CHECK(goes({.bytes_max = 10}, 4) == "1-1 ");
    CHECK(goes({.bytes_max = 9}, 4) == "1-2 ");
    CHECK(goes({.bytes_max = 1}, 4) == "1-3 ");
    CHECK(goes({.age = days(1), .bytes_max = 14}, 4) == "1-2 ");
}

TEST_CASE_FIXTURE(RetentionTest, "what has gone is not asked for again, and what has not is")
{
    Retention retention({.age = days(10)});
    for (int day = 1; day <= 5; ++day)
        says("text", day);
    CHECK(in_words(retention.look(store, pair, on(13))) == "1-2 ");
    CHECK(in_words(retention.look(store, pair, on(13))) == "1-2 "); // the disk was full
    for (Gone const& step : retention.look(store, pair, on(13)))
        append(step);
    CHECK(in_words(retention.look(store, pair, on(13))).empty());
    CHECK(in_words(retention.look(store, pair, on(14))) == "3-3 ");
    CHECK(store.person(ada)->stored_bytes == 12);
}

TEST_CASE_FIXTURE(RetentionTest, "much goes in small steps")
{
    for (std::uint64_t i = 0; i <= Retention::step_entries_max; ++i)
        says("text", 1);
    CHECK(goes({.age = days(1)}, 100) == "1-4096 4097-4097 ");
}

TEST_SUITE_END();
