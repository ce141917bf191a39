#include "net/departures.hpp"

#include "base/limits.hpp"
#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("departures");

namespace {

class DeparturesTest : public LoopTest, public ConnectionHandler {
public:
    void turn() override
    {
        loop.turn();
        connections.flush();
    }

    std::size_t received(ConnectionId, Bytes input) override { return input.size(); }
    void ended(ConnectionId, Bytes) override { ++told; }
    void lost(ConnectionId, Loss const&) override { ++told; }
    void sent(ConnectionId) override { }

    /// Shows a new caller out; gives the caller's end.
    Socket show_out(std::string_view word)
    {
        SocketPair pair = connected_pair();
        departures->show_out(std::move(pair.ours), word);
        return std::move(pair.theirs);
    }

    Connections connections {loop};
    std::optional<Departures> departures {std::in_place, loop, connections};
    int told = 0;
};

} // namespace

TEST_CASE_FIXTURE(
    DeparturesTest, "a caller is told the word, then the end, and is closed when he hangs up")
{
    std::optional<Socket> caller = show_out("busy\n");
    connections.flush();
    CHECK(hear(*caller) == "busy\n");
    CHECK(connections.count() == 1);
    caller.reset();
    turn_until([&] { return connections.count() == 0; });
}

TEST_CASE_FIXTURE(DeparturesTest, "the word arrives although the caller is speaking all the time")
{
    Socket const caller = show_out("busy\n");
    say(caller, std::string(100'000, 'x'));
    turn();
    say(caller, "and more");
    turn();
    CHECK(hear(caller) == "busy\n");
    caller.finish_sending();
    turn_until([&] { return connections.count() == 0; });
    char letter = 0;
    CHECK(::recv(caller.number(), &letter, 1, 0) == 0); // no reset came after the word
}

TEST_CASE_FIXTURE(DeparturesTest, "who does not hang up is closed after a while")
{
    Socket const caller = show_out("busy\n");
    turn_until([&] { return connections.count() == 0; });
    CHECK(hear(caller) == "busy\n");
}

TEST_CASE_FIXTURE(DeparturesTest, "an empty word is only the end")
{
    Socket const caller = show_out("");
    connections.flush();
    CHECK(hear(caller).empty());
}

TEST_CASE_FIXTURE(DeparturesTest,
    "a connection that was somebody's is shown out, and its handler told nothing more")
{
    SocketPair pair = connected_pair();
    ConnectionId const id = connections.add(std::move(pair.ours), *this);
    connections.set_reading(id, false);
    departures->show_out(id, "goodbye\n");
    say(pair.theirs, "wait");
    turn_until([&] { return connections.find(id)->has_finished_sending(); });
    CHECK(hear(pair.theirs) == "goodbye\n");
    pair.theirs.finish_sending();
    turn_until([&] { return connections.count() == 0; });
    CHECK(told == 0);
}

TEST_CASE_FIXTURE(DeparturesTest, "who has finished sending is shown out without a word")
{
    SocketPair pair = connected_pair();
    ConnectionId const id = connections.add(std::move(pair.ours), *this);
    connections.send(id, as_bytes("all I had to say"));
    connections.finish_sending(id);
    departures->show_out(id, "goodbye\n");
    connections.flush();
    CHECK(hear(pair.theirs) == "all I had to say");
    pair.theirs.finish_sending();
    turn_until([&] { return connections.count() == 0; });
}

TEST_CASE_FIXTURE(DeparturesTest, "a connection that is gone already is not shown out")
{
    departures->show_out(ConnectionId {7, 1}, "goodbye\n");
    CHECK(connections.count() == 0);
}

TEST_CASE_FIXTURE(
    DeparturesTest, "when very many are on their way, the one who has been longest goes first")
{
    rlimit before {};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit more = before;
    more.rlim_cur = std::min<rlim_t>(before.rlim_max, 3 * limits::departures_max);
    ::setrlimit(RLIMIT_NOFILE, &more);

    std::vector<Socket> callers;
    for (std::size_t i = 0; i <= limits::departures_max; ++i) {
        callers.push_back(show_out("busy\n"));
        connections.flush();
    }
    CHECK(connections.count() == limits::departures_max);
    char letter = 0;
    CHECK(hear(callers[0], 5) == "busy\n");
    CHECK(::recv(callers[0].number(), &letter, 1, 0) == 0);
    callers.clear();
    ::setrlimit(RLIMIT_NOFILE, &before);
    turn_until([&] { return connections.count() == 0; });
}

TEST_CASE_FIXTURE(DeparturesTest, "when it is gone, so are those that were on their way")
{
    Socket const caller = show_out("busy\n");
    connections.flush();
    departures.reset();
    CHECK(connections.count() == 0);
    CHECK(hear(caller) == "busy\n");
}

TEST_SUITE_END();
