#include "net/connections.hpp"

#include "base/limits.hpp"
#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("connections");

namespace {

struct Lost {
    ConnectionId id;
    CloseReason reason;
    int code; // of the error, or 0
    std::string tail;
};

/// A kind of connection that writes down what it is told.
class Witness : public ConnectionHandler {
public:
    virtual ~Witness() = default;

    std::size_t received(ConnectionId id, Bytes input) override
    {
        std::string_view const text = as_text(input);
        std::size_t const used = keeps_unfinished_lines ? text.rfind('\n') + 1 : text.size();
        heard += text.substr(0, used);
        if (when_received)
            when_received(id);
        return used;
    }

    void ended(ConnectionId id, Bytes tail) override
    {
        ends.push_back(id);
        heard += as_text(tail);
        if (when_ended)
            when_ended(id);
    }

    void lost(ConnectionId id, Loss const& loss) override
    {
        losses.push_back({id, loss.reason, loss.error == nullptr ? 0 : loss.error->code,
            std::string(as_text(loss.tail))});
        if (when_lost)
            when_lost(id);
    }

    void sent(ConnectionId id) override
    {
        ++sents;
        if (when_sent)
            when_sent(id);
    }

    std::string heard; // from all
    std::vector<ConnectionId> ends;
    std::vector<Lost> losses;
    int sents = 0;
    bool keeps_unfinished_lines = false;
    std::function<void(ConnectionId)> when_received;
    std::function<void(ConnectionId)> when_ended;
    std::function<void(ConnectionId)> when_lost;
    std::function<void(ConnectionId)> when_sent;
};

class ConnectionsTest : public LoopTest, public Witness {
public:
    void turn() override
    {
        loop.turn();
        connections->flush();
    }

    /// A new connection; `peers` has its other end.
    ConnectionId add()
    {
        SocketPair pair = connected_pair();
        ConnectionId const id = connections->add(std::move(pair.ours), *this);
        peers.insert_or_assign(id.slot, std::move(pair.theirs));
        return id;
    }

    Socket& peer(ConnectionId id) { return peers.at(id.slot); }
    void leave(ConnectionId id) { peers.erase(id.slot); }
    void reset(ConnectionId id)
    {
        peer(id).reset_on_close();
        leave(id);
    }

    void send(ConnectionId id, std::string_view text) { connections->send(id, as_bytes(text)); }

