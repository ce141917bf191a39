#include "net/socket.hpp"

#include "base/limits.hpp"
#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

using namespace duet;

TEST_SUITE_BEGIN("socket");

namespace {

int option(Socket const& socket, int level, int name)
{
    int value = -1;
    socklen_t bytes = sizeof value;
    CHECK(::getsockopt(socket.number(), level, name, &value, &bytes) == 0);
    return value;
}

bool blocks(Socket const& socket)
{
    return (::fcntl(socket.number(), F_GETFL) & O_NONBLOCK) == 0;
}

/// Waits for whatever poll can wait for.
void wait_for(Socket const& socket, short events)
{
    pollfd entry {.fd = socket.number(), .events = events, .revents = 0};
    REQUIRE(::poll(&entry, 1, patience / std::chrono::milliseconds(1)) == 1);
}

std::atomic<int> interruptions = 0;

/// SIGUSR1 interrupts system calls, as it does where nobody asked for SA_RESTART.
class Interruptions {
public:
    Interruptions()
    {
        interruptions = 0;
        struct sigaction action {};
        action.sa_handler = [](int) { ++interruptions; };
        ::sigaction(SIGUSR1, &action, &before_);
    }
    ~Interruptions() { ::sigaction(SIGUSR1, &before_, nullptr); }
    Interruptions(Interruptions const&) = delete;
    Interruptions& operator=(Interruptions const&) = delete;

    /// Interrupts `thread` again and again, each time after it has noticed the last; no more when
    /// what it does is over.
    static void hammer(std::thread& thread, std::atomic<bool> const& is_over)
    {
        for (int end = interruptions + 100; interruptions < end;) {
            int const before = interruptions;
            ::pthread_kill(thread.native_handle(), SIGUSR1);
            while (interruptions == before) {
                if (is_over)
                    return;
                std::this_thread::yield();
            }
        }
    }

private:
    struct sigaction before_ {};
};

constexpr std::size_t more_than_buffers_hold = 16 * 1024 * 1024;

} // namespace

TEST_CASE("connected, two sockets are each other's file")
{
    auto const [ours, theirs] = connected_pair();
    say(theirs, "hello");
    wait_for(ours, POLLIN);
    std::array<std::byte, 100> room;
    REQUIRE(ours.receive(room) == 5);
    CHECK(as_text(std::span(room).first(5)) == "hello");
    CHECK(ours.send(as_bytes("and you")) == 7);
    CHECK(hear(theirs, 7) == "and you");
}

TEST_CASE("what was received into little room goes on where it ended")
{
    auto const [ours, theirs] = connected_pair();
    say(ours, "hello");
    CHECK(hear(theirs, 2) == "he");
    CHECK(hear(theirs, 3) == "llo");
}

TEST_CASE("a socket that does not block says that nothing has come yet")
{
    auto const [ours, theirs] = connected_pair();
    std::array<std::byte, 100> room;
    auto const came = ours.receive(room);
    REQUIRE(came.has_value());
    CHECK_FALSE(came->has_value());
}

TEST_CASE("after a half-close the other side reads its end and may go on sending")
{
    auto const [ours, theirs] = connected_pair();
    say(theirs, "last words");
    theirs.finish_sending();
    wait_for(ours, POLLIN);
    std::array<std::byte, 100> room;
    CHECK(ours.receive(room) == 10);
    CHECK(ours.receive(room) == 0);
    CHECK(ours.receive(room) == 0);

    say(ours, "I still hear you");
    CHECK(hear(theirs, 16) == "I still hear you");
}

TEST_CASE("a reset is an error with what was tried, with whom, and the system's words")
{
    auto pair = connected_pair();
    std::string const peer = pair.ours.peer();
    pair.theirs.reset_on_close();
    {
        Socket const gone = std::move(pair.theirs);
    }
    std::array<std::byte, 100> room;
    wait_for(pair.ours, POLLIN);
    auto const came = pair.ours.receive(room);
    REQUIRE_FALSE(came.has_value());
    CHECK(came.error().code == ECONNRESET);
    CHECK(came.error().text() == "receive from " + peer + ": Connection reset by peer");

    auto const taken = pair.ours.send(as_bytes("anybody?"));
    REQUIRE_FALSE(taken.has_value()); // and we are still here: no SIGPIPE
    CHECK(taken.error().text() == "send to " + peer + ": Broken pipe");
}

TEST_CASE("sending to a reset connection never raises SIGPIPE, even where it is not ignored")
{
    auto const before = std::signal(SIGPIPE, SIG_DFL);
    auto pair = connected_pair();
    {
        Socket const gone = std::move(pair.theirs);
    }
    pair.ours.finish_sending();
    auto const taken = pair.ours.send(as_bytes("anybody?"));
    std::signal(SIGPIPE, before);
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().code == EPIPE);
}

