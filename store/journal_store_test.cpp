#include "store/journal_store.hpp"

#include "store/memory_index.hpp"
#include "store/posix_disk.hpp"
#include "store/record_codec.hpp"
#include "store/scratch_directory.hpp"
#include "store/simulated_disk.hpp"
#include "store/sqlite_index.hpp"
#include "store/store_keeper.hpp"
#include "store/store_suite.hpp"

#include <atomic>
#include <cerrno>
#include <functional>
#include <optional>
#include <thread>

using namespace duet;

namespace {

using Upkeep = JournalStore::Upkeep;
using Test = StoreTest<MemoryStore>; // for its names

constexpr std::uint64_t small_segment_bytes = 1024 * 1024;

std::unique_ptr<PosixDisk> disk_at(std::string path)
{
    auto disk = PosixDisk::open_directory(std::move(path));
    REQUIRE(disk.has_value());
    return std::move(*disk);
}

/// A store on the real disk, in a directory of its own.
class OnDisk {
public:
    OnDisk() { open(); }

    JournalStore& store() { return *store_; }
    SqliteIndex& index() { return *index_; }

    void open()
    {
        disk_ = disk_at(directory_.file("journal"));
        auto index = SqliteIndex::open(directory_.file("index"));
        REQUIRE(index.has_value());
        index_ = std::move(*index);
        auto store = JournalStore::open(
            *disk_, *index_, {.salt = ++salt_, .segment_bytes = small_segment_bytes});
        REQUIRE_MESSAGE(store.has_value(), (store.has_value() ? "" : store.error().text()));
        store_ = std::move(*store);
    }

    void reopen()
    {
        store_.reset();
        index_.reset();
        disk_.reset();
        open();
    }

    [[nodiscard]] std::string directory() const { return directory_.path(); }

    [[nodiscard]] std::size_t segments() const
    {
        std::size_t segments = 0;
        auto const names = disk_->names();
        for (auto const& name : names.value())
            segments += name.starts_with("segment-") ? 1u : 0u;
        return segments;
    }

private:
    ScratchDirectory directory_;
    std::uint64_t salt_ = 0;
    std::unique_ptr<PosixDisk> disk_;
    std::unique_ptr<SqliteIndex> index_;
    std::unique_ptr<JournalStore> store_;
};

struct NothingIndexed : OnDisk {
    void settle() { }
};

struct EverythingIndexed : OnDisk {
    void settle() { CHECK(store().bring_up_index() == Upkeep::done); }
};

struct Reopened : OnDisk {
    void settle() { reopen(); }
};

struct HalfIndexedAndReopened : OnDisk {
    unsigned batches = 0;

    void settle()
    {
        ++batches;
        if (batches % 3 == 0)
            store().bring_up_index();
        if (batches % 4 == 0)
            reopen();
    }
};

/// The i-th of what Ada says to Bob.
Record said(std::uint64_t i, std::size_t bytes)
{
    return Entry {Test::ada_and_bob, Seq {i}, Test::ada, Test::ada_phone, N {i}, Feed {i}, Feed {i},
        Test::at(1), Kind::text, BodyHash {}, std::string(bytes, 'x')};
}

Result<void> append(Store& store, Record const& record)
{
    return store.append(std::span(&record, 1));
}

} // namespace

TEST_SUITE_BEGIN("journal_store");

TEST_CASE_TEMPLATE_INVOKE(
    store_suite, NothingIndexed, EverythingIndexed, Reopened, HalfIndexedAndReopened);

TEST_CASE("a store that was never closed is all there, however far the index had got")
{
    OnDisk given;
    for (unsigned i = 1; i <= 20; ++i) {
        REQUIRE(append(given.store(), said(i, 100)).has_value());
        if (i == 10)
            CHECK(given.store().bring_up_index() == Upkeep::done);
    }
    ScratchDirectory const copy;
    std::filesystem::copy(given.directory(), copy.path(), std::filesystem::copy_options::recursive);

    auto const disk = disk_at(copy.file("journal"));
    auto index = SqliteIndex::open(copy.file("index"));
    REQUIRE(index.has_value());
    CHECK((*index)->position() == 10);
    auto const store =
        JournalStore::open(*disk, **index, {.salt = 9, .segment_bytes = small_segment_bytes});
    REQUIRE(store.has_value());
    check_same(**store, given.store(), 3);
    CHECK((*store)->last_feed(Test::bob) == Feed {20});
    CHECK((*store)->bring_up_index() == Upkeep::done);
    CHECK((*index)->position() == 20);
}

TEST_CASE("segments stay until the index has all that is in them")
{
    OnDisk given;
    std::uint64_t i = 0;
    while (given.segments() < 4)
        REQUIRE(append(given.store(), said(++i, 16 * 1024)).has_value());
    CHECK(given.index().position() == 0);
    CHECK(given.store().bring_up_index() == Upkeep::done);
    CHECK(given.index().position() == i);
    CHECK(given.segments() == 1);
    CHECK(given.store().bring_up_index() == Upkeep::nothing_to_do);
    CHECK(given.store().last_feed(Test::bob) == Feed {i});
}

