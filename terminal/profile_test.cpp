#include "terminal/profile.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

using namespace duet;

TEST_SUITE_BEGIN("profile");

namespace {

/// Folders that are gone with the test; the environment speaks of them.
class ProfileTest {
public:
    ProfileTest()
    {
        std::string pattern = "/tmp/duet-profile-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        here = pattern;
        ::setenv("XDG_DATA_HOME", (here / "data").c_str(), 1);
        ::setenv("XDG_RUNTIME_DIR", (here / "run").c_str(), 1);
        std::filesystem::create_directory(here / "run");
    }

    ~ProfileTest() { std::filesystem::remove_all(here); }

    std::filesystem::path here;
};

} // namespace

TEST_CASE("a profile's name is no path")
{
    CHECK(Profile::is_name("default"));
    CHECK(Profile::is_name("Ada.2_x-y"));
    for (char const* name : {"", ".", "..", ".x", "-x", "a/b", "a b", "é"})
        CHECK_FALSE(Profile::is_name(name));
    CHECK(Profile::is_name(std::string(32, 'x')));
    CHECK_FALSE(Profile::is_name(std::string(33, 'x')));
}

TEST_CASE_FIXTURE(ProfileTest, "a profile lies in the data folder of the environment")
{
    Profile const profile("ada");
    CHECK(profile.directory() == here / "data/duet/ada");
    CHECK_FALSE(profile.exists());
    CHECK(profile.make_parents() == 0);
    CHECK(profile.make_parents() == 0);
    CHECK(std::filesystem::is_directory(here / "data/duet"));
    CHECK_FALSE(profile.exists());

    ::setenv("XDG_DATA_HOME", "relative", 1);
    ::setenv("HOME", "/home/ada", 1);
    CHECK(Profile("x").directory() == "/home/ada/.local/share/duet/x");
}

TEST_CASE_FIXTURE(
    ProfileTest, "the meeting place is one for each directory, and short enough for a socket")
{
    Profile const profile("ada");
    CHECK(meeting_places_of(profile).empty());
    std::filesystem::create_directories(profile.directory());
    auto const places = meeting_places_of(profile);
    auto const again = meeting_places_of(profile);
    REQUIRE(places.size() == 2);
    REQUIRE(again.size() == 2);
    auto const name = [](MeetingPlace const& of) {
        return of.endpoint.path.substr(of.endpoint.path.rfind('/'));
    };
    CHECK(name(places[0]) == name(again[0]));
    CHECK(places[0].endpoint.path.size() <= 107);
    CHECK(std::filesystem::is_directory(here / "run/duet"));
    CHECK(std::filesystem::is_directory(profile.directory() + "/run"));

    ::setenv("XDG_DATA_HOME", (here / "other").c_str(), 1);
    Profile const other("ada");
    std::filesystem::create_directories(other.directory());
    CHECK(name(meeting_places_of(other)[0]) != name(places[0]));
}

TEST_CASE_FIXTURE(ProfileTest, "a folder that others may enter is no meeting place")
{
    Profile const profile("ada");
    std::filesystem::create_directories(profile.directory());
    std::filesystem::create_directory(here / "run/duet");
    REQUIRE(::chmod((here / "run/duet").c_str(), 0755) == 0);
    CHECK(meeting_places_of(profile).size() == 1);
    CHECK(std::filesystem::is_directory(profile.directory() + "/run"));
}

TEST_SUITE_END();
