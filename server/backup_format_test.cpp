#include "server/backup_format.hpp"

#include "store/simulated_disk.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace duet;

namespace {

class BackupFormatTest {
public:
    BackupFormatTest()
    {
        REQUIRE(file->write(0, as_bytes(std::string_view("the first"))).has_value());
        BackupWriter writer(*file);
        REQUIRE(writer.adopt("index.db").has_value());
        writer.begin("journal/segment-0000000001");
        REQUIRE(writer.write(as_bytes(std::string_view("se"))).has_value());
        REQUIRE(writer.write(as_bytes(std::string(3'000'000, 'x'))).has_value());
        writer.begin("empty");
        REQUIRE(writer.finish().has_value());
    }

    std::string refusal()
    {
        auto const parts = parts_of_backup(*file);
        return parts.has_value() ? "" : parts.error();
    }

    void write(std::uint64_t offset, std::string_view text)
    {
        REQUIRE(file->write(offset, as_bytes(text)).has_value());
    }

    Result<std::string, std::string> text_of(BackupPart const& part)
    {
        std::string text;
        TRY_VOID(read_part(*file, part, [&](Bytes bytes) -> Result<void, std::string> {
            text += as_text(bytes);
            return {};
        }));
        return text;
    }

    std::uint64_t size() { return *file->size(); }

    SimulatedDisk disk {1};
    std::unique_ptr<File> file = std::move(*disk.create("backup"));
};

} // namespace

TEST_SUITE_BEGIN("backup_format");

TEST_CASE_FIXTURE(BackupFormatTest, "what was put in comes out")
{
    auto const parts = parts_of_backup(*file);
    REQUIRE(parts.has_value());
    REQUIRE(parts->size() == 3);
    CHECK(parts->at(0).name == "index.db");
    CHECK(text_of(parts->at(0)) == "the first");
    CHECK(text_of(parts->at(1)) == "se" + std::string(3'000'000, 'x'));
    CHECK(parts->at(2).name == "empty");
    CHECK(text_of(parts->at(2)) == "");
}

TEST_CASE_FIXTURE(BackupFormatTest, "a byte that has changed is found")
{
    auto const parts = parts_of_backup(*file);
    REQUIRE(parts.has_value());
    write(1'000'000, "y");
    CHECK(text_of(parts->at(0)).has_value());
    auto const changed = text_of(parts->at(1));
    REQUIRE_FALSE(changed.has_value());
    CHECK(changed.error()
        == "journal/segment-0000000001 is not what it was: its checksum is another");
}

TEST_CASE_FIXTURE(BackupFormatTest, "what is no backup, or not all of one, is refused")
{
    write(size() - 1, "!");
    CHECK(refusal() == "this is no backup of duet's, or not all of one");
    write(size() - 1, "k");
    CHECK(refusal().empty());
    write(size() - 32, std::string(8, '\xFF'));
    CHECK(refusal() == "its table cannot be read");

    file = std::move(*disk.create("another"));
    CHECK(refusal() == "this is no backup of duet's");
    write(0, std::string(100, 'x'));
    CHECK(refusal() == "this is no backup of duet's, or not all of one");
}

TEST_CASE_FIXTURE(BackupFormatTest, "a table that lies is refused")
{
    auto const with_table = [&](std::string const& table) {
        file = std::move(*disk.create("with " + table.substr(0, 30)));
        std::string text = "body" + table + static_cast<char>(table.size()) + std::string(23, '\0');
        write(0, text + "duetback");
        return refusal();
    };
    CHECK(with_table("duet backup 1\nindex.db 4 0\n").empty());
    CHECK(with_table("duet backup 2\n") == "a newer duet has written it");
    CHECK(with_table("something\n") == "its table cannot be read");
    CHECK(with_table("duet backup 1\nindex.db 5 0\n") == "its table speaks of more than there is");
    CHECK(with_table("duet backup 1\nindex.db 3 0\n")
        == "it has bytes of which its table knows nothing");
    CHECK(with_table("duet backup 1\nindex.db four 0\n") == "its table cannot be read");
    CHECK(with_table("duet backup 1\nindex.db 4\n") == "its table cannot be read");
}

TEST_SUITE_END();
