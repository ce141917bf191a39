#include "store/journal.hpp"

#include "store/journal_dump.hpp"
#include "store/journal_fixture.hpp"
#include "store/posix_disk.hpp"
#include "store/simulated_disk.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

using namespace duet;

namespace {

constexpr std::uint64_t segment_bytes = 1024;

class JournalTest {
public:
    /// Opens it as a process does that has just started.
    JournalResult<void> start(std::uint64_t indexed = 0)
    {
        journal.reset();
        disk.restart_after_kill();
        read = {};
        auto opened =
            Journal::open(disk, {BatchNumber {indexed}, ++salt, segment_bytes}, read.visitor());
        if (not opened.has_value())
            return fail(opened.error());
        journal = std::move(*opened);
        return {};
    }

    void must_start(std::uint64_t indexed = 0)
    {
        auto const started = start(indexed);
        INFO((started.has_value() ? "" : started.error().text()));
        REQUIRE(started.has_value());
    }

    JournalResult<BatchNumber> append(Texts const& texts) const
    {
        return journal->append(records_of(texts));
    }

    std::uint64_t must_append(Texts const& texts)
    {
        auto const batch = append(texts);
        INFO((batch.has_value() ? "" : batch.error().text()));
        REQUIRE(batch.has_value());
        return number(*batch);
    }

    /// The names of all files, in order.
    Texts files()
    {
        auto names = disk.names().value();
        std::ranges::sort(names);
        return names;
    }

    static Texts large(std::size_t bytes = 600) { return {std::string(bytes, 'x')}; }

    SimulatedDisk disk {1};
    std::unique_ptr<Journal> journal;
    Collected read;
    std::uint64_t salt = 0;
};

using Kind = JournalError::Kind;

class TemporaryDirectory {
public:
    TemporaryDirectory()
    {
        std::string pattern = std::filesystem::temp_directory_path() / "duet-journal-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }

    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;

    ~TemporaryDirectory() { std::filesystem::remove_all(path); }

    std::string path;
};

} // namespace

TEST_SUITE_BEGIN("journal");

TEST_CASE_FIXTURE(JournalTest, "what was appended is read again, in order")
{
    must_start();
    CHECK(read.batches.empty());
    CHECK(must_append({"one"}) == 1);
    CHECK(must_append({"two", "", "and more"}) == 2);
    CHECK(number(journal->last()) == 2);

    must_start();
    CHECK(read.batches == std::vector<Texts> {{"one"}, {"two", "", "and more"}});
    CHECK(journal->found().batches == 2);
    CHECK_FALSE(journal->found().torn.has_value());
    CHECK(must_append({"three"}) == 3);

    must_start();
    CHECK(read.batches == std::vector<Texts> {{"one"}, {"two", "", "and more"}, {"three"}});
}

TEST_CASE_FIXTURE(
    JournalTest, "what is indexed is not read again, and its segments are gone after a start")
{
    must_start();
    for (int i = 0; i < 5; ++i)
        must_append(large());
    must_append({"last"});

    must_start(5);
    CHECK(read.batches == std::vector<Texts> {{"last"}});
    CHECK(number(read.first) == 6);
    CHECK(files() == Texts {"segment-0000000007"});

    must_start(6);
    CHECK(read.batches.empty());
    CHECK(number(journal->last()) == 6);
    CHECK(must_append({"next"}) == 7);
}

TEST_CASE_FIXTURE(
    JournalTest, "a batch that does not fit begins a new segment, the spare one if there is one")
{
    must_start();
    CHECK(journal->needs_ahead());
    REQUIRE(journal->make_ahead().has_value());
    CHECK_FALSE(journal->needs_ahead());
    CHECK(files() == Texts {"segment-0000000001", "spare"});
    CHECK(disk.contents("spare") == std::vector<std::byte>(segment_bytes));

    must_append(large());
    CHECK(files() == Texts {"segment-0000000001", "segment-0000000002"});
    CHECK(journal->needs_ahead());
    must_append({"fits"});
    must_append(large());
    CHECK(files() == Texts {"segment-0000000001", "segment-0000000002", "segment-0000000003"});
    must_start();
    CHECK(read.batches == std::vector<Texts> {large(), {"fits"}, large()});
}

TEST_CASE_FIXTURE(JournalTest, "a batch may fill a segment to its last byte, and no further")
{
    must_start();
    std::size_t const most = journal->batch_bytes_max() - record_header_bytes;
    must_append(large(most));
    auto const refused = append(large(most + 1));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == Kind::batch_too_large);
    CHECK(refused.error().text()
        == "simulated: a batch of 968 bytes does not fit into a segment of 1024 "
           "(journal_segment_bytes)");
    CHECK(must_append({"after"}) == 2);