TEST_CASE("a socket that does not block takes what the system has room for, then nothing")
{
    auto const [ours, theirs] = connected_pair();
    int const few = 4096;
    ::setsockopt(ours.number(), SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
    std::string const much(more_than_buffers_hold, 'x');

    std::size_t taken = 0;
    for (SocketResult<std::size_t> now = ours.send(as_bytes(much)); now != std::size_t {0};
        now = ours.send(as_bytes(much).subspan(taken))) {
        REQUIRE(now.has_value());
        taken += *now;
        CHECK(taken < much.size());
    }
    CHECK(taken > 0);
    // In two brackets: so much text is not printed when they differ.
    CHECK((hear(theirs, taken) == much.substr(0, taken)));
    wait_for(ours, POLLOUT);
    CHECK(ours.send(as_bytes(much)).value() > 0);
}

TEST_CASE("a blocking socket waits until something comes, however often it is interrupted")
{
    Interruptions const here;
    auto const [ours, theirs] = connected_pair();
    std::atomic<bool> is_over = false;
    std::string heard;
    std::thread listener([&] {
        heard = hear(theirs, 5);
        is_over = true;
    });
    Interruptions::hammer(listener, is_over);
    CHECK_FALSE(is_over);
    say(ours, "hello");
    listener.join();
    CHECK(heard == "hello");
}

TEST_CASE("a blocking socket takes all, however often it is interrupted")
{
    Interruptions const here;
    auto const [ours, theirs] = connected_pair();
    ::fcntl(ours.number(), F_SETFL, 0);
    make_patient(ours);
    std::string const much(more_than_buffers_hold, 'x');
    SocketResult<std::size_t> taken = std::size_t {0};
    std::atomic<bool> is_over = false;
    std::thread speaker([&] {
        taken = theirs.send(as_bytes(much));
        is_over = true;
        theirs.finish_sending();
    });
    std::string heard;
    for (std::string part; not(part = hear(ours, much.size() / 64)).empty(); heard += part)
        Interruptions::hammer(speaker, is_over);
    speaker.join();
    CHECK(taken == much.size());
    CHECK((heard == much));
}

TEST_CASE("a socket dies with the program that another one starts")
{
    auto const [ours, theirs] = connected_pair();
    CHECK(::fcntl(ours.number(), F_GETFD) == FD_CLOEXEC);
    CHECK(::fcntl(theirs.number(), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("both ends of a connection send at once and ask whether the other is still there")
{
    auto const [ours, theirs] = connected_pair();
    for (Socket const* socket : {&ours, &theirs}) {
        CHECK(option(*socket, IPPROTO_TCP, TCP_NODELAY) != 0);
        CHECK(option(*socket, SOL_SOCKET, SO_KEEPALIVE) != 0);
        CHECK(std::chrono::seconds(option(*socket, IPPROTO_TCP, TCP_KEEPIDLE))
            == limits::keep_alive_idle);
        CHECK(std::chrono::seconds(option(*socket, IPPROTO_TCP, TCP_KEEPINTVL))
            == limits::keep_alive_interval);
        CHECK(option(*socket, IPPROTO_TCP, TCP_KEEPCNT) == limits::keep_alive_probes_max);
    }
}

TEST_CASE("a socket that does not block is connected when it can be written to without an error")
{
    auto const listener = Listener::create(address_of("127.0.0.1:0"));
    auto const socket = Socket::connect(listener->address());
    REQUIRE(socket.has_value());
    CHECK_FALSE(blocks(*socket));
    wait_for(*socket, POLLOUT);
    CHECK(socket->pending_error().has_value());
    CHECK(socket->peer() == listener->address().text());
}

TEST_CASE("a refused call is an error once, when the socket can be written to")
{
    RefusingPort const port;
    auto const socket = Socket::connect(port.address());
    REQUIRE(socket.has_value());
    wait_for(*socket, POLLOUT);
    auto const connected = socket->pending_error();
    REQUIRE_FALSE(connected.has_value());
    CHECK(
        connected.error().text() == "connect to " + port.address().text() + ": Connection refused");
    CHECK(socket->pending_error().has_value());
}

TEST_CASE("a blocking call says at once that it is refused")
{
    RefusingPort const port;
    auto const socket = Socket::connect(port.address(), Mode::blocking);
    REQUIRE_FALSE(socket.has_value());
    CHECK(socket.error().code == ECONNREFUSED);
}

TEST_CASE("a blocking call reaches an endpoint, and its socket waits")
{
    auto const listeners = listen_on(Endpoint::parse("localhost:0").value());
    REQUIRE(listeners.has_value());
    std::string const text = listeners->front().address().text();
    auto const socket = Socket::connect_blocking(Endpoint::parse(text).value());
    REQUIRE(socket.has_value());
    CHECK(blocks(*socket));
    CHECK(socket->peer() == text);
}

TEST_CASE("a blocking call that nobody answers tells the last address's error")
{
    RefusingPort const port;
    auto const socket = Socket::connect_blocking(Endpoint::parse(port.address().text()).value());
    REQUIRE_FALSE(socket.has_value());
    CHECK(socket.error().text() == "connect to " + port.address().text() + ": Connection refused");
}

TEST_CASE("a path that is no socket, one that nobody listens at, and none are told apart")
{
    TestFolder const folder;
    std::ofstream(folder / "file") << "text";
    CHECK(Socket::connect(address_of("unix:" + (folder / "file"))).error().code == ENOTSOCK);
    CHECK(Socket::connect(address_of("unix:" + (folder / "none"))).error().code == ENOENT);

    Address const dead = address_of("unix:" + (folder / "dead"));
    Descriptor const bound(::socket(AF_UNIX, SOCK_STREAM, 0));
    REQUIRE(::bind(bound.number(), dead.data(), dead.bytes()) == 0);
    CHECK(Socket::connect(dead).error().code == ECONNREFUSED);
}

TEST_CASE("a Unix socket is a socket like any other")
{
    TestFolder const folder;
    auto const [ours, theirs] = connected_pair(address_of("unix:" + (folder / "here")));
    CHECK(ours.peer() == "unix:" + (folder / "here"));
    CHECK(theirs.peer() == "unix:");
    say(ours, "hello");
    ours.finish_sending();
    CHECK(hear(theirs) == "hello");
}

TEST_SUITE_END();
