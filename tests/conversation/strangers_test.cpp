// docs/protocol.md, "Strangers": one request, which reaches its receiver or nobody, and its sender cannot
// tell which.

#include "base/limits.hpp"
#include "tests/conversation/stage.hpp"

#include <doctest/doctest.h>

using namespace duet;
using namespace std::chrono_literals;

namespace {

class StrangersTest : public ConversationTest {
public:
    /// Says a request, and gives what the sender hears.
    std::string asks_for(Handset& device, std::string const& to, std::string const& text = "may I?")
    {
        forgets(device);
        device.n = next(device.n);
        asks(device, Say {device.n, to, Kind::request, text});
        disk_has_it();
        return hears(device);
    }

    std::string does(Handset& device, Request::Body body)
    {
        forgets(device);
        asks(device, std::move(body));
        disk_has_it();
        return hears(device);
    }
};

} // namespace

TEST_SUITE_BEGIN("strangers");

TEST_CASE_FIXTURE(
    StrangersTest, "whoever does not exist, refuses or blocks is told apart by nothing")
{
    comes_back(ada);
    comes_back(kim);
    CHECK(asks_for(ada, "kim") == "said 1 as 1 #1");
    CHECK(hears(kim) == "#1 ada: may I?");
    CHECK(does(kim, Refuse {"ada"}) == "done / ada is nobody");
    CHECK(asks_for(ada, "nobody") == "said 2 as 1 #2");
    pass(limits::request_life);
    comes_back(ada);
    comes_back(kim);
    CHECK(asks_for(ada, "kim") == "said 3 as 2 #3");
    CHECK(asks_for(ada, "nobody") == "said 4 as 2 #4");
    CHECK(hears(kim).empty());
    CHECK(store.last_feed(person("kim")) == Feed {1});

    for (std::string const to : {"kim", "nobody"}) {
        CAPTURE(to);
        CHECK(asks_for(ada, to).ends_with(": request_waiting"));
        says(ada, to, "do you hear me?");
        disk_has_it();
        CHECK(hears(ada).ends_with(": request_waiting"));
        asks(ada, Read {to, Seq {1}});
        asks(ada, Typing {to});
        CHECK(does(ada, Devices {to}) == "refused: not_connected");
        CHECK(does(ada, History {to, {}, {}, 9})
            == "ada: may I? (n " + std::string(to == "kim" ? "1" : "2") + ") / ada: may I? (n "
                + (to == "kim" ? "3" : "4") + ") / that was 1 to 2");
        CHECK(does(ada, Report {to, Seq {1}}) == "done");
        CHECK(does(ada, Block {to}) == "done / " + to + " is blocked");
        CHECK(does(ada, Unblock {to}) == "done / " + to + " is asked");
    }
    CHECK(hears(kim).empty());
    CHECK(sees(kim).empty());
    CHECK(does(ada, People {"", 9}) == "people: bob kim (asked) nobody (asked)");
    auto const people = [&] {
        asks(ada, People {"bob", 9});
        return std::get<PeopleEvent>(ada.heard.back().body).people;
    }();
    REQUIRE(people.size() == 2);
    CHECK(people[0].name.empty());
    CHECK(people[1].name.empty());
    CHECK(people[0].last == people[1].last);
}

TEST_CASE_FIXTURE(
    StrangersTest, "nothing of anybody flows before a request is accepted, and then all")
{
    comes_back(ada);
    comes_back(kim);
    asks_for(ada, "kim");
    CHECK(does(kim, People {"", 9}) == "people: bob ada (asks)");
    asks(kim, Typing {"ada"});
    asks(ada, Typing {"kim"});
    got(kim);
    asks(kim, Read {"ada", Seq {1}});
    marks_move();
    CHECK(hears(ada).empty());
    CHECK(hears(kim) == "with ada: kim has 1, read 1"); // their own devices know what was read
    says(kim, "ada", "not yet");
    disk_has_it();
    CHECK(hears(kim) == "refused 1: not_connected");

    CHECK(does(kim, Accept {"ada"}) == "done / ada is contact");
    CHECK(hears(ada) == "kim is contact / with kim: kim has 1, read 1");
    CHECK(sees(ada) == "kim is there");
    CHECK(sees(kim) == "ada is there");
    says(kim, "ada", "welcome");
    disk_has_it();
    CHECK(hears(ada) == "#2 kim: welcome");
    CHECK(asks_for(ada, "kim").ends_with(": already_connected"));
    CHECK(does(kim, Accept {"ada"}) == "done / ada is contact"); // again, and nothing changes
}

