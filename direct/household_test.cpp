#include "direct/household.hpp"

#include "base/check.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

namespace duet {

namespace {

using namespace std::chrono_literals;

/// Somebody who talks directly, and writes down what they are told.
class Talker final : HouseholdHandler, ClientHandler {
public:
    Talker(Loop& loop, std::string directory, std::string name)
        : loop_(loop), directory_(std::move(directory)), name_(std::move(name))
    {
        opens();
    }

    /// Begins, or begins again: what was in memory is lost.
    void opens()
    {
        household.reset();
        clients.clear();
        auto opened = Household::open(loop_, directory_, *this);
        REQUIRE(opened.has_value());
        household = std::move(*opened);
        household->partners().set_name(name_);
        here.clear();
    }

    void listens(bool lets_pair = true)
    {
        auto listeners = listen_on(Endpoint::parse("127.0.0.1:" + std::to_string(port)).value());
        REQUIRE(listeners.has_value());
        port = listeners->front().address().port();
        household->listen(std::move(*listeners), lets_pair);
    }

    void calls(Talker const& other, std::string secret = "")
    {
        CallOrder order;
        order.places = {other.place()};
        order.secret = std::move(secret);
        household->call(std::move(order));
    }

    [[nodiscard]] Endpoint place() const
    {
        return Endpoint::parse("127.0.0.1:" + std::to_string(port)).value();
    }

    void say(std::string const& to, std::string const& text)
    {
        auto const partner = household->partners().find(to);
        REQUIRE(partner.has_value());
        auto const client = household->client(*partner);
        REQUIRE(client.has_value());
        REQUIRE((*client)->say(to, text).has_value());
    }