    must_start();
    CHECK(read.batches == std::vector<Texts> {large(most), {"after"}});
}

TEST_CASE_FIXTURE(JournalTest, "a segment goes when the index has all of it, unless it is held")
{
    must_start();
    for (int i = 0; i < 4; ++i)
        must_append(large()); // segments 2 to 5
    REQUIRE(journal->remove_before(BatchNumber {2}).has_value());
    CHECK(files() == Texts {"segment-0000000004", "segment-0000000005"});
    {
        auto const hold = journal->hold();
        REQUIRE(journal->remove_before(BatchNumber {4}).has_value());
        CHECK(files().size() == 2);
        Collected held;
        auto reader = JournalReader::open(disk, BatchNumber {2});
        REQUIRE(reader.has_value());
        CHECK(reader->read(held.visitor(), BatchNumber {3})->last == BatchNumber {3});
        CHECK(held.batches.size() == 1);
    }
    REQUIRE(journal->remove_before(BatchNumber {4}).has_value());
    CHECK(files() == Texts {"segment-0000000005"}); // the newest stays
    must_start(4);
    CHECK(must_append({"next"}) == 5);
}

TEST_CASE_FIXTURE(
    JournalTest, "without room for a segment nothing is written, and it may be tried again")
{
    must_start();
    disk.set_capacity(64 + 2 * segment_bytes + 100);
    must_append(large());
    must_append(large());
    for (int i = 0; i < 3; ++i) {
        auto const full = append(large());
        REQUIRE_FALSE(full.has_value());
        CHECK(full.error().kind == Kind::store_full);
        CHECK(full.error().code == ENOSPC);
        auto const ahead = journal->make_ahead();
        REQUIRE_FALSE(ahead.has_value());
        CHECK(ahead.error().kind == Kind::store_full);
        CHECK(files() == Texts {"segment-0000000001", "segment-0000000002", "segment-0000000003"});
    }
    CHECK(must_append({"still fits"}) == 3);

    REQUIRE(journal->remove_before(BatchNumber {1}).has_value());
    CHECK(must_append(large()) == 4);
    disk.set_capacity(8 * segment_bytes);
    must_start(1);
    CHECK(read.batches == std::vector<Texts> {large(), {"still fits"}, large()});
}

TEST_CASE_FIXTURE(JournalTest, "a start without room leaves all as it was")
{
    must_start();
    must_append(large());
    disk.set_capacity(1200);
    auto const started = start();
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().kind == Kind::store_full);
    CHECK(files() == Texts {"segment-0000000001", "segment-0000000002"});

    disk.set_capacity(2000);
    must_start();
    CHECK(read.batches == std::vector<Texts> {large()});
}

TEST_CASE_FIXTURE(JournalTest, "after a failed sync, whatever its reason, it refuses everything")
{
    std::uint64_t indexed = 0;
    for (int const code : {EIO, ENOSPC, EDQUOT}) {
        must_start(indexed);
        indexed = must_append({"one"}); // takes a segment
        disk.fail_after(1, code);       // the write, then the sync
        auto const failed = append({"two"});
        REQUIRE_FALSE(failed.has_value());
        CHECK(failed.error().kind == Kind::failed);
        CHECK(failed.error().code == code);
        for (auto const& again : {append({"three"}).error(), journal->make_ahead().error(),
                 journal->remove_before(BatchNumber {1}).error()}) {
            CHECK(again.kind == Kind::failed);
            CHECK(again.text()
                == "simulated: the journal has failed before, and takes nothing any more");
        }
        must_start(indexed - 1);
        REQUIRE(read.batches.size() >= 1);
        CHECK(read.batches.size() <= 2); // "two" may have arrived
        CHECK(read.batches.front() == Texts {"one"});
        indexed = number(journal->last());
    }
}

TEST_CASE_FIXTURE(JournalTest, "what the visitor says ends the start, and changes nothing")
{
    must_start();
    must_append({"one"});
    Texts const before = files();
    auto const opened = Journal::open(disk, {BatchNumber {0}, 7, segment_bytes},
        [](JournalBatch const& batch) -> JournalResult<void> {
            return fail(
                JournalError {Kind::newer_format, "unknown record", "there", batch.place.offset});
        });
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().text() == "there at 64: unknown record");
    CHECK(files() == before);
}

