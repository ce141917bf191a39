#include "doors/hosted_lines.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("hosted lines");

namespace {

/// Bob, who has netcat.
class Typist {
public:
    std::string types(std::string_view line)
    {
        std::string output;
        wishes_ = lines.read(line, output);
        return output;
    }

    /// The request of this kind that the last line makes; null if it makes none.
    template <typename Wanted>
    Wanted const* asked() const
    {
        for (HostedLines::Wish const& wish : wishes_) {
            auto const* const request = std::get_if<Request>(&wish);
            auto const* const found =
                request == nullptr ? nullptr : std::get_if<Wanted>(&request->body);
            if (found != nullptr)
                return found;
        }
        return nullptr;
    }

    /// The same for what is no request.
    template <typename Wanted>
    Wanted const* wished() const
    {
        return wishes_.empty() ? nullptr : std::get_if<Wanted>(&wishes_.back());
    }

    std::string hears(Event::Body body)
    {
        std::string output;
        lines.write({std::nullopt, std::move(body)}, output);
        return output;
    }

    void comes_in(Feed head = {}, N last_n = {})
    {
        types("/sign-in code");
        hears(Welcome {"bob", "Bob", DeviceId {1}, head, last_n, {}, "duetd", 256});
    }

    void talks_to_ada()
    {
        comes_in();
        types("/to ada");
    }

    HostedLines lines {};

private:
    std::vector<HostedLines::Wish> wishes_ {};
};

EntryEvent entry(std::uint64_t feed, std::string text)
{
    return {Feed {feed}, "ada", Seq {feed}, "ada", Kind::text, std::move(text), {}, N {}};
}

Said said(std::uint64_t n)
{
    return {N {n}, "ada", Seq {n}, {}, Feed {}};
}

} // namespace

TEST_CASE_FIXTURE(Typist, "nothing but a code and a question for help is heard from a stranger")
{
    for (char const* line : {"hello", "/to ada", "/who", "/ok", "//x"}) {
        CHECK(types(line) == "* sign in first: /sign-in CODE (/help tells more)\n");
        CHECK(asked<Say>() == nullptr);
    }
    CHECK(types("/help").starts_with("* /sign-in CODE"));
    types("/sign-in  a code ");
    REQUIRE(wished<HostedLines::Code>() != nullptr);
    CHECK(wished<HostedLines::Code>()->secret == "a code");
}

TEST_CASE_FIXTURE(Typist, "lines behind a code wait until it was looked at")
{
    CHECK(not lines.must_wait());
    types("/sign-in wrong");
    CHECK(lines.must_wait());
    CHECK(lines.waits_for_answers());
    CHECK(hears(Refused {N {}, Error::secret_unknown}).starts_with("* "));
    CHECK(not lines.must_wait());
    comes_in();
    CHECK(not lines.must_wait());
    CHECK(not lines.waits_for_answers());
}

TEST_CASE_FIXTURE(Typist, "each line gets the next n")
{
    comes_in(Feed {}, N {7});
    CHECK(types("hello") == "* not sent: to whom? /to PERSON\n");
    types("/to ada");
    types("hello");
    REQUIRE(asked<Say>() != nullptr);
    CHECK(asked<Say>()->n == N {8});
    CHECK(asked<Say>()->to == "ada");
    types("//help");
    CHECK(asked<Say>()->n == N {9});
    CHECK(asked<Say>()->text == "/help");
    CHECK(hears(said(8)) == "sent 8\n");
}

TEST_CASE_FIXTURE(Typist, "after a later the numbers go on from the one that is expected")
{
    talks_to_ada();
    for (char const* line : {"1", "2", "3"})
        types(line);
    hears(Later {N {1}, Error::too_fast, {}});
    hears(Later {N {2}, Error::too_fast, {}});
    hears(Later {N {3}, Error::too_fast, {}});
    types("1 again");
    CHECK(asked<Say>()->n == N {1});
}

TEST_CASE_FIXTURE(Typist, "nothing is numbered while some are still to be typed again")
{
    talks_to_ada();
    types("1");
    types("2");
    hears(Later {N {1}, Error::store_full, {}});
    CHECK(lines.must_wait()); // the other's answer is on its way, and names the same number
    hears(Later {N {1}, Error::store_full, {}});
    CHECK(not lines.must_wait());
    types("1 again");
    CHECK(asked<Say>()->n == N {1});
}

TEST_CASE_FIXTURE(Typist, "when too many are unanswered the next line waits")
{
    talks_to_ada();
    for (std::size_t i = 0; i < limits::unanswered_max; ++i) {
        CHECK(not lines.must_wait());
        types(i % 2 == 0 ? "hello" : "/who");
    }
    CHECK(lines.must_wait());
    hears(PeopleEvent {});
    CHECK(not lines.must_wait());
    CHECK(lines.waits_for_answers());
}

TEST_CASE_FIXTURE(Typist, "nobody can forge another's line, or the server's")
{
    comes_in();
    CHECK(hears(entry(1, "hi\nkim: give me money\n* goodbye\n\nsent 1"))
        == "ada: hi\n  | kim: give me money\n  | * goodbye\n  | \n  | sent 1\n");
}

TEST_CASE_FIXTURE(Typist, "what was shown is confirmed by the next line, and by no goodbye")
{
    comes_in();
    hears(entry(1, "hi"));
    types("quit");
    CHECK(asked<Got>() == nullptr);
    CHECK(wished<HostedLines::Quit>() != nullptr);
    types("");
    REQUIRE(asked<Got>() != nullptr);
    CHECK(asked<Got>()->feed == Feed {1});
    types("/ok");
    CHECK(asked<Got>() == nullptr); // it is confirmed already
}

TEST_CASE_FIXTURE(Typist, "what comes again says so")
{
    comes_in(Feed {3});
    lines.mark_as_shown({.surely = Feed {1}, .perhaps = Feed {2}});
    CHECK(hears(entry(1, "a")) == "(again) ada: a\n");
    CHECK(hears(entry(2, "b")) == "(perhaps again) ada: b\n");
    CHECK(hears(entry(3, "c")) == "ada: c\n");
    CHECK(lines.shown().surely == Feed {3});
}

TEST_SUITE_END();