TEST_CASE("what comes while the index follows is not removed with what it followed")
{
    struct SlowIndex : MemoryIndex {
        std::function<void()> meanwhile;

        Result<void, IndexFault> follow(Tables const& newer, std::uint64_t position) override
        {
            meanwhile();
            return MemoryIndex::follow(newer, position);
        }
    };
    SimulatedDisk disk(1);
    SlowIndex index;
    std::uint64_t i = 0;
    {
        auto const opened =
            JournalStore::open(disk, index, {.salt = 1, .segment_bytes = small_segment_bytes});
        REQUIRE(opened.has_value());
        REQUIRE(append(**opened, said(++i, 1)).has_value());
        index.meanwhile = [&] {
            while (i < 300) // of 16 KiB each: several segments
                REQUIRE(append(**opened, said(++i, 16 * 1024)).has_value());
        };
        CHECK((*opened)->bring_up_index() == Upkeep::done);
        CHECK(index.position() == 1);
        CHECK((*opened)->last_feed(Test::bob) == Feed {i});
    }
    disk.restart_after_kill();
    auto const again =
        JournalStore::open(disk, index, {.salt = 2, .segment_bytes = small_segment_bytes});
    REQUIRE(again.has_value());
    CHECK((*again)->last_feed(Test::bob) == Feed {i});
    CHECK((*again)->log(Test::ada_and_bob, Seq {1}, Seq {i}, Test::all).size() == i);
}

TEST_CASE("the next segment is made ahead")
{
    OnDisk given;
    CHECK(given.store().make_ahead() == Upkeep::done);
    CHECK(given.store().make_ahead() == Upkeep::nothing_to_do);
}

