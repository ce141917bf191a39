#include "terminal/export_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace duet;

TEST_SUITE_BEGIN("export_folder");

namespace {

/// A folder that is gone with the test.
class ExportFolderTest {
public:
    ExportFolderTest()
    {
        std::string pattern = "/tmp/duet-export-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        here = pattern;
    }

    ~ExportFolderTest() { std::filesystem::remove_all(here); }

    void fill(ExportFolder& folder)
    {
        REQUIRE(folder.begin_file("one.txt").has_value());
        REQUIRE(folder.write("1").has_value());
        REQUIRE(folder.make_folder("more").has_value());
        REQUIRE(folder.begin_file("more/two.txt").has_value());
        REQUIRE(folder.write("2").has_value());
    }

    std::string text_of(std::string const& name)
    {
        std::ifstream file(here / name);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    [[nodiscard]] std::ptrdiff_t count() const
    {
        return std::distance(
            std::filesystem::directory_iterator(here), std::filesystem::directory_iterator());
    }

    std::filesystem::path here;
};

} // namespace

TEST_CASE_FIXTURE(ExportFolderTest, "a folder appears when it is whole, and is for its owner alone")
{
    auto folder = ExportFolder::create(here / "out");
    REQUIRE(folder.has_value());
    fill(*folder);
    CHECK_FALSE(std::filesystem::exists(here / "out"));
    REQUIRE(folder->finish().has_value());
    CHECK(text_of("out/one.txt") == "1");
    CHECK(text_of("out/more/two.txt") == "2");
    CHECK(count() == 1);
    struct stat status {};
    REQUIRE(::stat((here / "out").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
    REQUIRE(::stat((here / "out/one.txt").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE_FIXTURE(ExportFolderTest, "an empty folder is filled, and one that is not stays as it is")
{
    std::filesystem::create_directory(here / "out");
    {
        auto folder = ExportFolder::create(here / "out");
        REQUIRE(folder.has_value());
        fill(*folder);
        REQUIRE(folder->finish().has_value());
    }
    CHECK_FALSE(ExportFolder::create(here / "out").has_value());
    CHECK(count() == 1);
}

TEST_CASE_FIXTURE(ExportFolderTest, "what comes into its place meanwhile is not overwritten")
{
    auto folder = ExportFolder::create(here / "out");
    REQUIRE(folder.has_value());
    fill(*folder);
    std::ofstream(here / "out") << "foreign";
    CHECK_FALSE(folder->finish().has_value());
    CHECK(text_of("out") == "foreign");
}

TEST_CASE_FIXTURE(ExportFolderTest, "nothing stays of a folder that is not finished")
{
    {
        auto folder = ExportFolder::create(here / "out");
        REQUIRE(folder.has_value());
        fill(*folder);
    }
    CHECK(count() == 0);
}

TEST_CASE_FIXTURE(ExportFolderTest, "a place that cannot be is an error")
{
    CHECK_FALSE(ExportFolder::create(here / "no/such/folder").has_value());
}

TEST_SUITE_END();