TEST_CASE_FIXTURE(JournalTest, "a journal that lacks what it should have is not begun anew")
{
    auto const missing = start(5);
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().kind == Kind::damaged);
    CHECK(
        missing.error().text() == "simulated: no segment of the journal here goes back to batch 6");
    CHECK(files().empty());

    must_start();
    must_append({"one"});
    auto const ahead = start(2);
    REQUIRE_FALSE(ahead.has_value());
    CHECK(ahead.error().text()
        == "simulated/segment-0000000002 at 104: the journal ends with batch 1, but batch 2 was in "
           "it");

    must_start(1);
    auto const behind = start(0);
    REQUIRE_FALSE(behind.has_value());
    CHECK(behind.error().kind == Kind::damaged);
}

TEST_CASE_FIXTURE(JournalTest, "it is told in words, record by record")
{
    must_start();
    must_append({"hello", "hi"});
    must_append({"there"});
    auto segment = disk.contents("segment-0000000002");
    segment[64 + 40 + 8] ^= std::byte {1}; // in the second record
    disk.put("segment-0000000002", segment);

    Texts lines;
    REQUIRE(dump_journal(disk, hex, [&](std::string_view line) {
        lines.emplace_back(line);
    }).has_value());
    CHECK(lines
        == Texts {"segment-0000000001  64 bytes, from batch 1, salt 0000000000000001",
            "segment-0000000002  1024 bytes, from batch 1, salt 0000000000000001",
            "  batch 1 at 64, kind 5, 5 bytes: 68656c6c6f",
            "  from 104: 40 bytes that are no record",
            "  batch 2 at 144, kind 5, 5 bytes, last: 7468657265", "  from 184: zeros to the end"});
}

TEST_CASE("segments are made and removed by one thread while another appends")
{
    TemporaryDirectory const directory;
    auto const disk = PosixDisk::open_directory(directory.path + "/journal").value();
    auto const journal = Journal::open(
        *disk, {BatchNumber {0}, 1, 16384}, [](JournalBatch const&) -> JournalResult<void> {
            return {};
        }).value();
    std::atomic<bool> is_done = false;
    bool has_failed = false;
    std::uint64_t indexed = 0;
    std::thread helper([&] {
        while (not is_done) {
            if (journal->needs_ahead())
                has_failed |= not journal->make_ahead().has_value();
            auto const hold = journal->hold();
            indexed = number(journal->last()) / 2;
            has_failed |= not journal->remove_before(BatchNumber {indexed}).has_value();
        }
        has_failed |= not journal->remove_before(BatchNumber {indexed}).has_value();
    });
    std::uint64_t appended = 0;
    for (int i = 0; i < 600; ++i)
        if (journal->append(records_of({std::to_string(i), std::string(200, 'x')})).has_value())
            ++appended;
    is_done = true;
    helper.join();
    CHECK_FALSE(has_failed);
    CHECK(appended == 600);

    Collected read;
    REQUIRE(Journal::open(*disk, {BatchNumber {indexed}, 2, 16384}, read.visitor()).has_value());
    REQUIRE(read.batches.size() == 600 - indexed);
    for (std::size_t i = 0; i < read.batches.size(); ++i)
        CHECK(read.batches[i].front() == std::to_string(indexed + i));
}

TEST_CASE("a million records are opened")
{
    TemporaryDirectory const directory;
    auto const disk = PosixDisk::open_directory(directory.path + "/journal").value();
    auto const none = [](JournalBatch const&) -> JournalResult<void> { return {}; };
    std::string const text(100, 'x');
    std::vector<JournalRecord> const batch(10'000, JournalRecord {1, as_bytes(text)});
    {
        auto const journal = Journal::open(*disk, {BatchNumber {0}, 1}, none).value();
        for (int i = 0; i < 100; ++i)
            REQUIRE(journal->append(batch).has_value());
    }

    std::uint64_t records = 0;
    auto const count = [&](JournalBatch const& read) -> JournalResult<void> {
        records += read.records.size();
        return {};
    };
    auto const begin = std::chrono::steady_clock::now();
    REQUIRE(Journal::open(*disk, {BatchNumber {0}, 2}, count).has_value());
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
    CHECK(records == 1'000'000);
    MESSAGE(
        "a million records of 100 bytes were opened, and written again, in ", took.count(), " s");
}

TEST_SUITE_END();
