#include "direct/partners.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

namespace duet {

namespace {

using namespace std::chrono_literals;

Identity identity_of(int who)
{
    return key_pair_from({std::byte(who)}).identity;
}

struct PartnersTest {
    PartnersTest()
    {
        REQUIRE(::mkdtemp(folder.data()) != nullptr);
        open();
    }
    ~PartnersTest() { std::filesystem::remove_all(folder); }
    PartnersTest(PartnersTest const&) = delete;
    PartnersTest& operator=(PartnersTest const&) = delete;

    void open()
    {
        partners.reset();
        auto opened = Partners::open(folder, {std::byte(seeds++)});
        REQUIRE(opened.has_value());
        partners = std::move(*opened);
    }

    std::string folder = "/tmp/duet-test-XXXXXX";
    int seeds = 1;
    std::unique_ptr<Partners> partners;
    Time now {1000s};
};

} // namespace

TEST_CASE_FIXTURE(PartnersTest, "the key stays, and its file is for its owner alone")
{
    auto const identity = partners->keys().identity;
    partners->set_name("ada");
    open(); // with another seed at hand
    CHECK(partners->keys().identity == identity);
    CHECK(partners->name() == "ada");
    struct stat status {};
    REQUIRE(::stat((folder + "/partners.sqlite").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE_FIXTURE(
    PartnersTest, "who is paired is known by identity, name and place, over a restart")
{
    auto const bob = partners->pair(identity_of(2), "Bob", now);
    REQUIRE(bob.has_value());
    partners->note_met(bob->id, "bob.example:8000", "", now + 1s);
    partners->note_met(bob->id, "", "192.0.2.7:8001", now + 2s);
    open();
    auto const found = partners->find(identity_of(2));
    REQUIRE(found.has_value());
    CHECK(found->name == "bob");
    CHECK(found->met == now + 2s);
    CHECK(partners->find("bob")->id == bob->id);
    CHECK(partners->find_at("bob.example:8000")->id == bob->id);
    CHECK(partners->find_at("192.0.2.7:8001")->id == bob->id);
    CHECK_FALSE(partners->find_at("192.0.2.8:8001").has_value());
    CHECK_FALSE(partners->find(identity_of(3)).has_value());
}

TEST_CASE_FIXTURE(PartnersTest, "no two are called alike, nor as we are")
{
    partners->set_name("ada");
    CHECK(partners->pair(identity_of(2), "Bob", now)->name == "bob");
    CHECK(partners->pair(identity_of(3), "bob", now)->name == "bob-2");
    CHECK(partners->pair(identity_of(4), "ADA", now)->name == "ada-2");
    CHECK(partners->pair(identity_of(2), "somebody else", now)->name == "bob");
}

TEST_CASE("any name becomes one that can be typed")
{
    CHECK(handle_like("Ada Lovelace") == "ada-lovelace");
    CHECK(handle_like("김") == "friend");
    CHECK(handle_like("-.x") == "x");
    CHECK(handle_like("\x1b[2J") == "2j");
    CHECK(handle_like(std::string(100, 'a')) == std::string(32, 'a'));
    CHECK(handle_like("") == "friend");
}

TEST_CASE_FIXTURE(PartnersTest, "who is forgotten is not known any more, and has left a talk")
{
    auto const bob = partners->pair(identity_of(2), "bob", now);
    CHECK(*partners->forget(bob->id) == "bob.old");
    CHECK_FALSE(partners->find(identity_of(2)).has_value());
    CHECK_FALSE(partners->find("bob").has_value());
    CHECK(partners->find("bob.old")->is_forgotten);
    // Another key is somebody else; the same key again is the same person.
    auto const other = partners->pair(identity_of(3), "bob", now);
    CHECK(other->id != bob->id);
    CHECK(other->name == "bob");
    CHECK(partners->pair(identity_of(2), "bob", now)->id == bob->id);
}

TEST_CASE_FIXTURE(PartnersTest, "a link is good once, for a day, and for the same key again")
{
    SecretHash const secret {std::byte {7}};
    SecretHash const other {std::byte {8}};
    partners->add_link(secret, now + 24h);
    partners->add_link(other, now + 24h);
    CHECK_FALSE(partners->use_link({std::byte {9}}, identity_of(2), now));
    CHECK(partners->use_link(secret, identity_of(2), now));
    open();
    CHECK(partners->use_link(secret, identity_of(2), now));
    CHECK_FALSE(partners->use_link(secret, identity_of(3), now));
    CHECK_FALSE(partners->use_link(other, identity_of(3), now + 24h));
}

TEST_CASE_FIXTURE(
    PartnersTest, "a code has five tries and ten minutes, over restarts, and one is good")
{
    auto const first = partners->make_code(1, now);
    auto const code = partners->make_code(4711, now);
    CHECK(code.name != first.name);
    CHECK_FALSE(partners->take_try(first.name, now).has_value());
    for (std::size_t tries = 0; tries < code_tries_max; ++tries) {
        open();
        CHECK(partners->take_try(code.name, now) == code);
    }
    CHECK_FALSE(partners->take_try(code.name, now).has_value());

    auto const late = partners->make_code(1, now);
    CHECK_FALSE(partners->take_try(late.name, now + code_life).has_value());
    CHECK(partners->take_try(late.name, now).has_value());
    partners->use_code(late.name);
    CHECK_FALSE(partners->take_try(late.name, now).has_value());
    CHECK_FALSE(partners->take_try(0, now).has_value());
}

} // namespace duet
