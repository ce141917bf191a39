// docs/protocol.md, "Saying": every n is answered once, for good, and nothing is told before it is on
// disk.

#include "base/limits.hpp"
#include "tests/conversation/stage.hpp"

#include <doctest/doctest.h>

using namespace duet;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("saying");

TEST_CASE_FIXTURE(ConversationTest, "a message to an absent friend waits until he returns")
{
    comes_back(ada);
    says(ada, "bob", "are you there?");
    disk_has_it();
    CHECK(hears(bob).empty());

    signs_in(bob);
    CHECK(hears(bob) == "welcome bob, head 1, last n 0 / #1 ada: are you there?");
}

TEST_CASE_FIXTURE(ConversationTest, "nothing is told before it is on disk")
{
    comes_back(ada);
    comes_back(bob);
    says(ada, "bob", "hello");
    CHECK(hears(ada).empty());
    CHECK(hears(bob).empty());

    disk_has_it();
    CHECK(hears(ada) == "said 1 as 1 #1");
    CHECK(hears(bob) == "#1 ada: hello");
}

TEST_CASE_FIXTURE(ConversationTest, "what was not written when the server dies was never said")
{
    comes_back(ada);
    says(ada, "bob", "hello");
    server_starts_again();
    signs_in(ada);
    CHECK(hears(ada) == "welcome ada, head 0, last n 0");
    says_under(ada, 1, "bob", "hello");
    disk_has_it();
    CHECK(hears(ada) == "said 1 as 1 #1");
}

TEST_CASE_FIXTURE(ConversationTest, "the same n again gives the same answer, and no second entry")
{
    comes_back(ada);
    comes_back(bob);
    says(ada, "bob", "hello");
    disk_has_it();
    forgets(ada);
    Entry const first = store.log(Pair::of(person("ada"), person("bob")), Seq {1}, Seq {1}, 99)[0];

    pass(5s);
    says_under(ada, 1, "bob", "hello");
    says_under(ada, 1, "bob", "hello");
    disk_has_it();
    REQUIRE(ada.heard.size() == 2);
    for (Event const& event : ada.heard)
        CHECK(std::get<Said>(event.body) == Said {N {1}, "bob", Seq {1}, first.time, Feed {}});
    CHECK(hears(bob) == "#1 ada: hello");
    CHECK(log_length("ada", "bob") == 1);
}

TEST_CASE_FIXTURE(ConversationTest, "an n that is said twice in one batch is one entry, too")
{
    comes_back(ada);
    says_under(ada, 1, "bob", "hello");
    says_under(ada, 1, "bob", "hello");
    says_under(ada, 1, "bob", "good-bye");
    disk_has_it();
    CHECK(hears(ada) == "said 1 as 1 #1 / said 1 as 1 / reused 1, last n 1");
    CHECK(log_length("ada", "bob") == 1);
}

TEST_CASE_FIXTURE(ConversationTest, "another text under an n that was used is not stored")
{
    comes_back(ada);
    comes_back(bob);
    says(ada, "bob", "hello");
    says(ada, "bob", "how are you?");
    disk_has_it();
    forgets(ada);
    says_under(ada, 1, "bob", "good-bye");
    says_under(ada, 1, "kim", "hello");
    disk_has_it();
    CHECK(hears(ada) == "reused 1, last n 2 / reused 1, last n 2");
    CHECK(hears(bob) == "#1 ada: hello / #2 ada: how are you?");

    says_under(ada, 1, "bob", "hello"); // the first one stands
    disk_has_it();
    CHECK(hears(ada) == "said 1 as 1");
}

TEST_CASE_FIXTURE(
    ConversationTest, "an n beyond the next comes later, and nothing of it is written")
{
    comes_back(ada);
    says_under(ada, 2, "bob", "the second");
    says_under(ada, 9, "bob", "the ninth");
    disk_has_it();
    REQUIRE(ada.heard.size() == 2);
    for (Event const& event : ada.heard)
        CHECK(std::get<Later>(event.body) == Later {N {1}, Error::n_skipped, 0ms});
    forgets(ada);
    CHECK(log_length("ada", "bob") == 0);

    says_under(ada, 1, "bob", "the first");
    says_under(ada, 2, "bob", "the second");
    disk_has_it();
    CHECK(hears(ada) == "said 1 as 1 #1 / said 2 as 2 #2");
}

TEST_CASE_FIXTURE(ConversationTest, "a refusal is for good: it uses the n up, and is given again")
{
    comes_back(ada);
    says(ada, "ada", "hello");
    disk_has_it();
    CHECK(hears(ada) == "refused 1: to_oneself");
    server_starts_again();
    comes_back(ada);
    says_under(ada, 1, "ada", "hello");
    says_under(ada, 1, "bob", "hello");
    says_under(ada, 2, "bob", "hello");
    disk_has_it();
    CHECK(hears(ada) == "refused 1: to_oneself / reused 1, last n 1 / said 2 as 1 #1");
}

TEST_CASE_FIXTURE(ConversationTest, "strangers and nobody are answered alike")
{
    comes_back(ada);
    comes_back(kim);
    says(ada, "kim", "do you know me?");
    says(ada, "nobody", "do you know me?");
    says(ada, "No Handle At All", "do you know me?");
    disk_has_it();
    CHECK(hears(ada)
        == "refused 1: not_connected / refused 2: not_connected / refused 3: not_connected");
    CHECK(hears(kim).empty());

    for (std::string const with : {"kim", "nobody", "", "ada"}) {
        asks(ada, History {with, {}, {}, 10});
        asks(ada, Read {with, Seq {1}});
        CHECK(hears(ada) == "refused: not_connected / refused: not_connected");
        asks(ada, Typing {with});
        CHECK(hears(ada).empty());
    }
    CHECK(hears(kim).empty());
}

