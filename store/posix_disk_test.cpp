#include "store/posix_disk.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

using namespace duet;

namespace {

class PosixDiskTest {
public:
    PosixDiskTest()
    {
        std::string pattern = std::filesystem::temp_directory_path() / "duet-disk-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
        disk = PosixDisk::open_directory(path + "/store").value();
    }

    PosixDiskTest(PosixDiskTest const&) = delete;
    PosixDiskTest& operator=(PosixDiskTest const&) = delete;

    ~PosixDiskTest() { std::filesystem::remove_all(path); }

    std::string path;
    std::unique_ptr<PosixDisk> disk;
};

std::string text_of(File& file)
{
    std::vector<std::byte> bytes(file.size().value());
    CHECK(file.read(0, bytes).value() == bytes.size());
    return std::string(as_text(bytes));
}

mode_t mode_of(std::string const& path)
{
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

} // namespace

TEST_SUITE_BEGIN("posix_disk");

TEST_CASE_FIXTURE(
    PosixDiskTest, "what was written at an offset is read there, by whoever opens the file")
{
    auto const file = disk->create("file").value();
    REQUIRE(file->write(0, as_bytes("hello")).has_value());
    REQUIRE(file->write(3, as_bytes("p! and more")).has_value());
    REQUIRE(file->sync().has_value());
    CHECK(text_of(*file) == "help! and more");

    auto const other = disk->open("file").value();
    std::vector<std::byte> bytes(100);
    CHECK(other->read(6, bytes).value() == 8);
    CHECK(other->read(100, bytes).value() == 0);
    CHECK(other->write(0, as_bytes("x")).error().code == EBADF); // opened for reading
}

TEST_CASE_FIXTURE(PosixDiskTest, "files have names, which can be changed and removed")
{
    REQUIRE(disk->create("one").has_value());
    REQUIRE(disk->create("two").has_value());
    REQUIRE(disk->rename("one", "two").has_value());
    REQUIRE(disk->create("three").has_value());
    REQUIRE(disk->sync_directory().has_value());
    for (int turn = 0; turn < 2; ++turn) { // each look begins at the beginning
        auto names = disk->names().value();
        std::ranges::sort(names);
        CHECK(names == std::vector<std::string> {"three", "two"});
    }
    REQUIRE(disk->remove("two").has_value());
    CHECK(disk->names().value() == std::vector<std::string> {"three"});
    CHECK(disk->free_bytes().value() > 0);
}

TEST_CASE_FIXTURE(
    PosixDiskTest, "directory and files are for their owner alone, and are found again")
{
    REQUIRE(disk->create("file").has_value());
    CHECK(mode_of(path + "/store") == 0700);
    CHECK(mode_of(path + "/store/file") == 0600);
    disk = PosixDisk::open_directory(path + "/store").value();
    CHECK(disk->names().value() == std::vector<std::string> {"file"});
}

TEST_CASE_FIXTURE(PosixDiskTest, "an error says what was tried, on which file, and why not")
{
    CHECK(disk->open("none").error().text()
        == "cannot open " + path + "/store/none: No such file or directory");
    CHECK(disk->remove("none").error().code == ENOENT);
    CHECK(disk->rename("none", "other").error().code == ENOENT);
    REQUIRE(disk->create("file").has_value());
    CHECK(
        disk->create("file").error().text() == "cannot make " + path + "/store/file: File exists");
    CHECK(PosixDisk::open_directory(path + "/no/such").error().text()
        == "cannot make " + path + "/no/such: No such file or directory");
    CHECK(PosixDisk::open_directory(path + "/store/file").error().text()
        == "cannot open " + path + "/store/file: Not a directory");
}

TEST_SUITE_END();