    /// Makes the system take little at a time.
    void make_narrow(ConnectionId id)
    {
        int const few = 4096;
        int const number = connections->find(id)->socket().number();
        ::setsockopt(number, SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
    }

    /// How often the loop turns in a while in which nothing should happen: few times, or it spins.
    int turns_in_a_while()
    {
        int turns = 0;
        auto const end = loop.now() + std::chrono::milliseconds(20);
        for (; loop.now() < end; ++turns) {
            TimerId const timer = loop.start_timer(end_of_while_after(end), nobody);
            turn();
            loop.stop_timer(timer);
        }
        return turns;
    }

    [[nodiscard]] std::chrono::milliseconds end_of_while_after(MonotonicTime end) const
    {
        return std::chrono::ceil<std::chrono::milliseconds>(end - loop.now());
    }

    struct Nobody final : TimerHandler {
        void due(Tag) override { }
    } nobody;

    std::optional<Connections> connections {std::in_place, loop};
    std::map<std::uint32_t, Socket> peers;
};

constexpr int few_turns = 5;

} // namespace

TEST_CASE_FIXTURE(
    ConnectionsTest, "what others say is told, and what is said to them leaves with the flush")
{
    ConnectionId const first = add();
    ConnectionId const second = add();
    say(peer(first), "one");
    turn_until([&] { return heard == "one"; });
    say(peer(second), "two");
    turn_until([&] { return heard == "onetwo"; });

    send(first, "you are ");
    send(second, "and you second");
    send(first, "first");
    connections->flush();
    CHECK(sents == 2);
    CHECK(hear(peer(first), 13) == "you are first");
    CHECK(hear(peer(second), 14) == "and you second");
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "whoever takes over is told first of what the one before has left")
{
    keeps_unfinished_lines = true;
    Witness next;
    ConnectionId const id = add();
    say(peer(id), "mine\nyours");
    turn_until([&] { return heard == "mine\n"; });
    connections->hand_over(id, next);
    CHECK(next.heard == "yours");

    // In the middle of receiving, the rest of the same bytes.
    ConnectionId const other = add();
    when_received = [&](ConnectionId which) { connections->hand_over(which, next); };
    say(peer(other), "mine again\nyours again");
    turn_until([&] { return next.heard == "yoursyours again"; });
    CHECK(heard == "mine\nmine again\n");
}

TEST_CASE_FIXTURE(ConnectionsTest, "what was not used comes again, in front of what follows")
{
    keeps_unfinished_lines = true;
    ConnectionId const id = add();
    say(peer(id), "whole\nbeg");
    turn_until([&] { return heard == "whole\n"; });
    CHECK(connections->find(id)->tail() == "beg");
    say(peer(id), "un");
    turn_until([&] { return connections->find(id)->tail() == "begun"; });
    say(peer(id), " and ended\nlast");
    turn_until([&] { return heard == "whole\nbegun and ended\n"; });
    peer(id).finish_sending();
    turn_until([&] { return not ends.empty(); });
    CHECK(heard == "whole\nbegun and ended\nlast");
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "an id that has outlived its connection does no harm to the next in its place")
{
    ConnectionId const old = add();
    connections->close(old, CloseReason::we_left);
    CHECK(connections->find(old) == nullptr);
    ConnectionId const next = add();
    CHECK(next.slot == old.slot);
    CHECK(next != old);

    send(old, "to nobody");
    connections->finish_sending(old);
    connections->set_reading(old, false);
    connections->hand_over(old, *this);
    connections->close(old, CloseReason::we_left);
    CHECK(connections->find(old) == nullptr);
    CHECK(connections->find(ConnectionId()) == nullptr);
    CHECK(connections->find({1000, 1}) == nullptr);
    send(next, "to somebody");
    connections->flush();
    CHECK(hear(peer(next), 11) == "to somebody");
    CHECK(connections->count() == 1);
}

TEST_CASE_FIXTURE(ConnectionsTest,
    "closed before the flush, a connection sends nothing, and the next in its place only its own")
{
    ConnectionId const old = add();
    send(old, "never said");
    Socket const old_peer = std::move(peer(old));
    connections->close(old, CloseReason::we_left);
    ConnectionId const next = add();
    CHECK(next.slot == old.slot);
    send(next, "said once");
    connections->finish_sending(next);
    connections->flush();
    CHECK(hear(old_peer).empty());
    CHECK(hear(peer(next)) == "said once");
    CHECK(losses.empty());
}

TEST_CASE_FIXTURE(ConnectionsTest, "who does not take what he is sent is let go as too slow")
{
    ConnectionId const id = add();
    make_narrow(id);
    send(id, std::string(limits::backlog_bytes_max, 'x'));
    connections->flush();
    CHECK(losses.empty());
    CHECK(connections->find(id)->backlog_bytes() <= limits::backlog_bytes_max);

    send(id, std::string(limits::backlog_bytes_max, 'x'));
    connections->flush();
    REQUIRE(losses.size() == 1);
    CHECK(losses[0].id == id);
    CHECK(losses[0].reason == CloseReason::too_slow);
    CHECK(losses[0].code == 0);
    CHECK(connections->find(id) == nullptr);
}

TEST_CASE_FIXTURE(ConnectionsTest, "a backlog leaves turn by turn, and is told of each time")
{
    ConnectionId const id = add();
    make_narrow(id);
    std::string const much(limits::backlog_bytes_max, 'x');
    send(id, much);
    connections->flush();
    std::string came;
    turn_until([&] {
        Connection const& connection = *connections->find(id);
        came += hear(peer(id), connection.handed_bytes() - came.size());
        return connection.handed_bytes() == much.size();
    });
    // In two brackets: so much text is not printed when they differ.
    CHECK((came == much));
    CHECK(sents > 1);
    CHECK(turns_in_a_while() <= few_turns);
}

TEST_CASE_FIXTURE(ConnectionsTest, "what is said when something has left follows at once")
{
    ConnectionId const id = add();
    when_sent = [&](ConnectionId) {
        if (sents < 3)
            send(id, std::to_string(sents));
    };
    send(id, "0");
    connections->flush();
    CHECK(hear(peer(id), 3) == "012");
}

TEST_CASE_FIXTURE(ConnectionsTest, "a connection may be closed by whoever is just told of it")
{
    auto const close = [&](ConnectionId id) { connections->close(id, CloseReason::we_left); };
    ConnectionId const speaker = add();
    when_received = close;
    say(peer(speaker), "hello");
    turn_until([&] { return connections->find(speaker) == nullptr; });

    ConnectionId const leaver = add();
    when_ended = close;
    peer(leaver).finish_sending();
    turn_until([&] { return connections->find(leaver) == nullptr; });

    ConnectionId const hearer = add();
    when_sent = close;
    send(hearer, "hello");
    connections->flush();
    CHECK(connections->find(hearer) == nullptr);
    CHECK(losses.empty());
    CHECK(connections->count() == 0);
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "whoever is told of one may close another that is told of in the same turn")
{
    std::array const ids {add(), add()};
    when_received = [&](ConnectionId id) {
        connections->close(ids[id == ids[0] ? 1 : 0], CloseReason::we_left);
    };
    say(peer(ids[0]), "x");
    say(peer(ids[1]), "x");
    turn_until([&] { return not heard.empty(); });
    turns_in_a_while();
    CHECK(heard == "x");
    CHECK(connections->count() == 1);
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "whoever is told of a loss may begin another connection in its place")
{
    ConnectionId const id = add();
    std::optional<ConnectionId> next;
    when_lost = [&](ConnectionId) { next = add(); };
    reset(id);
    turn_until([&] { return next.has_value(); });
    CHECK(next->slot == id.slot);
    say(peer(*next), "hello");
    turn_until([&] { return heard == "hello"; });
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "while reading is paused nothing is told, and afterwards all of it")
{
    ConnectionId const id = add();
    connections->set_reading(id, false);
    say(peer(id), "patience");
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(heard.empty());
    connections->set_reading(id, true);
    turn_until([&] { return heard == "patience"; });
}

TEST_CASE_FIXTURE(ConnectionsTest, "a pause from within lasts from then on")
{
    ConnectionId const id = add();
    when_received = [&](ConnectionId) { connections->set_reading(id, false); };
    say(peer(id), "one");
    turn_until([&] { return heard == "one"; });
    say(peer(id), "two");
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(heard == "one");
}

TEST_CASE_FIXTURE(ConnectionsTest, "the other side's end is told once, and the loop rests")
{
    ConnectionId const id = add();
    peer(id).finish_sending();
    turn_until([&] { return not ends.empty(); });
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(ends.size() == 1);
    CHECK(connections->find(id)->peer_has_ended());

    send(id, "still here");
    connections->finish_sending(id);
    connections->flush();
    CHECK(hear(peer(id)) == "still here");
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(ends.size() == 1);
    CHECK(losses.empty());
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "who has ended his side and then is gone altogether is lost when we speak")
{
    keeps_unfinished_lines = true;
    ConnectionId const id = add();
    say(peer(id), "tail");
    turn_until([&] { return connections->find(id)->tail() == "tail"; });
    leave(id); // to us it looks like a half-close
    turn_until([&] { return not ends.empty(); });
    turn_until([&] {
        send(id, "anybody?");
        connections->flush();
        return not losses.empty();
    });
    CHECK(losses[0].reason == CloseReason::peer_lost);
    CHECK(losses[0].tail.empty()); // it was told with the end
    CHECK(heard == "tail");
    CHECK(connections->count() == 0);
}

TEST_CASE_FIXTURE(ConnectionsTest, "after our half-close we still hear, until the other's end")
{
    ConnectionId const id = add();
    send(id, "all I have to say");
    connections->finish_sending(id);
    connections->flush();
    CHECK(hear(peer(id)) == "all I have to say");
    say(peer(id), "but not all that I have");
    turn_until([&] { return heard == "but not all that I have"; });
    peer(id).finish_sending();
    turn_until([&] { return not ends.empty(); });
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(losses.empty());
}

TEST_CASE_FIXTURE(ConnectionsTest, "a reset is told as a loss, with its error and what was begun")
{
    keeps_unfinished_lines = true;
    ConnectionId const id = add();
    say(peer(id), "begun");
    turn_until([&] { return connections->find(id)->tail() == "begun"; });
    reset(id);
    turn_until([&] { return not losses.empty(); });
    CHECK(losses[0].id == id);
    CHECK(losses[0].reason == CloseReason::peer_lost);
    CHECK(losses[0].code == ECONNRESET);
    CHECK(losses[0].tail == "begun");
    CHECK(ends.empty());
    CHECK(connections->count() == 0);
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "what came before the reset is told before it, although we were speaking")
{
    ConnectionId const id = add();
    connections->set_reading(id, false);
    say(peer(id), "last words");
    reset(id);
    send(id, "anybody?");
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(losses.empty());

    connections->set_reading(id, true);
    turn_until([&] { return not losses.empty(); });
    CHECK(heard == "last words");
    CHECK(losses[0].reason == CloseReason::peer_lost);
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "trouble while reading is paused waits, without making the loop spin")
{
    ConnectionId const id = add();
    connections->set_reading(id, false);
    reset(id);
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(losses.empty());
    connections->set_reading(id, true);
    turn_until([&] { return not losses.empty(); });
    CHECK(losses[0].code == ECONNRESET);
}

TEST_CASE_FIXTURE(ConnectionsTest,
    "trouble while reading is paused and a backlog waits does not make the loop spin")
{
    ConnectionId const id = add();
    make_narrow(id);
    connections->set_reading(id, false);
    send(id, std::string(limits::backlog_bytes_max, 'x'));
    connections->flush();
    CHECK(connections->find(id)->backlog_bytes() > 0);
    reset(id);
    turn_until([&] { return connections->find(id)->backlog_bytes() == 0; }); // it is thrown away
    CHECK(turns_in_a_while() <= few_turns);
    CHECK(losses.empty());
    connections->set_reading(id, true);
    turn_until([&] { return not losses.empty(); });
    CHECK(losses[0].reason == CloseReason::peer_lost);
}

TEST_CASE_FIXTURE(ConnectionsTest, "from one handler a connection goes to another")
{
    Witness other;
    ConnectionId const id = add();
    connections->hand_over(id, other);
    say(peer(id), "hello");
    turn_until([&] { return other.heard == "hello"; });
    reset(id);
    turn_until([&] { return not other.losses.empty(); });
    CHECK(heard.empty());
    CHECK(losses.empty());
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "with all connections gone, everybody reads an end and nobody is told")
{
    ConnectionId const first = add();
    ConnectionId const second = add();
    connections.reset();
    CHECK(hear(peer(first)).empty());
    CHECK(hear(peer(second)).empty());
    CHECK(losses.empty());
}

TEST_CASE_FIXTURE(
    ConnectionsTest, "ten thousand that come and go, in each of three ways, leave no descriptor")
{
    auto const before = open_descriptors();
    for (std::size_t i = 0; i < 10'000; ++i) {
        ConnectionId const id = add();
        std::size_t const gone_before = ends.size() + losses.size();
        if (i % 3 == 0) {
            say(peer(id), "hello");
            leave(id);
        } else if (i % 3 == 1) {
            reset(id);
        }
        if (i % 3 != 2)
            turn_until([&] { return ends.size() + losses.size() > gone_before; });
        connections->close(id, CloseReason::we_left);
        leave(id);
    }
    CHECK(open_descriptors() == before);
    CHECK(connections->count() == 0);
    CHECK(ends.size() == 3334);
    CHECK(losses.size() == 3333);
}

TEST_SUITE_END();
