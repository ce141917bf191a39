#include "client/server_fixture.hpp"

#include <algorithm>

namespace duet {

TEST_CASE_FIXTURE(PairTest, "what is said is heard, once, and its sender sees how far it has got")
{
    auto const said = ada.client->say("bob", "are you there?");
    REQUIRE(said.has_value());
    both_until([&] { return ada.states["are you there?"] == MessageState::delivered; });
    CHECK(bob.heard_texts == std::vector<std::string> {"are you there?"});
    CHECK(ada.heard_texts.empty());

    bob.client->read("ada", 1);
    both_until([&] { return ada.states["are you there?"] == MessageState::read; });
    CHECK(ada.client->own(*said)->state == MessageState::read);
    CHECK(ada.client->own(*said)->seq == 1);
    CHECK(ada.client->outbox().empty());
    CHECK(ada.log("bob") == bob.log("ada"));
}

TEST_CASE_FIXTURE(PairTest, "what is said while the server is away is sent when it is back")
{
    server.is_closed = true;
    server.cut_all();
    both_until([&] { return ada.here != Connectedness::here; });
    ada.client->say("bob", "one");
    ada.client->say("bob", "two");
    CHECK(ada.client->outbox().size() == 2);
    ada.opens(); // killed and started again
    CHECK(ada.client->outbox().size() == 2);
    server.is_closed = false;
    both_until([&] { return bob.heard_texts.size() == 2; });
    CHECK(bob.heard_texts == std::vector<std::string> {"one", "two"});
}

TEST_CASE_FIXTURE(PairTest, "the same key again is the same message")
{
    auto const once = ada.client->say("bob", "only once", "key 1");
    auto const twice = ada.client->say("bob", "only once?", "key 1");
    REQUIRE(twice.has_value());
    CHECK(*once == *twice);
    ada.opens();
    CHECK(*ada.client->say("bob", "again", "key 1") == *once);
    CHECK(ada.client->say("kim", "only once", "key 1").error().word == "key_used");
    both_until([&] { return bob.heard_texts.size() == 1; });
    auto const both = ada.client->say_all({{"bob", "x", "key 2"}, {"bob", "y", "key 2"}});
    CHECK(both->front() == both->back());
    both_until([&] { return ada.states["x"] == MessageState::delivered; });
    CHECK(server.log("ada", "bob") == std::vector<std::string> {"only once", "x"});
}

TEST_CASE_FIXTURE(PairTest, "what cannot be said is refused before it is kept")
{
    auto const why = [&](std::string const& to, std::string const& text) {
        auto const said = ada.client->say(to, text);
        return said.has_value() ? "" : said.error().word;
    };
    CHECK(why("bob", "") == "text_empty");
    CHECK(why("bob", std::string(16385, 'x')) == "text_too_long");
    CHECK(why("bob", "bell\a") == "control_character");
    CHECK(why("bob", "caf\xE9") == "not_utf8");
    CHECK(why("../bob", "hello") == "handle_wrong");
    CHECK(why("bob", std::string(16384, 'x')).empty());
    CHECK(ada.client->outbox().size() == 1);
}

TEST_CASE_FIXTURE(PairTest, "what is said to a stranger is refused for good")
{
    auto const said = ada.client->say("nobody", "hello?");
    both_until([&] { return ada.states["hello?"] == MessageState::refused; });
    CHECK(ada.client->own(*said)->refused == "not_connected");
    CHECK(ada.client->outbox().empty());
    ada.client->say("bob", "hello");
    both_until([&] { return bob.heard_texts.size() == 1; });
}

TEST_CASE_FIXTURE(PairTest, "a device is held by one process at a time, and the other is named")
{
    auto const second = Client::open(ada.directory(), ada);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().word == "held");
    CHECK(second.error().sentence.find(std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE_FIXTURE(PairTest, "ten thousand texts that wait are sent in their order")
{
    server.is_closed = true;
    server.cut_all();
    both_until([&] { return ada.here != Connectedness::here; });
    std::vector<Saying> sayings;
    std::vector<std::string> texts;
    for (int i = 0; i < 10'000; ++i) {
        texts.push_back("text " + std::to_string(i));
        sayings.push_back({"bob", texts.back()});
    }
    REQUIRE(ada.client->say_all(sayings).has_value());
    server.is_closed = false;
    both_until([&] { return bob.heard_texts.size() == texts.size(); });
    CHECK(bob.heard_texts == texts);
    both_until([&] { return ada.client->outbox().empty(); });
    CHECK(ada.log("bob") == texts);
}

TEST_CASE_FIXTURE(PairTest, "what the connection does not take at once is sent as it drains")
{
    std::vector<Saying> sayings;
    for (char letter = 'a'; letter < 'a' + 20; ++letter) {
        for (int i = 0; i < 20; ++i)
            sayings.push_back({"bob", std::string(16'000, letter)});
    }
    REQUIRE(ada.client->say_all(sayings)
            .has_value()); // 4 MB may be unanswered: the server takes none yet
    for (int i = 0; i < 100; ++i)
        ada.client->turn(std::chrono::milliseconds(0));
    CHECK(ada.here == Connectedness::here);
    both_until([&] { return bob.heard_texts.size() == sayings.size(); });
    CHECK(std::ranges::equal(bob.heard_texts, sayings, {}, {}, &Saying::text));
}

TEST_CASE_FIXTURE(PairTest, "lists are asked for, and answered by the number of the question")
{
    auto const people = ada.client->ask_people();
    both_until([&] { return ada.answered == people; });
    REQUIRE(ada.contacts.size() == 1);
    CHECK(ada.contacts[0].handle == "bob");
    CHECK(ada.contacts[0].name == "bob");

    auto const devices = ada.client->ask_devices();
    both_until([&] { return ada.answered == devices; });
    REQUIRE(ada.own_devices.size() == 1);
    CHECK(ada.own_devices[0].name == "desk");
    CHECK(ada.own_devices[0].is_this);

    auto const invitation = ada.client->ask_invitation();
    both_until([&] { return ada.answered == invitation; });
    CHECK_FALSE(ada.words.empty());

    auto const unknown = ada.client->ask_revoke(80);
    both_until([&] { return ada.answered == unknown; });
    CHECK(ada.denied_with == "device_unknown");

    auto const itself = ada.client->ask_revoke(ada.own_devices[0].number);
    both_until([&] { return not ada.end.empty(); });
    CHECK(ada.end == "revoked");
    CHECK_FALSE(ada.client->next_deadline().has_value());
    static_cast<void>(itself);
}

TEST_CASE_FIXTURE(PairTest, "without a connection a question is denied at once")
{
    server.is_closed = true;
    server.cut_all();
    both_until([&] { return ada.here != Connectedness::here; });
    auto const asked = ada.client->ask_people();
    both_until([&] { return ada.answered == asked; });
    CHECK(ada.denied_with == "network");
}

TEST_CASE_FIXTURE(PairTest, "a further device has the contacts at once, and fetches what is older")
{
    std::vector<std::string> texts;
    for (int i = 0; i < 450; ++i)
        texts.push_back("text " + std::to_string(i));
    for (std::string const& text : texts)
        ada.client->say("bob", text);
    both_until([&] { return bob.heard_texts.size() == texts.size(); });

    User desk(path("desk"));
    prepares(desk, server.links("ada"), "");
    desk.opens();
    turn_until({&ada, &desk}, // ada's first device says yes to it
        [&] { return desk.client->connectedness() == Connectedness::here; });
    CHECK(desk.client->you() == "ada");
    turn_until({&desk}, [&] {
        auto const contacts = desk.client->contacts();
        return contacts.size() == 1
            and contacts[0].last_seq == 451; // that it was added is the last
    });
    while (desk.fetched_more.empty() or desk.fetched_more.back()) {
        auto const fetched = desk.fetched_more.size();
        desk.client->fetch_older("bob");
        turn_until({&desk}, [&] { return desk.fetched_more.size() > fetched; });
    }
    CHECK(desk.fetched_more.size() == 3);
    auto log = desk.log("bob");
    REQUIRE(log.size() == texts.size() + 1);
    log.pop_back();
    CHECK(log == texts);
    auto const page = desk.client->history("bob", 10, 3);
    REQUIRE(page.size() == 3);
    CHECK(page.front().seq == 7);

    ada.client->say("bob", "from the other");
    turn_until({&ada, &bob, &desk}, [&] {
        return not desk.heard_texts.empty() and desk.heard_texts.back() == "from the other";
    });
    CHECK(desk.client->history("bob", 0, 1)[0].is_mine);
}

TEST_CASE_FIXTURE(PairTest, "the feed can be read again from any number")
{
    for (char const* const text : {"one", "two", "three"})
        ada.client->say("bob", text);
    both_until([&] { return bob.heard_texts.size() == 3; });
    auto const feed = bob.client->feed(2, 10);
    REQUIRE(feed.size() == 2);
    CHECK(feed[0].text == "two");
    CHECK(feed[0].feed == 2);
    CHECK(bob.client->cursor() == 3);
    CHECK(bob.client->contacts()[0].unread == 3);
    CHECK(ada.client->contacts()[0].unread == 0);
}

TEST_CASE_FIXTURE(PairTest, "typing is told to who is there")
{
    ada.client->typing("bob");
    both_until([&] { return bob.typed == std::vector<std::string> {"ada"}; });
}

} // namespace duet
