#include "net/resolver.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("resolver");

namespace {

class ResolverTest : public LoopTest, public ResolverHandler {
public:
    ~ResolverTest() override
    {
        resolver.reset();
        wait_for_threads(); // so that the next test begins without them
    }

    void resolved(SocketResult<std::vector<Address>> const& addresses) override
    {
        ++answers;
        answer = addresses;
    }

    void look_up(std::string_view text) { resolver->resolve(Endpoint::parse(text).value()); }

    [[nodiscard]] bool has_answer() const { return answer.has_value(); }

    /// How many threads this process has.
    static std::ptrdiff_t threads()
    {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
    }

    void wait_for_threads()
    {
        look_until([&] { return threads() <= threads_before; });
    }

    std::ptrdiff_t const threads_before = threads();
    std::optional<Resolver> resolver {std::in_place, loop, *this};
    std::optional<SocketResult<std::vector<Address>>> answer;
    int answers = 0;
};

} // namespace

TEST_CASE_FIXTURE(ResolverTest, "an address or a path is answered at once")
{
    for (std::string const text : {"127.0.0.1:7000", "[::1]:7000", "unix:/run/x"}) {
        answer.reset();
        look_up(text);
        REQUIRE(has_answer());
        CHECK(answer->value().front().text() == text);
    }
    CHECK(answers == 3);
}

TEST_CASE_FIXTURE(ResolverTest, "no host at all is this machine to a caller")
{
    look_up(":7000");
    REQUIRE(has_answer());
    CHECK(answer->value().front().text() == "127.0.0.1:7000");
}

TEST_CASE_FIXTURE(ResolverTest, "a name is answered in a later turn, with what resolve finds")
{
    look_up("localhost:7000");
    CHECK_FALSE(has_answer());
    turn_until([&] { return has_answer(); });

    auto const expected = resolve(Endpoint::parse("localhost:7000").value(), Purpose::call);
    REQUIRE(answer->value().size() == expected->size());
    for (std::size_t i = 0; i < expected->size(); ++i)
        CHECK(answer->value()[i].text() == (*expected)[i].text());
    CHECK(answers == 1);
}

TEST_CASE_FIXTURE(ResolverTest, "a name that nobody has is answered with what resolve says")
{
    Endpoint endpoint;
    endpoint.host = std::string(64, 'x') + ".invalid"; // no label is that long
    resolver->resolve(endpoint);
    turn_until([&] { return has_answer(); });

    REQUIRE_FALSE(answer->has_value());
    CHECK(answer->error().text() == resolve(endpoint, Purpose::call).error().text());
}

TEST_CASE_FIXTURE(ResolverTest, "one after the other, it answers again and again")
{
    for (int i = 1; i <= 10; ++i) {
        look_up("localhost");
        turn_until([&] { return answers == i; });
    }
}

TEST_CASE_FIXTURE(ResolverTest, "whoever no longer wants the answer leaves nothing behind")
{
    auto const descriptors_before = open_descriptors();
    for (int i = 0; i < 20; ++i) {
        look_up("localhost");
        resolver.emplace(loop, *this); // the one before is gone, its thread maybe not
    }
    resolver.reset();
    wait_for_threads();
    CHECK(open_descriptors() == descriptors_before);
    CHECK(answers == 0);
}

TEST_CASE_FIXTURE(ResolverTest, "its thread takes no signal, and ours takes them as before")
{
    sigset_t before;
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
    look_up("localhost");
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    for (int number : {SIGINT, SIGTERM, SIGWINCH})
        CHECK(sigismember(&before, number) == sigismember(&after, number));
    turn_until([&] { return has_answer(); });
}

TEST_SUITE_END();
