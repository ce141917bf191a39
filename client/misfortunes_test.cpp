// What a device lives through: cuts, kills, restored backups, copies of itself.

#include "client/server_fixture.hpp"
#include "store/sqlite.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace duet {

namespace {

void copy(std::string const& from, std::string const& to)
{
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

std::size_t count_of(std::vector<std::string> const& texts, std::string const& text)
{
    return static_cast<std::size_t>(std::ranges::count(texts, text));
}

/// While it lives, files of this process do not grow.
class FullDisk {
public:
    FullDisk()
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit const none {.rlim_cur = 0, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(FullDisk const&) = delete;
    FullDisk& operator=(FullDisk const&) = delete;

private:
    rlimit before_ {};
};

} // namespace

// Joining

TEST_CASE_FIXTURE(PairTest, "joining goes on after an answer that was cut off at any byte")
{
    // How many bytes there are to be cut: all that one who joins is told.
    User measure(path("measure"));
    joins(measure, server.invites("bob"), "measure");
    std::size_t const all = server.told_bytes();
    REQUIRE(all > 500);
    measure.client.reset();

    for (std::size_t bytes = 0; bytes < all; ++bytes) {
        std::string const handle = "guest" + std::to_string(bytes);
        User guest(path(handle));
        prepares(guest, server.invites("bob"), handle);
        guest.opens();
        server.tell_at_most(bytes);
        turn_until({&guest}, [&] { return guest.here == Connectedness::connecting; });
        // Signed in already, it may be told less than who was measured, and then nothing is cut.
        turn_until({&guest}, [&] { return guest.here != Connectedness::connecting; });
        server.tell_at_most(std::nullopt);
        guest.opens(); // at once, and without what was in memory
        comes(guest);
        CHECK(guest.client->is_enrolled());
        CHECK(guest.client->you() == handle);
        CHECK(guest.client->say("bob", handle).has_value());
        turn_until({&guest, &bob}, [&] { return count_of(bob.heard_texts, handle) == 1; });
    }
    CHECK(bob.heard_texts.size() == all);
}

TEST_CASE_FIXTURE(ClientTest, "what cannot be joined is told in one word")
{
    User ada(path("ada"));
    auto const none = Client::open(ada.directory(), ada);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().word == "not_joined");

    prepares(ada, "nobodyssecret", "ada");
    ada.opens();
    CHECK_FALSE(ada.client->is_enrolled());
    turn_until({&ada}, [&] { return not ada.end.empty(); });
    CHECK(ada.end == "secret_unknown");

    // Never enrolled, it may be prepared again; enrolled, it may not.
    ada.client.reset();
    joins(ada, server.invites(), "ada");
    ada.client.reset();
    auto const again =
        Client::prepare(ada.directory(), {server.address(), "secret", "eva", {}, {}});
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().word == "exists");

    auto const wrong = Client::prepare(path("wrong"), {server.address(), "secret", "-x", {}, {}});
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().word == "handle_wrong");
}

TEST_CASE_FIXTURE(ClientTest, "only its owner may look into a device's directory")
{
    User ada(path("ada"));
    joins(ada, server.invites(), "ada");
    using std::filesystem::perms;
    CHECK(std::filesystem::status(ada.directory()).permissions() == perms::owner_all);
    for (auto const& file : std::filesystem::directory_iterator(ada.directory()))
        CHECK(file.status().permissions() == (perms::owner_read | perms::owner_write));
}

TEST_CASE_FIXTURE(ClientTest, "a file that a newer duet has written is left as it is")
{
    User ada(path("ada"));
    joins(ada, server.invites(), "ada");
    ada.client.reset();
    {
        auto file = Sqlite::open(ada.directory() + "/device.sqlite", Sqlite::Access::write).value();
        file->run("PRAGMA user_version = 80");
    }
    auto const opened = Client::open(ada.directory(), ada);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().word == "store");
    CHECK(opened.error().sentence.find("newer duet") != std::string::npos);
    auto file = Sqlite::open(ada.directory() + "/device.sqlite", Sqlite::Access::write).value();
    CHECK(file->pragma("user_version") == 80);
}

// Talking

TEST_CASE_FIXTURE(PairTest, "what is said is there once, whatever is cut off at any byte")
{
    ada.client->say("bob", "first");
    both_until([&] { return ada.states["first"] == MessageState::delivered; });
    std::vector<std::string> texts {"first"};
    for (std::size_t bytes = 200; bytes < 1400; bytes += 7) {
        // An own text and one of bob's are under way when the connection breaks.
        texts.push_back("text " + std::to_string(bytes));
        ada.client->say("bob", texts.back());
        server.cut_all();
        server.tell_at_most(bytes);
        for (int i = 0; i < 20; ++i) {
            ada.client->turn(std::chrono::milliseconds(0));
            server.turn();
        }
        server.tell_at_most(std::nullopt);
        server.cut_all();
        ada.opens();
    }
    both_until(
        [&] { return ada.client->outbox().empty() and bob.heard_texts.size() == texts.size(); });
    CHECK(server.log("ada", "bob") == texts);
    CHECK(ada.log("bob") == texts);
    CHECK(bob.log("ada") == texts);
}

