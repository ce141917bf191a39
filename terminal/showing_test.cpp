#include "terminal/showing.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("showing");

TEST_CASE("further lines of a message are indented, so that nobody can forge another's")
{
    CHECK(spoken("bob", "hello") == "bob: hello\n");
    CHECK(spoken("bob", "hello\nada: I agree\n") == "bob: hello\n  | ada: I agree\n  | \n");
}

TEST_CASE("control characters of a message are shown and not obeyed")
{
    CHECK(spoken("bob", "\x1b[2J\tx") == "bob: \\x1b[2J\tx\n");
}

TEST_CASE("a message is an entry on a line of JSON, with its state where that is asked for")
{
    Message message;
    message.with = "bob";
    message.from = "ada";
    message.text = "a\nb";
    message.kind = "text";
    message.seq = 3;
    message.feed = 7;
    message.time = Time(std::chrono::milliseconds(1700000000123));
    message.is_mine = true;
    message.state = MessageState::delivered;
    std::string lines;
    write_message(lines, message, false);
    CHECK(lines
        == R"({"type":"entry","feed":7,"with":"bob","seq":3,"from":"ada","kind":"text","text":"a\nb",)"
           R"("time":1700000000123})"
           "\n");
    lines.clear();
    write_message(lines, message, true);
    CHECK(lines.find(R"("state":"delivered")") != std::string::npos);
}

TEST_CASE("a reason that is known has a sentence, and another stays what it is")
{
    CHECK(reason_in_words("not_connected") != "not_connected");
    CHECK(reason_in_words("no_such_word") == "no_such_word");
    CHECK(failure_in_words({"held", "process 12 holds it"}) == "process 12 holds it");
}

TEST_SUITE_END();