TEST_CASE_FIXTURE(
    StrangersTest, "who was away when a request was accepted learns of it behind welcome")
{
    comes_back(ada);
    comes_back(kim);
    asks_for(ada, "kim");
    got(ada);
    loses_connection(ada);
    does(kim, Accept {"ada"});
    signs_in(ada);
    CHECK(hears(ada) == "welcome ada, head 1, last n 1 / kim is contact");
    CHECK(does(ada, People {"", 9}) == "people: bob kim");
}

TEST_CASE_FIXTURE(StrangersTest, "two who ask each other are contacts by that")
{
    comes_back(ada);
    comes_back(kim);
    asks_for(ada, "kim");
    forgets(kim);
    CHECK(asks_for(kim, "ada", "you first").starts_with("ada is contact"));
    CHECK(store.are_contacts(Pair::of(person("ada"), person("kim"))));
    CHECK(hears(ada).find("#2 kim: you first") != std::string::npos);
}

TEST_CASE_FIXTURE(
    StrangersTest, "a request is short, said by nobody twice, and there are only so many")
{
    comes_back(ada);
    CHECK(asks_for(ada, "nobody", std::string(limits::request_characters_max + 1, 'x'))
        == "refused 1: text_too_long");
    std::string korean;
    for (std::size_t i = 0; i < limits::request_characters_max; ++i)
        korean += "\xEC\x95\x88"; // three bytes, and one character
    CHECK(asks_for(ada, "nobody", korean) == "said 2 as 1 #1");
    CHECK(asks_for(ada, "No Handle") == "refused 3: handle_wrong");
    CHECK(asks_for(ada, "ada") == "refused 4: to_oneself");
    for (std::size_t i = 2; i <= limits::requests_open_max; ++i)
        CHECK(asks_for(ada, "nobody" + std::to_string(i)).starts_with("said"));
    CHECK(asks_for(ada, "kim").ends_with(": requests_full"));
    CHECK(asks_for(ada, "nobody21").ends_with(": requests_full"));
    pass(limits::request_life);
    comes_back(ada);
    CHECK(asks_for(ada, "kim").starts_with("said"));
}

TEST_CASE_FIXTURE(StrangersTest,
    "a handle that was written to is taken by nobody, and its taker hears nothing old")
{
    comes_back(ada);
    comes_back(bob);
    asks_for(ada, "dora");
    Handset dora = handset("dora");
    enrols(dora, invites(bob), "dora");
    CHECK(hears(dora) == "enrolled as dora");
    comes_back(dora);
    CHECK(does(dora, People {"", 9}) == "people: bob");
    CHECK(does(dora, History {"ada", {}, {}, 9}) == "refused: not_connected");
    CHECK(does(dora, Accept {"ada"}) == "refused: no_such_request");
    CHECK(does(ada, People {"", 9}) == "people: bob dora (asked)");

    pass(limits::request_life);
    comes_back(ada);
    comes_back(dora);
    CHECK(asks_for(ada, "dora", "now?") == "said 2 as 2 #2");
    CHECK(hears(dora) == "#1 ada: now?");
    does(dora, Accept {"ada"});
    CHECK(does(dora, History {"ada", {}, {}, 9}) == "ada:  / ada: now? / that was 1 to 2");
}

TEST_CASE_FIXTURE(
    StrangersTest, "a contact who blocks is as one who has left, until they change their mind")
{
    comes_back(ada);
    comes_back(bob);
    CHECK(does(bob, Block {"ada"}) == "done / ada is blocked");
    CHECK(sees(bob).empty() == false);
    CHECK(hears(ada).empty());
    CHECK(sees(ada).ends_with("bob has left"));
    says(ada, "bob", "hello?");
    disk_has_it();
    CHECK(hears(ada) == "refused 1: not_reachable");
    asks(ada, Typing {"bob"});
    CHECK(hears(bob).empty());
    says(bob, "ada", "you cannot answer");
    disk_has_it();
    CHECK(hears(bob) == "refused 1: blocked");
    CHECK(does(ada, People {"", 9}) == "people: bob");
    CHECK(does(bob, Unblock {"ada"}) == "done / ada is contact");
    CHECK(sees(ada) == "bob is there");
    says(ada, "bob", "hello again");
    disk_has_it();
    CHECK(hears(bob) == "#1 ada: hello again");

    disk_has_it();
    scribe->write(std::vector<Draft> {EraseDraft {{}, person("bob"), now.label}});
    says(ada, "bob", "are you gone?");
    disk_has_it();
    CHECK(hears(ada).ends_with("refused 3: not_reachable"));
}

