#include "server/scribe_thread.hpp"

#include "core/scribe.hpp"
#include "net/loop.hpp"
#include "store/memory_store.hpp"

#include <doctest/doctest.h>

namespace duet {

namespace {

struct ScribeThreadTest {
    static Draft invitation(unsigned i)
    {
        return InviteDraft {
            {}, "secret " + std::to_string(i), Invitation::For::person, PersonId {}, {}, Time {}};
    }

    /// Turns the loop, as a server does, until so many outcomes are there.
    std::vector<Outcome> wait_for(std::size_t count)
    {
        std::vector<Outcome> all;
        while (all.size() < count) {
            loop->turn(); // it is woken
            for (Outcome& outcome : scribe.finished())
                all.push_back(std::move(outcome));
        }
        return all;
    }

    std::unique_ptr<Loop> loop = Loop::create().value();
    MemoryStore store;
    ScribeThread scribe {store, *loop};
};

} // namespace

TEST_CASE_FIXTURE(ScribeThreadTest, "what is drafted comes back in order, and wakes the loop")
{
    constexpr unsigned count = 300;
    for (unsigned i = 0; i < count; i += 3)
        scribe.take({invitation(i), invitation(i + 1), invitation(i + 2)});
    auto const outcomes = wait_for(count);
    REQUIRE(outcomes.size() == count);
    for (unsigned i = 0; i < count; ++i)
        CHECK(std::get<Invited>(outcomes[i]).secret == "secret " + std::to_string(i));
    CHECK(scribe.is_idle());
    CHECK(store.invitation(hash_of_secret("secret 299")).has_value());
}

TEST_CASE_FIXTURE(ScribeThreadTest, "it is not idle before its outcomes were fetched")
{
    CHECK(scribe.is_idle());
    scribe.take({invitation(1)});
    CHECK_FALSE(scribe.is_idle());
    wait_for(1);
    CHECK(scribe.is_idle());
    CHECK_FALSE(scribe.is_behind());
}

TEST_CASE_FIXTURE(ScribeThreadTest, "nothing to draft is nothing to do")
{
    scribe.take({});
    CHECK(scribe.is_idle());
    CHECK(scribe.finished().empty());
}

} // namespace duet
