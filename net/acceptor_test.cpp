#include "net/acceptor.hpp"

#include "base/limits.hpp"
#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("acceptor");

namespace {

class AcceptorTest : public LoopTest, public AcceptorHandler {
public:
    AcceptorTest()
    {
        std::vector<Listener> listeners;
        for (char const* where : {"127.0.0.1:0", "127.0.0.2:0"})
            listeners.push_back(Listener::create(address_of(where)).value());
        acceptor.emplace(loop, std::move(listeners), *this);
        callers.reserve(1000);
    }

    ~AcceptorTest() override { take_descriptors(false); }

    void accepted(Socket socket) override { sockets.push_back(std::move(socket)); }

    void call(std::size_t listener = 0)
    {
        Address const address = acceptor->listeners()[listener].address();
        callers.push_back(Socket::connect(address, Mode::blocking).value());
        make_patient(callers.back());
    }

    /// A sanitizer needs descriptors to look at an object for the first time.
    void be_known_to_sanitizers()
    {
        call();
        turn_until([&] { return not sockets.empty(); });
        sockets.clear();
    }

    /// Whether this process gets no further descriptor.
    void take_descriptors(bool wanted)
    {
        rlimit limit {};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        if (wanted) {
            before = limit.rlim_cur;
            limit.rlim_cur = static_cast<rlim_t>(Descriptor(::dup(0)).number());
        } else if (before.has_value()) {
            limit.rlim_cur = *std::exchange(before, std::nullopt);
        }
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }

    std::optional<Acceptor> acceptor;
    std::vector<Socket> callers;
    std::vector<Socket> sockets;
    std::optional<rlim_t> before;
};

} // namespace

TEST_CASE_FIXTURE(AcceptorTest, "callers of every listener are handed over")
{
    call(0);
    call(1);
    turn_until([&] { return sockets.size() == 2; });
    for (Socket const& caller : callers)
        say(caller, "hello");
    for (Socket const& socket : sockets) {
        ::fcntl(socket.number(), F_SETFL, 0);
        CHECK(hear(socket, 5) == "hello");
    }
    CHECK(acceptor->turned_away() == 0);
    CHECK(acceptor->rests() == 0);
}

TEST_CASE_FIXTURE(AcceptorTest, "a turn accepts a batch and leaves the rest to the next")
{
    std::size_t const many = limits::accept_batch_max + 2;
    for (std::size_t i = 0; i < many; ++i)
        call();
    loop.turn();
    CHECK(sockets.size() == limits::accept_batch_max);
    loop.turn();
    CHECK(sockets.size() == many);
}

TEST_CASE_FIXTURE(AcceptorTest, "out of descriptors it rests, turn by turn, and then goes on")
{
    be_known_to_sanitizers();
    for (int i = 0; i < 3; ++i)
        call();
    for (std::uint64_t i = 1; i <= 3; ++i) {
        take_descriptors(true);
        turn();
        take_descriptors(false);
        CHECK(acceptor->turned_away() == i);
        CHECK(acceptor->rests() == i);
        turn(); // nothing happens before the rest is over
    }
    CHECK(sockets.empty());

    call();
    turn_until([&] { return sockets.size() == 1; });
    CHECK(acceptor->turned_away() == 3);
}

TEST_CASE_FIXTURE(AcceptorTest, "while it rests, no listener of it is looked at")
{
    be_known_to_sanitizers();
    call(0);
    take_descriptors(true);
    turn();
    take_descriptors(false);
    CHECK(acceptor->rests() == 1);
    call(0);
    call(1);
    turn(); // the end of the rest
    CHECK(sockets.empty());
    turn();
    CHECK(sockets.size() == 2);
    CHECK(acceptor->rests() == 1);
}

TEST_CASE_FIXTURE(
    AcceptorTest, "an acceptor that is gone in the middle of a rest is not told of it")
{
    be_known_to_sanitizers();
    call();
    take_descriptors(true);
    turn();
    take_descriptors(false);
    CHECK(acceptor->rests() == 1);
    acceptor.reset();
    auto const end = loop.now() + 2 * limits::accept_pause;
    look_until([&] { return loop.now() > end; });
    CHECK(sockets.empty());
}

TEST_SUITE_END();