TEST_CASE_FIXTURE(StrangersTest, "whom one cannot know one can neither block nor accept")
{
    comes_back(ada);
    for (std::string const to : {"kim", "nobody", "ada", "No Handle"}) {
        CHECK(does(ada, Block {to}) == "refused: not_connected");
        CHECK(does(ada, Accept {to}) == "refused: no_such_request");
        CHECK(does(ada, Refuse {to}) == "refused: no_such_request");
        CHECK(does(ada, ChangeSettings {ChangeSettings::ForOne {.with = to, .mute = true}})
            == "refused: not_connected");
        CHECK(does(ada, Devices {to}) == "refused: not_connected");
    }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("choices");

TEST_CASE_FIXTURE(
    StrangersTest, "what is off is told to nobody, and all devices of the person know")
{
    comes_back(ada);
    comes_back(ada_desk);
    comes_back(bob);
    says(bob, "ada", "hello");
    disk_has_it();
    forgets(bob);
    CHECK(
        does(ada, ChangeSettings {ChangeSettings::ForAll {false, false, false}}) == "done / tells");
    CHECK(hears(ada_desk) == "#1 bob: hello / tells");
    CHECK(sees(bob) == "ada has left");
    asks(ada, Typing {"bob"});
    got(ada);
    asks(ada, Read {"bob", Seq {1}});
    marks_move();
    CHECK(hears(bob) == "with ada: ada has 1, read 0");
    CHECK(hears(ada_desk) == "with bob: ada has 1, read 1");

    loses_connection(bob);
    comes_back(bob);
    CHECK(sees(bob).empty());
    signs_in(ada_desk);
    CHECK(hears(ada_desk).starts_with("welcome ada, head 1, last n 0 / tells / "));
    CHECK(does(ada, ChangeSettings {ChangeSettings::ForAll {{}, true, {}}})
        == "done / tells presence");
    CHECK(sees(bob) == "ada is there");
}

TEST_CASE_FIXTURE(
    StrangersTest, "what is chosen for one conversation holds for one person, everywhere")
{
    comes_back(ada);
    comes_back(bob);
    for (int i = 0; i < 3; ++i)
        says(ada, "bob", "x");
    disk_has_it();
    using One = ChangeSettings::ForOne;
    CHECK(does(ada, ChangeSettings {One {"bob", true, {}, true, "Bobby", Seq {2}}})
        == "done / bob is contact, mute, pin, called Bobby, deleted up to 2");
    CHECK(does(ada, ChangeSettings {One {.with = "bob", .delete_up_to = Seq {1}}})
        == "done / bob is contact, mute, pin, called Bobby, deleted up to 2");
    CHECK(does(ada, ChangeSettings {One {.with = "bob", .delete_up_to = Seq {9}}})
        == "refused: no_such_entry");
    CHECK(does(ada, ChangeSettings {One {.with = "bob", .name = std::string(65, 'x')}})
        == "refused: text_too_long");
    CHECK(does(ada, History {"bob", {}, {}, 9}) == "ada: x (n 3) / that was 3 to 3");
    CHECK(does(bob, History {"ada", {}, {}, 9}).ends_with("that was 1 to 3"));
    signs_in(ada_desk);
    CHECK(hears(ada_desk).find("bob is contact, mute, pin") != std::string::npos);
    does(ada, ChangeSettings {One {.with = "bob", .delete_up_to = Seq {3}}});
    CHECK(does(ada, History {"bob", {}, {}, 9}) == "that was 0 to 0");
    asks(ada, People {"", 9});
    auto const bob_there = std::get<PeopleEvent>(ada.heard.back().body).people.at(0);
    CHECK(bob_there.unread == 0);
    CHECK_FALSE(bob_there.last_entry.has_value());
    CHECK(bob_there.choices.name == "Bobby");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("further devices");

TEST_CASE_FIXTURE(
    StrangersTest, "a further device waits for a yes, and all contacts are told of it")
{
    comes_back(ada);
    comes_back(bob);
    Handset tablet = handset("ada");
    enrols(tablet, links(ada), "");
    CHECK(hears(tablet) == "waiting");
    CHECK(ada.heard.size() == 1);
    is_confirmed(tablet, ada);
    CHECK(hears(tablet) == "enrolled as ada");
    std::string const told = hears(bob);
    CHECK(told.starts_with("#1 ada: {\"device\":\"a handset\",\"identity\":\""));
    CHECK(told.ends_with("\",\"by\":\"link\"}"));
    CHECK(hears(ada).starts_with("done / #1 ada: {"));
    CHECK(does(bob, Devices {"ada"}) == "ada has 3 devices");
}

TEST_CASE_FIXTURE(StrangersTest, "a no ends the link; a device that is away is asked when it comes")
{
    comes_back(ada);
    std::string const secret = links(ada);
    loses_connection(ada);
    Handset tablet = handset("ada");
    enrols(tablet, secret, "");
    CHECK(hears(tablet) == "waiting");
    signs_in(ada);
    CHECK(hears(ada).ends_with("a handset asks from 192.0.2.1"));
    CHECK(does(ada, Confirm {99, true}) == "refused: no_such_request");
    CHECK(does(ada, Confirm {1, false}) == "done");
    CHECK(hears(tablet) == "refused: not_confirmed");
    enrols(tablet, secret, "");
    CHECK(hears(tablet) == "refused: secret_unknown");
    CHECK(store.devices(person("ada")).size() == 2);
}

TEST_CASE_FIXTURE(StrangersTest, "who is not confirmed in time is refused, and may ask again")
{
    comes_back(ada);
    Handset tablet = handset("ada");
    std::string const secret = links(ada);
    loses_connection(ada);
    enrols(tablet, secret, "");
    forgets(tablet);
    pass(limits::confirm_time_max - 1s);
    CHECK(hears(tablet).empty());
    pass(1s);
    CHECK(hears(tablet) == "refused: not_confirmed");
    enrols(tablet, secret, "");
    CHECK(hears(tablet) == "waiting");
}

TEST_CASE_FIXTURE(StrangersTest, "a recovery phrase makes one device, and is good once")
{
    comes_back(ada);
    auto const hash = [](std::string const& phrase) { return hash_of_secret(phrase); };
    CHECK(does(ada, ChangeRecovery {hash("first")}) == "done");
    CHECK(does(ada, ChangeRecovery {hash("first")}) == "done");
    auto const recovers = [&](Handset& device, std::string const& phrase,
                              std::optional<SecretHash> next) {
        connects(device);
        CHECK(hears(device) == "hello");
        asks(device, Enrol {phrase, device.keys.identity, proof_of(device), "", "", "new", next});
        disk_has_it();
        return hears(device);
    };
    Handset tablet = handset("ada");
    CHECK(recovers(tablet, "first", std::nullopt) == "refused: recovery_missing");
    CHECK(recovers(tablet, "first", hash("first")) == "refused: secret_unknown");
    CHECK(recovers(tablet, "first", hash("second")) == "enrolled as ada");
    CHECK(recovers(tablet, "first", hash("second")) == "enrolled as ada"); // a lost answer
    Handset thief = handset("ada");
    CHECK(recovers(thief, "first", hash("third")) == "refused: secret_unknown");
    CHECK(recovers(thief, "second", hash("third")) == "enrolled as ada");
    comes_back(bob);
    CHECK(does(bob, History {"ada", {}, {}, 9}).find("\"by\":\"recovery\"") != std::string::npos);
}

TEST_CASE_FIXTURE(StrangersTest, "a suspended person is cut off, and let in again")
{
    comes_back(ada);
    auto const suspend = [&](bool is_suspended) {
        drafts.push_back(SuspendDraft {{}, person("ada"), is_suspended, now.label});
        disk_has_it();
    };
    suspend(true);
    CHECK(hears(ada) == "bye: suspended");
    signs_in(ada);
    CHECK(hears(ada) == "bye: suspended");
    suspend(false);
    comes_back(ada);
}

TEST_CASE_FIXTURE(StrangersTest, "a device keeps its pace, and the operator may keep invitations")
{
    chat->set_rules({.anyone_invites = false, .pace = {2, 1}});
    comes_back(ada);
    CHECK(does(ada, Invite {}) == "refused: not_permitted");
    for (unsigned n = 1; n <= 3; ++n)
        says_under(ada, n, "bob", "x");
    disk_has_it();
    CHECK(hears(ada) == "later, from 3: too_fast / said 1 as 1 #1 / said 2 as 2 #2");
    CHECK(does(ada, LinkDevice {}) == "refused: too_fast");
    pass(1s);
    CHECK(does(ada, LinkDevice {}) == "a secret");
}

TEST_CASE_FIXTURE(StrangersTest, "who leaves is erased")
{
    comes_back(ada);
    comes_back(ada_desk);
    CHECK(does(ada, Leave {}) == "done / bye: revoked");
    CHECK(hears(ada_desk) == "bye: revoked");
    CHECK(store.person_by_handle("ada")->is_erased);
}

TEST_SUITE_END();
