#include "store/simulated_disk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <set>

using namespace duet;

namespace {

constexpr int seeds = 200;

std::string contents(SimulatedDisk const& disk, std::string const& name)
{
    return std::string(as_text(disk.contents(name)));
}

bool has(SimulatedDisk& disk, std::string const& name)
{
    auto const names = disk.names().value();
    return std::ranges::find(names, name) != names.end();
}

/// A file with 1,024 synced 'a', and its name synced.
std::unique_ptr<File> synced_file(SimulatedDisk& disk)
{
    auto file = disk.create("file").value();
    REQUIRE(file->write(0, as_bytes(std::string(1024, 'a'))).has_value());
    REQUIRE(file->sync().has_value());
    REQUIRE(disk.sync_directory().has_value());
    return file;
}

} // namespace

TEST_SUITE_BEGIN("simulated_disk");

TEST_CASE("what was written is read, and what is not there is an error")
{
    SimulatedDisk disk(1);
    auto const file = synced_file(disk);
    std::vector<std::byte> bytes(2000);
    CHECK(file->read(1000, bytes).value() == 24);
    CHECK(file->size().value() == 1024);
    CHECK(disk.create("file").error().code == EEXIST);
    CHECK(disk.open("other").error().code == ENOENT);
    CHECK(disk.remove("other").error().text()
        == "cannot remove simulated/other: No such file or directory");
    REQUIRE(disk.rename("file", "other").has_value());
    CHECK(disk.names().value() == std::vector<std::string> {"other"});
}

TEST_CASE("a killed process loses nothing that was written")
{
    SimulatedDisk disk(1);
    auto const file = disk.create("file").value();
    REQUIRE(file->write(0, as_bytes("written")).has_value());
    disk.restart_after_kill();
    CHECK(contents(disk, "file") == "written");
}

TEST_CASE("a power loss takes any part of what was not synced, and nothing else")
{
    std::set<std::string> left;
    for (int seed = 0; seed < seeds; ++seed) {
        SimulatedDisk disk(static_cast<std::uint64_t>(seed));
        auto const file = synced_file(disk);
        REQUIRE(file->write(512, as_bytes(std::string(1024, 'b'))).has_value());
        disk.restart_after_power_loss();
        std::string const all = contents(disk, "file");
        REQUIRE(all.size() >= 1024);
        REQUIRE(all.size() <= 1536);
        CHECK(all.substr(0, 512) == std::string(512, 'a'));
        left.insert(all.substr(512));
    }
    CHECK(left.contains(std::string(512, 'a')));
    CHECK(left.contains(std::string(1024, 'b')));
    CHECK(left.contains(std::string(512, 'a') + std::string(512, 'b'))); // out of order
    CHECK(left.contains(std::string(512, 'b') + std::string(512, '\0')));
    CHECK(left.size() > 10); // torn sectors, and lengths in between
}

TEST_CASE("a name that was not synced may be lost, with all that is in its file")
{
    int lost = 0;
    int kept = 0;
    for (int seed = 0; seed < seeds; ++seed) {
        SimulatedDisk disk(static_cast<std::uint64_t>(seed));
        auto const file = disk.create("file").value();
        REQUIRE(file->sync().has_value());
        disk.restart_after_power_loss();
        ++(has(disk, "file") ? kept : lost);
    }
    CHECK(lost > 0);
    CHECK(kept > 0);
}

TEST_CASE("after a power loss a renamed file has one of its names")
{
    std::set<bool> renamed;
    for (int seed = 0; seed < seeds; ++seed) {
        SimulatedDisk disk(static_cast<std::uint64_t>(seed));
        auto const file = synced_file(disk);
        REQUIRE(disk.rename("file", "other").has_value());
        disk.restart_after_power_loss();
        CHECK(has(disk, "file") != has(disk, "other"));
        renamed.insert(has(disk, "other"));
    }
    CHECK(renamed.size() == 2);
}

TEST_CASE("a sync that failed is not made good by the next one")
{
    int lost = 0;
    for (int seed = 0; seed < seeds; ++seed) {
        SimulatedDisk disk(static_cast<std::uint64_t>(seed));
        auto const file = synced_file(disk);
        REQUIRE(file->write(0, as_bytes(std::string(512, 'b'))).has_value());
        disk.fail_after(0, EIO);
        CHECK(file->sync().error().code == EIO);
        CHECK(file->sync().has_value());
        CHECK(contents(disk, "file")[0] == 'b'); // as the kernel shows it
        disk.restart_after_power_loss();
        lost += contents(disk, "file")[0] == 'a' ? 1 : 0;
    }
    CHECK(lost > 0);
    CHECK(lost < seeds);
}

TEST_CASE("a disk that lies keeps only what it likes")
{
    int lost = 0;
    for (int seed = 0; seed < seeds; ++seed) {
        SimulatedDisk disk(static_cast<std::uint64_t>(seed));
        disk.set_lying(true);
        auto const file = synced_file(disk);
        disk.restart_after_power_loss();
        lost += has(disk, "file") ? 0 : 1;
    }
    CHECK(lost > 0);
}

TEST_CASE("a process that has died does nothing more")
{
    SimulatedDisk disk(1);
    auto const file = synced_file(disk);
    disk.crash_after(1);
    REQUIRE(file->write(0, as_bytes("b")).has_value());
    CHECK_FALSE(disk.has_crashed());
    CHECK_FALSE(file->sync().has_value());
    CHECK(disk.has_crashed());
    CHECK_FALSE(file->write(1, as_bytes("c")).has_value());
    CHECK_FALSE(disk.remove("file").has_value());
    disk.restart_after_kill();
    CHECK(contents(disk, "file").substr(0, 2) == "ba");
}

TEST_CASE("a full disk takes what fits")
{
    SimulatedDisk disk(1);
    auto const file = synced_file(disk);
    disk.set_capacity(1100);
    CHECK(disk.free_bytes().value() == 76);
    auto const written = file->write(1024, as_bytes(std::string(100, 'b')));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().is_full());
    CHECK(written.error().text() == "cannot write simulated/file at 1024: No space left on device");
    CHECK(file->size().value() == 1100);
}

TEST_CASE("the same seed gives the same accident")
{
    std::set<std::vector<std::byte>> left;
    for (int turn = 0; turn < 2; ++turn) {
        SimulatedDisk disk(42);
        auto const file = synced_file(disk);
        for (int i = 0; i < 20; ++i)
            REQUIRE(
                file->write(static_cast<std::uint64_t>(i) * 300, as_bytes(std::string(700, 'b')))
                    .has_value());
        disk.restart_after_power_loss();
        left.insert(disk.contents("file"));
    }
    CHECK(left.size() == 1);
}

TEST_SUITE_END();
