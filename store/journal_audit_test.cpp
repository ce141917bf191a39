#include "store/journal_audit.hpp"

#include "store/journal_store.hpp"
#include "store/memory_index.hpp"
#include "store/memory_store.hpp"
#include "store/simulated_disk.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace duet;

namespace {

class JournalAuditTest {
public:
    static constexpr PersonId ada {1}, bob {2};
    static constexpr Pair pair {ada, bob};
    static constexpr Time now {std::chrono::milliseconds(1000)};

    JournalAuditTest()
    {
        auto opened = JournalStore::open(disk, index, {.salt = 1, .segment_bytes = 4096});
        REQUIRE(opened.has_value());
        store = std::move(*opened);
        append({EpochBegun {Epoch {std::byte {1}}, now}});
        append({PersonAdded {ada, "ada", "Ada", now}, PersonAdded {bob, "bob", "Bob", now},
            DeviceAdded {DeviceId {1}, ada, std::nullopt, "telephone", {}, now},
            ContactMade {pair, now}});
        for (unsigned n = 1; n <= 100; ++n)
            append({Entry {pair, Seq {n}, ada, DeviceId {1}, N {n}, Feed {n}, Feed {n}, now,
                Kind::text, {}, "are you there?"}});
        append({Refusal {DeviceId {1}, N {101}, Error::not_connected, {}, now},
            Mark {pair, bob, Seq {5}, Seq {4}, Feed {5}, Feed {5}},
            Gone {pair, Seq {1}, Seq {2}, now}, DeviceRevoked {DeviceId {1}, now}});
    }

    void append(std::vector<Record> const& records) { REQUIRE(store->append(records).has_value()); }

    JournalResult<JournalCounts> counts(Store& against)
    {
        faults.clear();
        AuditEars ears;
        ears.fault = [&](std::string_view words) { faults.emplace_back(words); };
        return audit_journal(disk, BatchNumber {store->position()}, against, ears);
    }

    SimulatedDisk disk {1};
    MemoryIndex index;
    std::unique_ptr<JournalStore> store;
    std::vector<std::string> faults;
};

} // namespace

TEST_SUITE_BEGIN("journal_audit");

TEST_CASE_FIXTURE(JournalAuditTest, "a journal and its store say the same")
{
    auto const counted = counts(*store);
    REQUIRE(counted.has_value());
    CHECK(counted->records == 109);
    CHECK(counted->segments > 1);
    CHECK(faults.empty());

    REQUIRE(store->bring_up_index() == JournalStore::Upkeep::done);
    REQUIRE(counts(*store).has_value());
    CHECK(faults.empty());
}

TEST_CASE_FIXTURE(JournalAuditTest, "what a store has forgotten is found")
{
    MemoryStore forgetful;
    REQUIRE(counts(forgetful).has_value());
    CHECK(faults.size() == 108); // all but Gone, of which a store need not say anything
}

TEST_SUITE_END();