TEST_CASE_FIXTURE(PairTest, "a device that is killed after each turn loses nothing")
{
    std::vector<std::string> texts;
    for (int i = 0; i < 40; ++i) {
        texts.push_back("text " + std::to_string(i));
        ada.client->say("bob", texts.back());
        ada.opens();
        for (int turns = 0; turns < i % 7; ++turns) {
            ada.client->turn(std::chrono::milliseconds(0));
            bob.client->turn(std::chrono::milliseconds(0));
            server.turn();
        }
        if (i % 5 == 0)
            bob.opens();
    }
    both_until(
        [&] { return ada.client->outbox().empty() and bob.client->cursor() == texts.size(); });
    CHECK(server.log("ada", "bob") == texts);
    CHECK(bob.log("ada") == texts);
    both_until([&] { return ada.log("bob") == texts; });
}

TEST_CASE_FIXTURE(
    PairTest, "a device whose disk is full says so, keeps nothing by half, and goes on later")
{
    ada.client->say("bob", "before");
    both_until([&] { return ada.states["before"] == MessageState::delivered; });
    bob.client->say("ada", "and you?");
    {
        FullDisk const full;
        auto const said = ada.client->say("bob", std::string(16'000, 'x'));
        REQUIRE_FALSE(said.has_value());
        CHECK(said.error().word == "store");
        // What is heard now cannot be stored, so it is not confirmed, and comes again.
        turn_until({&ada}, [&] { return ada.here == Connectedness::away; });
        turn_until({&ada}, [&] { return ada.here == Connectedness::connecting; });
        turn_until({&ada}, [&] { return ada.here == Connectedness::away; });
        CHECK(ada.heard_texts.empty());
    }
    both_until([&] { return ada.heard_texts.size() == 1; });
    ada.client->say("bob", "after");
    both_until([&] { return ada.states["after"] == MessageState::delivered; });
    CHECK(server.log("ada", "bob") == std::vector<std::string> {"before", "and you?", "after"});
    CHECK(ada.log("bob") == server.log("ada", "bob"));
}

// Restored backups

TEST_CASE_FIXTURE(
    PairTest, "after a server's backup was restored, what it lost of ours is said again")
{
    ada.client->say("bob", "before");
    both_until([&] { return ada.states["before"] == MessageState::delivered; });
    auto const backup = server.backup();
    auto const lost = ada.client->say("bob", "ada's after");
    both_until([&] { return ada.states["ada's after"] == MessageState::delivered; });
    bob.client->say("ada", "bob's after");
    both_until([&] { return ada.heard_texts.size() == 1; });
    bob.client.reset(); // and does not come back for a while

    server.restore(backup);
    ada.opens();
    turn_until({&ada}, [&] { return ada.lives == 1 and ada.client->outbox().empty(); });
    CHECK(server.log("ada", "bob") == std::vector<std::string> {"before", "ada's after"});
    CHECK(ada.client->own(*lost)->seq == 2);
    turn_until({&ada}, [&] { return ada.log("bob").size() == 3; });
    CHECK(ada.log("bob") == std::vector<std::string> {"before", "ada's after", "[bob's after]"});

    // When bob comes, he says his own again, and his is no orphan any more.
    bob.opens();
    both_until([&] { return count_of(ada.heard_texts, "bob's after") == 2; });
    auto const truth = server.log("ada", "bob");
    CHECK(truth == std::vector<std::string> {"before", "ada's after", "bob's after"});
    CHECK(ada.log("bob") == truth);
    both_until([&] { return bob.log("ada") == truth; });
    CHECK(bob.lives == 1);
}

TEST_CASE_FIXTURE(
    PairTest, "others' entries that a restored server has never heard of stay readable")
{
    auto const backup = server.backup();
    for (char const* const text : {"one", "two", "three"})
        bob.client->say("ada", text);
    both_until([&] { return ada.heard_texts.size() == 3; });
    bob.client.reset();
    server.restore(backup);
    turn_until({&ada}, [&] { return ada.lives == 1 and ada.here == Connectedness::here; });
    CHECK(ada.log("bob") == std::vector<std::string> {"[one]", "[two]", "[three]"});
    CHECK(ada.client->cursor() == 0);
    ada.client->say("bob", "new");
    turn_until({&ada}, [&] { return ada.states["new"] == MessageState::sent; });
    CHECK(count_of(ada.log("bob"), "new") == 1);
    CHECK(ada.log("bob").size() == 4);
}

TEST_CASE_FIXTURE(PairTest, "a server that lost what it had said is not asked the same for ever")
{
    for (char const* const text : {"one", "two", "three"})
        ada.client->say("bob", text);
    both_until([&] { return bob.heard_texts.size() == 3; });
    auto const backup = server.backup();
    auto const refused = ada.client->say("nobody", "refused");
    both_until([&] { return ada.states["refused"] == MessageState::refused; });
    server.lose_what_came_after(backup);
    ada.client->say("bob", "four");
    both_until([&] { return bob.heard_texts.size() == 4; });
    both_until([&] { return ada.client->outbox().empty(); });
    CHECK(server.log("ada", "bob").back() == "four");
    CHECK(ada.client->own(*refused)->state == MessageState::refused);
}

TEST_CASE_FIXTURE(PairTest, "a device that was restored from an old backup of itself catches up")
{
    ada.client->say("bob", "one");
    both_until([&] { return ada.states["one"] == MessageState::delivered; });
    ada.client.reset();
    copy(ada.directory(), path("backup"));
    ada.opens();
    ada.client->say("bob", "two");
    both_until([&] { return ada.states["two"] == MessageState::delivered; });
    ada.client.reset();
    copy(path("backup"), ada.directory());
    ada.opens();
    ada.client->say("bob", "three");
    both_until([&] { return bob.heard_texts.size() == 3; });
    both_until([&] { return ada.log("bob").size() == 3; });
    CHECK(ada.log("bob") == std::vector<std::string> {"one", "two", "three"});
    CHECK(
        ada.heard_texts == std::vector<std::string> {"two"}); // which it has forgotten that it said
}

TEST_CASE_FIXTURE(PairTest, "two copies of a device lose none of their texts, and the user is told")
{
    // Both have said something under the same number before either has sent it.
    server.is_closed = true;
    server.cut_all();
    both_until([&] { return ada.here != Connectedness::here; });
    ada.client.reset();
    copy(ada.directory(), path("copy"));
    User copied(path("copy"));
    ada.opens();
    copied.opens();
    ada.client->say("bob", "of the first");
    copied.client->say("bob", "of the copy");
    server.is_closed = false;
    turn_until({&ada, &bob}, [&] { return ada.states["of the first"] == MessageState::delivered; });
    turn_until({&ada, &copied, &bob}, [&] { return bob.heard_texts.size() == 2; });
    CHECK(server.log("ada", "bob") == std::vector<std::string> {"of the first", "of the copy"});
    turn_until({&ada, &copied, &bob}, [&] { return not ada.end.empty(); });
    CHECK(ada.end == "replaced");
    turn_until({&copied, &bob}, [&] { return copied.log("bob").size() == 2; });
    CHECK(copied.log("bob") == server.log("ada", "bob"));
}

TEST_CASE_FIXTURE(
    PairTest, "a number that a copy has used is given up for another, and the user is told")
{
    // The copy is taken when the text has its number and no answer.
    auto const said = ada.client->say("bob", "under way"); // gets its number, and is not answered
    REQUIRE(said.has_value());
    ada.client.reset();
    copy(ada.directory(), path("copy"));
    {
        // In the copy another text has that number: as if it had been written there.
        auto file = Sqlite::open(path("copy") + "/device.sqlite", Sqlite::Access::write).value();
        file->run("UPDATE own SET text = 'of the copy'");
    }
    User copied(path("copy"));
    server.cut_all();
    ada.opens();
    turn_until({&ada, &bob}, [&] { return bob.heard_texts.size() == 1; });
    ada.client.reset();
    copied.opens();
    turn_until({&copied, &bob}, [&] { return bob.heard_texts.size() == 2; });
    CHECK(copied.copies_seen == 1);
    CHECK(server.log("ada", "bob") == std::vector<std::string> {"under way", "of the copy"});
    turn_until({&copied, &bob}, [&] { return copied.log("bob") == server.log("ada", "bob"); });
}

TEST_CASE_FIXTURE(PairTest, "another server under the same address is not spoken with")
{
    ada.client.reset();
    {
        auto file = Sqlite::open(ada.directory() + "/device.sqlite", Sqlite::Access::write).value();
        file->run("UPDATE device SET identity = zeroblob(32)");
    }
    ada.opens();
    turn_until({&ada}, [&] { return not ada.end.empty(); });
    CHECK(ada.end == "proof_wrong");
    CHECK(ada.end_words.find("its fingerprint is ") != std::string::npos);
    std::string const known = text_of(hash_of(Identity {}));
    CHECK(ada.end_words.find("that of your server is " + known) != std::string::npos);
    CHECK_FALSE(ada.client->next_deadline().has_value());
}

TEST_CASE_FIXTURE(
    PairTest, "a server that has moved is followed, and known at the new address again")
{
    TestServer other;
    bob.client.reset();
    server.moves_to(other.address());
    turn_until({&ada}, [&] { return ada.client->server() == other.address(); });
    for (int i = 0; i < 1000 and ada.end.empty();
        ++i) { // it is the same identity, and another store
        ada.client->turn(std::chrono::milliseconds(1));
        other.turn(std::chrono::milliseconds(1));
    }
    CHECK(ada.end == "device_unknown");
    ada.opens();
    CHECK(ada.client->server() == other.address());
}

TEST_CASE_FIXTURE(PairTest, "the user may say where the server is; it stays who it is")
{
    TestServer other;
    CHECK(ada.client->move_server("8000").error().word == "port_alone");
    REQUIRE(ada.client->move_server(other.address()).has_value());
    turn_until({&ada}, [&] { return ada.client->connectedness() == Connectedness::away; });
    REQUIRE(ada.client->move_server(server.address()).has_value());
    comes(ada);
    CHECK(ada.client->server() == server.address());
}

} // namespace duet
