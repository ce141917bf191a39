#include "store/sqlite_index.hpp"

#include "store/scratch_directory.hpp"
#include "store/sqlite.hpp"
#include "store/store_suite.hpp"

#include <atomic>
#include <fstream>
#include <optional>
#include <thread>

using namespace duet;

namespace {

std::unique_ptr<SqliteIndex> open_index(std::string const& path)
{
    auto index = SqliteIndex::open(path);
    REQUIRE_MESSAGE(index.has_value(), (index.has_value() ? "" : index.error().words));
    return std::move(*index);
}

struct AboveIndex {
    ScratchDirectory directory;
    std::unique_ptr<SqliteIndex> index = open_index(directory.file("index"));
    std::optional<HandMovedStore> layers {*index};

    Store& store() { return *layers; }
};

struct AllIndexed : AboveIndex {
    void settle() { layers->follow_all(); }
};

struct InThreeLayers : AboveIndex {
    void settle() { layers->follow_late(); }
};

struct IndexedAndReopened : AboveIndex {
    void settle()
    {
        layers->follow_all();
        layers.reset();
        index.reset();
        index = open_index(directory.file("index"));
        layers.emplace(*index);
    }
};

/// A file of SQLite's that these statements have made.
void make_database(std::string const& path, char const* statements)
{
    auto connection = Sqlite::open(path, Sqlite::Access::write);
    REQUIRE(connection.has_value());
    (*connection)->run(statements);
    REQUIRE_FALSE((*connection)->take_fault().has_value());
}

std::string words_of_refusal(std::string const& path)
{
    auto const index = SqliteIndex::open(path);
    REQUIRE_FALSE(index.has_value());
    CHECK_FALSE(index.error().is_full);
    return index.error().words;
}

std::string bytes_of(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_SUITE_BEGIN("sqlite_index");

TEST_CASE_TEMPLATE_INVOKE(store_suite, AllIndexed, InThreeLayers, IndexedAndReopened);

TEST_CASE("an index stands where it last followed to, also when it is opened again")
{
    ScratchDirectory const directory;
    auto index = open_index(directory.file("index"));
    CHECK(index->position() == 0);
    CHECK(index->follow(Tables {}, 41).has_value());
    CHECK(index->position() == 41);
    index.reset();
    CHECK(open_index(directory.file("index"))->position() == 41);
}

TEST_CASE("an index is readable by its owner alone")
{
    ScratchDirectory const directory;
    auto const index = open_index(directory.file("index"));
    REQUIRE(index->follow(Tables {}, 1).has_value());
    for (std::string const file : {"index", "index-wal", "index-shm"})
        CHECK((std::filesystem::status(directory.file(file)).permissions()
                  & std::filesystem::perms(0077))
            == std::filesystem::perms::none);
}

TEST_CASE("an index of a newer duet is refused, and left as it was")
{
    ScratchDirectory const directory;
    std::string const path = directory.file("index");
    open_index(path);
    make_database(path, "PRAGMA user_version = 3; PRAGMA wal_checkpoint(TRUNCATE)");
    std::string const before = bytes_of(path);
    CHECK(words_of_refusal(path)
        == path + ": a newer duet has written it: it has form 3, and this duet knows 2");
    CHECK(bytes_of(path) == before);
}

TEST_CASE("a file that is something else is refused, and left as it was")
{
    ScratchDirectory const directory;
    std::string const path = directory.file("index");
    std::ofstream(path) << std::string(5000, 'x');
    CHECK(words_of_refusal(path).starts_with(path + ": file is not a database"));
    CHECK(bytes_of(path) == std::string(5000, 'x'));

    std::string const other = directory.file("other");
    make_database(other, "CREATE TABLE bird (name TEXT)");
    std::string const before = bytes_of(other);
    CHECK(words_of_refusal(other) == other + ": this is a database, but not an index of duet's");
    CHECK(bytes_of(other) == before);

    CHECK(words_of_refusal(directory.file("nowhere/index")).find("nowhere") != std::string::npos);
}

TEST_CASE("a transaction that finds no space is undone, and can be made again")
{
    ScratchDirectory const directory;
    auto const opened = Sqlite::open(directory.file("any"), Sqlite::Access::write);
    REQUIRE(opened.has_value());
    Sqlite& connection = **opened;
    connection.run("PRAGMA journal_mode = WAL; CREATE TABLE bird (name BLOB);"
                   "INSERT INTO bird VALUES (x'01'); PRAGMA max_page_count = 20");
    {
        SqliteQuery put(connection, "INSERT INTO bird VALUES (?)");
        SqliteQuery count(connection, "SELECT count(*) FROM bird");
        auto const birds = [&] {
            SqliteRows rows(count);
            return rows.next() ? rows.number() : 0;
        };
        std::string const large(10'000, 'x');
        connection.run("BEGIN");
        for (int i = 0; i < 20; ++i)
            put.run(as_bytes(large));
        CHECK(birds() == 0); // nothing is read behind a failure
        auto const fault = connection.take_fault();
        REQUIRE(fault.has_value());
        CHECK(fault->is_full);
        CHECK(birds() == 1);

        connection.run("PRAGMA max_page_count = 2000; BEGIN");
        put.run(as_bytes(large));
        connection.run("COMMIT");
        CHECK(birds() == 2);
        CHECK_FALSE(connection.take_fault().has_value());
    }
}

TEST_CASE("a mistake of ours in a statement is a fault, and not a full disk")
{
    ScratchDirectory const directory;
    auto const opened = Sqlite::open(directory.file("any"), Sqlite::Access::write);
    REQUIRE(opened.has_value());
    (*opened)->run("SELECT nonsense");
    auto const fault = (*opened)->take_fault();
    REQUIRE(fault.has_value());
    CHECK_FALSE(fault->is_full);
    CHECK(fault->words == "no such column: nonsense (SQLite's code 1)");
}

TEST_CASE("what is committed moves into the file when enough of it has gathered")
{
    ScratchDirectory const directory;
    auto const index = open_index(directory.file("index"));
    HandMovedStore store(*index);
    constexpr std::size_t body_bytes = 16 * 1024;
    for (unsigned i = 1; i <= 5000; ++i) {
        Record const record =
            Entry {Pair {PersonId {1}, PersonId {2}}, Seq {i}, PersonId {1}, DeviceId {1}, N {i},
                Feed {i}, Feed {i}, Time {}, Kind::text, BodyHash {}, std::string(body_bytes, 'x')};
        REQUIRE(store.append(std::span(&record, 1)).has_value());
        if (i == 1)
            store.follow_all();
    }
    CHECK(std::filesystem::file_size(directory.file("index")) < 1024 * 1024);
    store.follow_all();
    CHECK(std::filesystem::file_size(directory.file("index")) > 4999 * body_bytes);

    // The log begins anew, over what was moved.
    auto const log_bytes = std::filesystem::file_size(directory.file("index-wal"));
    Record const record = PersonErased {PersonId {1}, Time {}};
    REQUIRE(store.append(std::span(&record, 1)).has_value());
    store.follow_all();
    CHECK(std::filesystem::file_size(directory.file("index-wal")) <= log_bytes);
}

TEST_CASE("what was erased stands in no file of the index once it is written back")
{
    std::string const secret_text = "meet me at the old mill";
    StoreTest<AllIndexed> test;
    test.three_people();
    test.says(test.ada, test.bob, secret_text);
    test.says(test.ada, test.bob, secret_text + std::string(9000, '.'));
    test.append({PersonErased {test.ada, Time {}}});
    std::string const path = test.given.directory.file("index");
    make_database(path, "PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(bytes_of(path).size() > 4096);
    CHECK(bytes_of(path).find(secret_text) == std::string::npos);
    CHECK(bytes_of(path + "-wal").find(secret_text) == std::string::npos);
}

TEST_CASE("look-ups in many threads see whole layers while the index follows")
{
    AboveIndex given;
    StoreTest<AboveIndex> words; // only for its names
    HandMovedStore& store = *given.layers;
    constexpr int batches = 300;
    std::atomic<bool> is_done = false;

    std::vector<std::thread> readers;
    std::atomic<int> mistakes = 0;
    for (int i = 0; i < 2; ++i) {
        readers.emplace_back([&] {
            std::uint64_t last_seen = 0;
            while (not is_done) {
                std::uint64_t const head = number(store.last_feed(words.bob));
                auto const feed = store.feed(words.bob, Feed {1}, words.all);
                bool is_right = feed.size() >= head and head >= last_seen;
                for (std::size_t at = 0; at < feed.size(); ++at)
                    is_right = is_right and feed[at].feed_high == Feed {at + 1};
                bool const is_answered =
                    head == 0 or store.answer(words.ada_phone, N {head}).has_value();
                if (not is_right or not is_answered)
                    ++mistakes;
                last_seen = head;
            }
        });
    }
    std::thread indexer([&] {
        while (not is_done)
            if (store.freeze())
                if (not store.follow().has_value())
                    ++mistakes;
    });
    for (unsigned i = 1; i <= batches; ++i) {
        Record const record = Entry {words.ada_and_bob, Seq {i}, words.ada, words.ada_phone, N {i},
            Feed {i}, Feed {i}, Time {}, Kind::text, BodyHash {}, "hello"};
        REQUIRE(store.append(std::span(&record, 1)).has_value());
    }
    is_done = true;
    for (std::thread& reader : readers)
        reader.join();
    indexer.join();
    CHECK(mistakes == 0);
    CHECK(number(store.last_feed(words.bob)) == batches);
}

TEST_SUITE_END();
