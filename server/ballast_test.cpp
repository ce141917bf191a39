#include "server/ballast.hpp"

#include "base/limits.hpp"
#include "store/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace duet;

TEST_SUITE_BEGIN("ballast");

TEST_CASE("ballast takes its space, and gives it back")
{
    ScratchDirectory directory;
    Ballast const ballast(directory.path());
    CHECK_FALSE(ballast.is_there());
    if (not ballast.has_room())
        return; // of this machine's disk nothing else can be asked

    REQUIRE(ballast.make());
    CHECK(ballast.is_there());
    struct stat status {};
    REQUIRE(::stat(directory.file("ballast").c_str(), &status) == 0);
    CHECK(status.st_blocks * 512 >= static_cast<off_t>(limits::ballast_bytes));

    ballast.release();
    CHECK_FALSE(ballast.is_there());
    ballast.release(); // of nothing: does nothing
}

TEST_CASE("where there is no folder there is no ballast")
{
    Ballast const ballast("/nowhere");
    CHECK_FALSE(ballast.has_room());
    CHECK_FALSE(ballast.make());
}

TEST_SUITE_END();