TEST_CASE_FIXTURE(ConversationTest, "a text that cannot be said is refused, and uses its n up")
{
    comes_back(ada);
    std::string const longest(limits::text_bytes_max, 'x');
    for (std::string const& text : {longest + "x", std::string(), std::string("\x1b[2J"),
             std::string("a\rb"), std::string("\0", 1), std::string("\xC2\x85")})
        says(ada, "bob", text);
    asks(ada, Say {N {7}, "bob", Kind::edit, "no text"});
    disk_has_it();
    CHECK(hears(ada)
        == "refused 1: text_too_long / refused 2: text_empty / refused 3: control_character"
           " / refused 4: control_character / refused 5: control_character"
           " / refused 6: control_character / refused 7: kind_unknown");

    says_under(ada, 8, "bob", longest);
    says_under(ada, 9, "bob", "two\n\tlines");
    disk_has_it();
    CHECK(hears(ada) == "said 8 as 1 #1 / said 9 as 2 #2");
}

TEST_CASE_FIXTURE(ConversationTest, "more than may be unanswered comes later, at once")
{
    comes_back(ada);
    for (unsigned n = 1; n <= limits::unanswered_max; ++n)
        says_under(ada, n, "bob", "x");
    CHECK(hears(ada).empty());
    says_under(ada, limits::unanswered_max + 1, "bob", "one too many");
    CHECK(hears(ada) == "later, from 257: window_full");

    disk_has_it();
    CHECK(log_length("ada", "bob") == limits::unanswered_max);
    forgets(ada);
    got(ada);
    says_under(ada, limits::unanswered_max + 1, "bob", "now there is room");
    disk_has_it();
    CHECK(hears(ada) == "said 257 as 257 #257");
}

TEST_CASE_FIXTURE(
    ConversationTest, "an answer carries the id of what it answers, and nothing else does")
{
    comes_back(ada);
    comes_back(bob);
    asks(ada, Say {N {1}, "bob", Kind::text, "hello"}, 7);
    asks(ada, Say {N {2}, "ada", Kind::text, "hello"}, 8);
    disk_has_it();
    REQUIRE(ada.heard.size() == 2);
    CHECK(ada.heard[0].id == 7);
    CHECK(ada.heard[1].id == 8);
    REQUIRE(bob.heard.size() == 1);
    CHECK_FALSE(bob.heard[0].id.has_value());
    forgets(ada);
    got(bob);
    marks_move();
    REQUIRE(ada.heard.size() == 1);
    CHECK_FALSE(ada.heard[0].id.has_value());
}

TEST_CASE_FIXTURE(ConversationTest, "an answer does not come to a connection that is gone")
{
    comes_back(ada);
    comes_back(bob);
    says(ada, "bob", "hello");
    loses_connection(ada);
    disk_has_it();
    CHECK(hears(ada).empty());
    CHECK(hears(bob) == "#1 ada: hello");
    signs_in(ada);
    CHECK(hears(ada) == "welcome ada, head 1, last n 1 / #1 ada: hello (n 1)");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("a full disk");

TEST_CASE_FIXTURE(ConversationTest, "a full disk postpones what is said, and no number is lost")
{
    comes_back(ada);
    comes_back(bob);
    says(ada, "bob", "one");
    disk_has_it();
    forgets(ada);
    CHECK(hears(bob) == "#1 ada: one");

    store.is_full = true;
    says_under(ada, 2, "bob", "two");
    says_under(ada, 3, "bob", "three");
    says_under(bob, 1, "ada", "me too");
    disk_has_it();
    REQUIRE(ada.heard.size() == 2);
    CHECK(
        std::get<Later>(ada.heard[0].body) == Later {N {2}, Error::store_full, limits::later_wait});
    CHECK(hears(ada) == "later, from 2: store_full / later, from 2: store_full");
    CHECK(hears(bob) == "later, from 1: store_full");
    CHECK(log_length("ada", "bob") == 1);

    store.is_full = false;
    says_under(ada, 2, "bob", "two");
    says_under(ada, 3, "bob", "three");
    disk_has_it();
    CHECK(hears(ada) == "said 2 as 2 #2 / said 3 as 3 #3");
    CHECK(hears(bob) == "#2 ada: two / #3 ada: three");
}

TEST_CASE_FIXTURE(ConversationTest, "a full disk still answers what was answered before")
{
    comes_back(ada);
    says(ada, "bob", "one");
    disk_has_it();
    forgets(ada);
    store.is_full = true;
    says_under(ada, 2, "bob", "two");
    says_under(ada, 1, "bob", "one");
    says_under(ada, 1, "bob", "another");
    disk_has_it();
    CHECK(hears(ada) == "later, from 2: store_full / said 1 as 1 / reused 1, last n 1");
}

TEST_CASE_FIXTURE(ConversationTest, "a full disk denies what is no saying, and tells so")
{
    comes_back(ada);
    store.is_full = true;
    asks(ada, Invite {}, 3);
    asks(ada, Revoke {store.device_by_identity(ada_desk.keys.identity).value().id});
    disk_has_it();
    REQUIRE(ada.heard.size() == 2);
    CHECK(ada.heard[0].id == 3);
    CHECK(hears(ada) == "refused: store_full / refused: store_full");
}

TEST_SUITE_END();