TEST_CASE("while too much is not indexed nothing more is taken")
{
    SimulatedDisk disk(1);
    MemoryIndex index;
    auto const opened = JournalStore::open(disk, index,
        {.salt = 1, .segment_bytes = small_segment_bytes, .unindexed_bytes_max = 10'000});
    REQUIRE(opened.has_value());
    JournalStore& store = **opened;
    std::uint64_t i = 0;
    while (append(store, said(i + 1, 1000)).has_value())
        ++i;
    CHECK(i > 3);
    CHECK(i < 10);
    CHECK(append(store, said(i + 1, 1)) == fail(Error::store_full));
    CHECK(store.last_feed(Test::bob) == Feed {i});
    CHECK_FALSE(store.failure().has_value());

    CHECK(store.bring_up_index() == Upkeep::done);
    CHECK(append(store, said(i + 1, 1)).has_value());
    CHECK(store.last_feed(Test::bob) == Feed {i + 1});
}

TEST_CASE("a full disk refuses what does not fit, and takes it when there is room again")
{
    SimulatedDisk disk(1);
    MemoryIndex index;
    auto const opened =
        JournalStore::open(disk, index, {.salt = 1, .segment_bytes = small_segment_bytes});
    REQUIRE(opened.has_value());
    JournalStore& store = **opened;
    disk.set_capacity(3 * small_segment_bytes);
    std::uint64_t i = 0;
    while (append(store, said(i + 1, 10'000)).has_value())
        ++i;
    CHECK(append(store, said(i + 1, 10'000)) == fail(Error::store_full));
    CHECK(store.make_ahead() == Upkeep::no_space);
    CHECK_FALSE(store.failure().has_value());
    CHECK(store.last_feed(Test::bob) == Feed {i});

    disk.set_capacity(4 * small_segment_bytes);
    CHECK(append(store, said(i + 1, 10'000)).has_value());
    CHECK(store.last_feed(Test::bob) == Feed {i + 1});
}

TEST_CASE("a disk that fails ends the store, and nothing of what failed is visible")
{
    SimulatedDisk disk(1);
    MemoryIndex index;
    auto const opened =
        JournalStore::open(disk, index, {.salt = 1, .segment_bytes = small_segment_bytes});
    REQUIRE(opened.has_value());
    JournalStore& store = **opened;
    REQUIRE(append(store, said(1, 10)).has_value());
    disk.fail_after(1, EIO); // the write succeeds, the sync does not
    CHECK(append(store, said(2, 10)) == fail(Error::store_full));
    REQUIRE(store.failure().has_value());
    CHECK(store.failure()->find("sync") != std::string::npos);
    CHECK(append(store, said(2, 10)) == fail(Error::store_full));
    CHECK(store.bring_up_index() == Upkeep::failed);
    CHECK(store.make_ahead() == Upkeep::failed);
    CHECK(store.last_feed(Test::bob) == Feed {1});
}

TEST_CASE("records that this duet does not know stop the start")
{
    auto const words_of_start = [](JournalRecord const& record, JournalError::Kind kind) {
        SimulatedDisk disk(1);
        {
            auto const none = [](JournalBatch const&) { return JournalResult<void> {}; };
            auto const journal =
                Journal::open(disk, {BatchNumber {}, 1, small_segment_bytes}, none);
            REQUIRE(journal.has_value());
            REQUIRE((*journal)->append(std::span(&record, 1)).has_value());
        }
        MemoryIndex index;
        auto const store =
            JournalStore::open(disk, index, {.salt = 2, .segment_bytes = small_segment_bytes});
        REQUIRE_FALSE(store.has_value());
        CHECK(store.error().kind == kind);
        return store.error().words;
    };
    CHECK(words_of_start({200, {}}, JournalError::Kind::newer_format)
        == "batch 1 has a record of kind 200, which this duet does not know");
    CHECK(words_of_start({1, as_bytes("no entry")}, JournalError::Kind::damaged)
        == "batch 1 has a record of kind 1 that is none");
}

TEST_CASE("an index without its journal is refused")
{
    SimulatedDisk disk(1);
    MemoryIndex index;
    REQUIRE(index.follow(Tables {}, 7).has_value());
    auto const store =
        JournalStore::open(disk, index, {.salt = 1, .segment_bytes = small_segment_bytes});
    REQUIRE_FALSE(store.has_value());
    CHECK(store.error().kind == JournalError::Kind::damaged);
}

TEST_CASE("whenever the power goes, what was taken is there, and at most one batch more")
{
    for (unsigned seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        SimulatedDisk disk(seed);
        MemoryIndex index;
        MemoryStore taken;
        std::mt19937 random(seed);
        RandomRecords records(seed, taken);
        std::uint64_t batches = 0;
        for (int life = 1; life <= 4; ++life) {
            std::vector<Record> under_way;
            disk.crash_after(random() % 300);
            {
                auto const opened = JournalStore::open(
                    disk, index, {.salt = random(), .segment_bytes = small_segment_bytes / 16});
                while (opened.has_value() and not disk.has_crashed()) {
                    // One record to a batch: the next one's numbers follow from it.
                    Record record = records.next_record();
                    if (auto* refusal = std::get_if<Refusal>(&record))
                        refusal->n = next(taken.last_n(refusal->device));
                    under_way = {record};
                    if ((*opened)->append(under_way).has_value()) {
                        REQUIRE(taken.append(std::exchange(under_way, {})).has_value());
                        ++batches;
                    }
                    if (random() % 8 == 0)
                        (*opened)->bring_up_index();
                    if (random() % 8 == 0)
                        (*opened)->make_ahead();
                }
            }
            if (random() % 2 == 0)
                disk.restart_after_power_loss();
            else
                disk.restart_after_kill();

            auto const store = JournalStore::open(
                disk, index, {.salt = random(), .segment_bytes = small_segment_bytes / 16});
            REQUIRE_MESSAGE(store.has_value(), (store.has_value() ? "" : store.error().text()));
            // The batch that was under way may have arrived: then it counts.
            if (number((*store)->journal().last()) > batches) {
                REQUIRE_FALSE(under_way.empty());
                REQUIRE(taken.append(under_way).has_value());
                ++batches;
            }
            CHECK(number((*store)->journal().last()) == batches);
            check_same(**store, taken, RandomRecords::devices_max);
        }
    }
}

TEST_CASE("people talk in many threads while the keeper keeps order")
{
    OnDisk given;
    JournalStore& store = given.store();
    constexpr std::uint64_t batches = 400;
    std::atomic<bool> is_done = false;
    std::atomic<int> mistakes = 0;
    {
        StoreKeeper const keeper(store);
        std::vector<std::thread> readers;
        for (int i = 0; i < 2; ++i) {
            readers.emplace_back([&] {
                while (not is_done) {
                    std::uint64_t const head = number(store.last_feed(Test::bob));
                    std::uint64_t const from = head <= 50 ? 1 : head - 50;
                    auto const feed = store.feed(Test::bob, Feed {from}, Test::all);
                    bool is_right = feed.size() + from > head;
                    for (std::size_t at = 0; at < feed.size(); ++at)
                        is_right = is_right and feed[at].feed_high == Feed {from + at};
                    if (not is_right or number(store.last_seq(Test::ada_and_bob)) < head)
                        ++mistakes;
                }
            });
        }
        for (std::uint64_t i = 1; i <= batches; ++i)
            REQUIRE(append(store, said(i, 8000)).has_value());
        is_done = true;
        for (std::thread& reader : readers)
            reader.join();
        // There is no end to how long a busy machine may take; but it comes.
        while (given.index().position() < batches)
            std::this_thread::yield();
    }
    CHECK(mistakes == 0);
    CHECK_FALSE(store.failure().has_value());
    given.reopen();
    CHECK(given.store().last_feed(Test::bob) == Feed {batches});
}

TEST_SUITE_END();
