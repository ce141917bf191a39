#include "net/connection.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <cerrno>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("connection");

namespace {

using Kind = Connection::Incoming::Kind;

class ConnectionTest {
public:
    ConnectionTest()
    {
        SocketPair pair = connected_pair();
        theirs.emplace(std::move(pair.theirs));
        connection.emplace(std::move(pair.ours));
    }

    /// Waits until there is something to receive, and receives it.
    SocketResult<Connection::Incoming> receive()
    {
        wait_for(POLLIN);
        return connection->receive(room);
    }

    /// What the next bytes are, with what was kept before them.
    std::string received()
    {
        auto const incoming = receive();
        REQUIRE(incoming.has_value());
        REQUIRE(incoming->kind == Kind::bytes);
        return std::string(as_text(incoming->bytes));
    }

    void wait_for(short events) const
    {
        pollfd entry {.fd = connection->socket().number(), .events = events, .revents = 0};
        REQUIRE(::poll(&entry, 1, patience / std::chrono::milliseconds(1)) == 1);
    }

    void send(std::string_view text) { connection->send(as_bytes(text)); }

    /// Makes the system take little at a time.
    void make_narrow() const
    {
        int const few = 4096;
        ::setsockopt(connection->socket().number(), SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
    }

    [[nodiscard]] bool has_come_to_them() const
    {
        char letter = 0;
        return ::recv(theirs->number(), &letter, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
    }

    /// The other side is gone, with a reset.
    void reset()
    {
        theirs->reset_on_close();
        theirs.reset();
        wait_for(POLLIN);
    }

    std::optional<Socket> theirs;
    std::optional<Connection> connection;
    std::vector<std::byte> room = std::vector<std::byte>(64 * 1024);
};

} // namespace

TEST_CASE_FIXTURE(
    ConnectionTest, "what is to be sent gathers until the flush and leaves in one send")
{
    send("one ");
    send("two ");
    send("three");
    CHECK(connection->backlog_bytes() == 13);
    CHECK_FALSE(has_come_to_them());
    CHECK(connection->interest() == Interest::both);

    REQUIRE(connection->flush().has_value());
    CHECK(connection->backlog_bytes() == 0);
    CHECK(connection->handed_bytes() == 13);
    CHECK(connection->interest() == Interest::reading);
    CHECK(theirs->receive(room) == 13);
    CHECK(as_text(std::span(room).first(13)) == "one two three");
}

TEST_CASE_FIXTURE(
    ConnectionTest, "what the system has no room for leaves later, and nothing is lost")
{
    make_narrow();
    std::string text;
    for (int i = 0; text.size() < 1'000'000; ++i)
        text += std::to_string(i) + '\n';
    send(text);

    std::string heard;
    while (heard.size() < text.size()) {
        REQUIRE(connection->flush().has_value());
        CHECK(connection->handed_bytes() + connection->backlog_bytes() == text.size());
        bool const has_more = connection->backlog_bytes() > 0;
        REQUIRE(connection->interest() == (has_more ? Interest::both : Interest::reading));
        heard += hear(*theirs, connection->handed_bytes() - heard.size());
    }
    // In two brackets: so much text is not printed when they differ.
    CHECK((heard == text));
}

TEST_CASE_FIXTURE(ConnectionTest, "a half-close waits until all that is queued has left")
{
    make_narrow();
    std::string const much(1'000'000, 'x');
    send(much);
    connection->finish_sending();
    CHECK(connection->is_finishing());
    std::string heard;
    while (not connection->has_finished_sending()) {
        REQUIRE(connection->flush().has_value());
        heard += hear(*theirs, connection->handed_bytes() - heard.size());
    }
    CHECK((heard == much));
    CHECK(hear(*theirs).empty()); // the end

    say(*theirs, "I may still speak");
    CHECK(received() == "I may still speak");
}

TEST_CASE_FIXTURE(ConnectionTest, "a half-close with nothing queued leaves with the flush")
{
    connection->finish_sending();
    CHECK_FALSE(connection->has_finished_sending());
    REQUIRE(connection->flush().has_value());
    CHECK(connection->has_finished_sending());
    CHECK(hear(*theirs).empty());
}

TEST_CASE_FIXTURE(ConnectionTest, "when nothing has come, receiving says so")
{
    auto const incoming = connection->receive(room);
    REQUIRE(incoming.has_value());
    CHECK(incoming->kind == Kind::nothing);
}

TEST_CASE_FIXTURE(
    ConnectionTest, "wherever a text is cut, what is kept stands before what comes next")
{
    std::string const text = "first\n안녕 👩\nlast";
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        say(*theirs, text.substr(0, cut));
        std::string const begun = received();
        REQUIRE(begun == text.substr(0, cut));
        std::size_t const used = begun.rfind('\n') + 1;
        connection->keep(as_bytes(begun).subspan(used));
        CHECK(connection->tail() == begun.substr(used));

        say(*theirs, text.substr(cut));
        REQUIRE(received() == text.substr(used));
        connection->keep({});
        CHECK(connection->tail().empty());
    }
}

TEST_CASE_FIXTURE(
    ConnectionTest, "what is kept stays kept until it is used, however often nothing comes")
{
    say(*theirs, "begun");
    received();
    connection->keep(as_bytes("gun"));
    CHECK(connection->receive(room)->kind == Kind::nothing);
    CHECK(connection->tail() == "gun");
    say(*theirs, " and ended");
    CHECK(received() == "gun and ended");
}

TEST_CASE_FIXTURE(
    ConnectionTest, "room for little is enough, as long as it is more than what is kept")
{
    say(*theirs, "abcdef");
    wait_for(POLLIN);
    CHECK(as_text(connection->receive(std::span(room).first(4))->bytes) == "abcd");
    connection->keep(as_bytes("bcd"));
    CHECK(as_text(connection->receive(std::span(room).first(4))->bytes) == "bcde");
}

TEST_CASE_FIXTURE(ConnectionTest, "the end brings what was kept, and takes it away")
{
    say(*theirs, "without an end");
    connection->keep(as_bytes(received()));
    theirs->finish_sending();
    auto const incoming = receive();
    REQUIRE(incoming.has_value());
    CHECK(incoming->kind == Kind::end);
    CHECK(as_text(incoming->bytes) == "without an end");
    CHECK(connection->peer_has_ended());
    CHECK(connection->tail().empty());
}

TEST_CASE_FIXTURE(
    ConnectionTest, "after the end only trouble is waited for, and after ours nothing")
{
    theirs->finish_sending();
    CHECK(receive()->kind == Kind::end);
    CHECK(connection->interest() == Interest::trouble);
    send("still here");
    CHECK(connection->interest() == Interest::writing);
    REQUIRE(connection->flush().has_value());
    connection->finish_sending();
    REQUIRE(connection->flush().has_value());
    CHECK(connection->interest() == Interest::nothing);
    CHECK(hear(*theirs) == "still here");
}

TEST_CASE_FIXTURE(
    ConnectionTest, "after the end, a receive says that the connection broke, and how")
{
    theirs->finish_sending();
    CHECK(receive()->kind == Kind::end);
    send("unread");
    REQUIRE(connection->flush().has_value());
    reset();
    auto const broken = connection->receive(room);
    REQUIRE_FALSE(broken.has_value());
    CHECK((broken.error().code == ECONNRESET or broken.error().code == EPIPE));
    CHECK(broken.error().endpoint == connection->socket().peer());
}

TEST_CASE_FIXTURE(ConnectionTest, "a reset is an error of receive")
{
    reset();
    auto const broken = connection->receive(room);
    REQUIRE_FALSE(broken.has_value());
    CHECK(broken.error().code == ECONNRESET);
}

TEST_CASE_FIXTURE(
    ConnectionTest, "what came before the reset is received although sending failed first")
{
    say(*theirs, "last words");
    reset();
    send("anybody?");
    auto const flushed = connection->flush();
    REQUIRE_FALSE(flushed.has_value());
    CHECK(connection->backlog_bytes() == 0);
    CHECK(connection->interest() == Interest::reading);

    send("more"); // is thrown away
    CHECK(connection->flush().has_value());
    CHECK(connection->backlog_bytes() == 0);

    CHECK(received() == "last words");
    auto const broken = connection->receive(room);
    REQUIRE_FALSE(broken.has_value());
    CHECK(broken.error().text() == flushed.error().text());
}

TEST_CASE_FIXTURE(
    ConnectionTest, "who wants to read nothing waits for nothing, unless something must leave")
{
    connection->set_reading(false);
    CHECK(connection->interest() == Interest::nothing);
    send("text");
    CHECK(connection->interest() == Interest::writing);
    connection->set_reading(true);
    CHECK(connection->interest() == Interest::both);
}

TEST_CASE("every reason to close has a word for the log")
{
    CHECK(std::string_view(name(CloseReason::we_left)) == "we_left");
    CHECK(std::string_view(name(CloseReason::peer_left)) == "peer_left");
    CHECK(std::string_view(name(CloseReason::peer_lost)) == "peer_lost");
    CHECK(std::string_view(name(CloseReason::silent_too_long)) == "silent_too_long");
    CHECK(std::string_view(name(CloseReason::broke_protocol)) == "broke_protocol");
    CHECK(std::string_view(name(CloseReason::too_slow)) == "too_slow");
    CHECK(std::string_view(name(CloseReason::server_stopping)) == "server_stopping");
}

TEST_SUITE_END();