    /// The talk, each line with its number and who said it.
    std::vector<std::string> log(std::string const& with)
    {
        std::vector<std::string> lines;
        auto const client = household->client(*household->partners().find(with));
        for (Message const& each : (*client)->history(with, 0, 100'000))
            lines.push_back(std::to_string(each.seq) + ' ' + each.from + ": " + each.text);
        return lines;
    }

    std::unique_ptr<Household> household;
    std::uint16_t port = 0;
    std::map<std::string, Client*> clients; // by the partner's name
    std::vector<std::string> pairs;
    std::vector<std::string> leavers;
    std::vector<std::string> heard_texts;
    std::map<std::string, MessageState> states;
    std::string failure;
    int misses = 0;
    Connectedness now_here = Connectedness::away;
    std::map<std::string, bool> here;

private:
    ClientHandler& meets(Partner const&) override { return *this; }
    void opened(Partner const& partner, Client& client) override
    {
        clients[partner.name] = &client;
    }
    void paired(Partner const& partner) override { pairs.push_back(partner.name); }
    void left(Partner const& partner) override { leavers.push_back(partner.name); }
    void not_reached(std::string const&) override { ++misses; }
    void call_failed(Failure const& why) override { failure = why.word; }

    void heard(Message const& message) override { heard_texts.push_back(message.text); }
    void changed(Message const& message) override { states[message.text] = message.state; }
    void connection(Connectedness now, std::string const&) override { now_here = now; }

    Loop& loop_;
    std::string directory_;
    std::string name_;
};

struct TestFolder {
    TestFolder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
    ~TestFolder() { std::filesystem::remove_all(path); }
    TestFolder(TestFolder const&) = delete;
    TestFolder& operator=(TestFolder const&) = delete;

    // In memory where that can be: what is tested here is not what a disk does.
    std::string path =
        std::filesystem::exists("/dev/shm") ? "/dev/shm/duet-test-XXXXXX" : "/tmp/duet-test-XXXXXX";
};

struct HouseholdTest {
    void turn_until(std::function<bool()> const& is_met,
        std::source_location where = std::source_location::current())
    {
        auto const end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (not is_met()) {
            check(std::chrono::steady_clock::now() < end, where);
            for (Talker* const one : {&ada, &bob}) {
                if (one->household != nullptr)
                    one->household->act();
            }
            loop->turn(1ms);
        }
    }

    void both_are_here()
    {
        turn_until([&] {
            return ada.now_here == Connectedness::here and bob.now_here == Connectedness::here;
        });
    }

    void they_pair()
    {
        ada.listens();
        bob.calls(ada, ada.household->make_secret().value());
        both_are_here();
    }

    TestFolder folder;
    std::unique_ptr<Loop> loop = Loop::create().value();
    Talker ada {*loop, folder.path + "/ada", "ada"};
    Talker bob {*loop, folder.path + "/bob", "bob"};
};

} // namespace

TEST_CASE_FIXTURE(HouseholdTest, "two who have a link are paired, talk, and see one log")
{
    they_pair();
    CHECK(ada.pairs == std::vector<std::string> {"bob"});
    CHECK(bob.pairs == std::vector<std::string> {"ada"});
    ada.say("bob", "hello");
    turn_until([&] { return bob.heard_texts.size() == 1; });
    bob.say("ada", "hello yourself");
    turn_until([&] { return ada.heard_texts.size() == 1; });
    turn_until([&] { return bob.states["hello yourself"] == MessageState::delivered; });
    turn_until([&] { return ada.states["hello"] == MessageState::delivered; });
    CHECK(ada.log("bob") == bob.log("ada"));
    CHECK(ada.log("bob") == std::vector<std::string> {"1 ada: hello", "2 bob: hello yourself"});
}

TEST_CASE_FIXTURE(HouseholdTest, "whoever ends at any time, and whoever calls then, it is one talk")
{
    they_pair();
    ada.say("bob", "one");
    bob.say("ada", "two");
    bob.opens(); // killed and started again
    bob.calls(ada);
    turn_until([&] { return bob.log("ada").size() == 2 and ada.log("bob").size() == 2; });
    bob.listens();
    ada.opens();
    ada.say("bob", "three"); // nobody is there
    bob.say("ada", "four");
    ada.calls(bob);
    turn_until([&] { return bob.log("ada").size() == 4 and ada.log("bob").size() == 4; });
    CHECK(ada.log("bob") == bob.log("ada"));
    for (std::size_t number = 1; number <= 4; ++number)
        CHECK(ada.log("bob")[number - 1].starts_with(std::to_string(number) + ' '));
}

TEST_CASE_FIXTURE(HouseholdTest, "when both dial at once they talk over one connection, and go on")
{
    they_pair();
    bob.listens();
    for (int turn = 0; turn < 5; ++turn) {
        ada.opens();
        bob.opens();
        ada.listens(false);
        bob.listens(false);
        ada.calls(bob);
        bob.calls(ada);
        std::string const number = std::to_string(turn);
        ada.say("bob", "from ada " + number);
        bob.say("ada", "from bob " + number);
        auto const lines = static_cast<std::size_t>(2 * turn + 2);
        turn_until(
            [&] { return ada.log("bob").size() == lines and bob.log("ada").size() == lines; });
    }
    CHECK(ada.log("bob") == bob.log("ada"));
    CHECK(ada.failure.empty());
    CHECK(bob.failure.empty());
}

TEST_CASE_FIXTURE(HouseholdTest, "the scribe's own line waits until the partner's device has it")
{
    they_pair();
    bool const ada_is_scribe = is_scribe(
        ada.household->partners().keys().identity, bob.household->partners().keys().identity);
    Talker& scribe = ada_is_scribe ? ada : bob;
    Talker& partner = ada_is_scribe ? bob : ada;
    std::string const partners_name = ada_is_scribe ? "bob" : "ada";
    partner.household.reset();
    turn_until([&] { return scribe.now_here == Connectedness::away; });
    scribe.say(partners_name, "are you there?");
    // It is stored and numbered, and has gone nowhere.
    turn_until([&] { return scribe.states.contains("are you there?"); });
    CHECK(scribe.states["are you there?"] == MessageState::waiting);
    CHECK(scribe.log(partners_name).size() == 1);
}

TEST_CASE_FIXTURE(HouseholdTest, "a link lets one in, and nobody in after that, nor without it")
{
    ada.listens();
    std::string const secret = ada.household->make_secret().value();
    bob.calls(ada, secret);
    both_are_here();
    bob.household.reset();
    std::filesystem::remove_all(folder.path + "/bob"); // another one, with the same link
    bob.opens();
    bob.calls(ada, secret);
    turn_until([&] { return not bob.failure.empty(); });
    CHECK(bob.failure == "secret_unknown");
    bob.failure.clear();
    bob.calls(ada);
    turn_until([&] { return not bob.failure.empty(); });
    CHECK(bob.failure == "link_needed");
    CHECK(ada.household->partners().all().size() == 1);
}

TEST_CASE_FIXTURE(HouseholdTest, "another identity at a place where one was met stops the call")
{
    they_pair();
    bob.opens();
    ada.household.reset();
    std::filesystem::remove_all(folder.path + "/ada"); // somebody else is at ada's place now
    ada.opens();
    ada.listens();
    bob.calls(ada, ada.household->make_secret().value());
    turn_until([&] { return not bob.failure.empty(); });
    CHECK(bob.failure == "another_identity");
    CHECK(ada.household->partners().all().empty());
}

} // namespace duet
