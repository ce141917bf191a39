#include "terminal/secret_words.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("secret_words");

TEST_CASE("what stands behind `join` is taken and blanked")
{
    std::string words[] = {"duet", "--profile", "ada", "join", "server", "secret"};
    char* values[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(),
        words[4].data(), words[5].data()};
    CHECK(take_arguments(6, values)
        == std::vector<std::string> {"duet", "--profile", "ada", "join", "server", "secret"});
    CHECK(words[2] == "ada");
    CHECK(words[3] == "join");
    CHECK(words[4] == "      ");
    CHECK(words[5] == "      ");
}

TEST_CASE("other commands stay as they are")
{
    std::string words[] = {"duet", "say", "bob"};
    char* values[] = {words[0].data(), words[1].data(), words[2].data()};
    take_arguments(3, values);
    CHECK(words[2] == "bob");
}

TEST_SUITE_END();
