#include "store/index_file.hpp"

#include "store/scratch_directory.hpp"
#include "store/sqlite_index.hpp"
#include "store/tables.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace duet;

namespace {

class NothingBelow final : public RowsBelow {
public:
    std::optional<Person> person(PersonId) override { return std::nullopt; }
    std::optional<Device> device(DeviceId) override { return std::nullopt; }
    std::optional<Conversation> conversation(Pair) override { return std::nullopt; }
    std::optional<Invitation> invitation(SecretHash const&) override { return std::nullopt; }
    BodyBytes body_bytes(Pair, Seq, Seq) override { return {}; }
};

/// An index that knows one person more with each position.
class IndexFileTest {
public:
    void person_comes(unsigned position)
    {
        Tables tables;
        NothingBelow below;
        std::string const handle = "person" + std::to_string(position);
        tables.apply(PersonAdded {PersonId {position}, handle, handle, Time()}, below);
        REQUIRE(index->follow(tables, position).has_value());
    }

    ScratchDirectory directory;
    std::string path = directory.file("index.db");
    std::string copy = directory.file("copy.db");
    std::unique_ptr<SqliteIndex> index = std::move(*SqliteIndex::open(path));
};

} // namespace

TEST_SUITE_BEGIN("index_file");

TEST_CASE_FIXTURE(IndexFileTest, "a copy is what the index was at its position")
{
    person_comes(1);
    person_comes(2);
    auto const position = copy_index(path, copy);
    REQUIRE(position.has_value());
    CHECK(*position == 2);
    person_comes(3);

    auto const other = std::move(*SqliteIndex::open(copy));
    CHECK(other->position() == 2);
    CHECK(other->person(PersonId {2}).has_value());
    CHECK_FALSE(other->person(PersonId {3}).has_value());
}

TEST_CASE_FIXTURE(
    IndexFileTest, "nothing is wrong with an index, until somebody writes into its file")
{
    for (unsigned position = 1; position <= 200; ++position)
        person_comes(position);
    REQUIRE(copy_index(path, copy).has_value()); // all of it in one file
    auto const faults = faults_of_index(copy);
    REQUIRE(faults.has_value());
    CHECK(faults->empty());

    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(2 * 4096);
    file << std::string(4096, 'x');
    file.close();
    auto const found = faults_of_index(copy);
    CHECK((not found.has_value() or not found->empty()));
}

TEST_CASE_FIXTURE(IndexFileTest, "what is not there cannot be copied")
{
    CHECK_FALSE(copy_index(directory.file("nothing"), copy).has_value());
    CHECK_FALSE(faults_of_index(directory.file("nothing")).has_value());
}

TEST_SUITE_END();
