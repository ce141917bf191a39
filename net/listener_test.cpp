#include "net/listener.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("listener");

namespace {

Listener listener_at(std::string_view text, Mode mode = Mode::non_blocking)
{
    auto listener = Listener::create(address_of(text), mode);
    REQUIRE(listener.has_value());
    return std::move(*listener);
}

Socket caller_of(Address const& address)
{
    auto socket = Socket::connect(address, Mode::blocking);
    REQUIRE(socket.has_value());
    make_patient(*socket);
    return std::move(*socket);
}

std::uint16_t port_of(Listener const& listener)
{
    return Endpoint::parse(listener.address().text())->port;
}

/// As long as it lives, this process gets no further descriptor.
class NoDescriptorLeft {
public:
    NoDescriptorLeft()
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit now = before_;
        now.rlim_cur =
            static_cast<rlim_t>(Descriptor(::dup(0)).number()); // the lowest that is free
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~NoDescriptorLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoDescriptorLeft(NoDescriptorLeft const&) = delete;
    NoDescriptorLeft& operator=(NoDescriptorLeft const&) = delete;

private:
    rlimit before_ {};
};

class PathTest {
public:
    TestFolder folder;
    std::string path = folder / "here";
    std::string text = "unix:" + path;

    [[nodiscard]] bool exists() const
    {
        struct stat status {};
        return ::lstat(path.c_str(), &status) == 0;
    }

    [[nodiscard]] mode_t mode() const
    {
        struct stat status {};
        REQUIRE(::lstat(path.c_str(), &status) == 0);
        return status.st_mode;
    }
};

} // namespace

TEST_CASE("port 0 becomes the one that the system chose")
{
    Listener const listener = listener_at("127.0.0.1:0");
    CHECK(port_of(listener) != 0);
    CHECK(caller_of(listener.address()).peer() == listener.address().text());
}

TEST_CASE("callers are accepted in their order, each with its address, until nobody waits")
{
    Listener listener = listener_at("127.0.0.1:0");
    Socket const first = caller_of(listener.address());
    Socket const second = caller_of(listener.address());
    say(first, "1");
    say(second, "2");
    for (char const* number : {"1", "2"}) {
        auto const accepted = listener.accept();
        REQUIRE(accepted.socket.has_value());
        CHECK_FALSE(accepted.must_rest);
        CHECK(accepted.socket->peer().starts_with("127.0.0.1:"));
        CHECK((::fcntl(accepted.socket->number(), F_GETFL) & O_NONBLOCK) != 0);
        ::fcntl(accepted.socket->number(), F_SETFL, 0);
        CHECK(hear(*accepted.socket, 1) == number);
    }
    auto const nobody = listener.accept();
    CHECK_FALSE(nobody.socket.has_value());
    CHECK_FALSE(nobody.must_rest);
}

TEST_CASE("a blocking listener accepts blocking sockets")
{
    Listener listener = listener_at("127.0.0.1:0", Mode::blocking);
    Socket const caller = caller_of(listener.address());
    auto const accepted = listener.accept();
    REQUIRE(accepted.socket.has_value());
    CHECK((::fcntl(accepted.socket->number(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("all addresses take IPv6 and IPv4 callers at one port")
{
    auto listeners = listen_on(Endpoint::parse(":0").value());
    REQUIRE(listeners.has_value());
    REQUIRE(listeners->size() == 1);
    Listener& listener = listeners->front();
    std::string const port = std::to_string(port_of(listener));
    Socket const old = caller_of(address_of("127.0.0.1:" + port));
    auto const accepted = listener.accept();
    REQUIRE(accepted.socket.has_value());
    CHECK(accepted.socket->peer().starts_with("127.0.0.1:")); // and not [::ffff:127.0.0.1]
    if (listener.address().family() == AF_INET6) {
        Socket const young = caller_of(address_of("[::1]:" + port));
        CHECK(listener.accept().socket.has_value());
    }
}

TEST_CASE("a chosen IPv6 address leaves the port free for IPv4")
{
    auto const listener = Listener::create(address_of("[::1]:0"));
    if (not listener.has_value()) // a machine without IPv6
        return;
    std::string const port = std::to_string(port_of(*listener));
    CHECK(Listener::create(address_of("127.0.0.1:" + port)).has_value());
}

TEST_CASE("a port in use is an error, and free again when its listener is gone")
{
    std::optional<Listener> listener = listener_at("127.0.0.1:0");
    Address const address = listener->address();
    auto const second = Listener::create(address);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == EADDRINUSE);
    CHECK(second.error().text() == "listen on " + address.text() + ": Address already in use");

    {
        Socket const caller = caller_of(address);
        Socket const accepted = std::move(listener->accept().socket.value());
        listener.reset();
        CHECK(Listener::create(address).has_value()); // beside a connection that goes on
    }
    CHECK(Listener::create(address).has_value()); // and behind one that is just over
}

TEST_CASE("an address that is not ours is an error")
{
    auto const listener = Listener::create(address_of("192.0.2.7:0"));
    REQUIRE_FALSE(listener.has_value());
    CHECK(listener.error().code == EADDRNOTAVAIL);
    CHECK(listen_on(Endpoint::parse("192.0.2.7:0").value()).error().code == EADDRNOTAVAIL);
}

TEST_CASE("localhost is listened on at each of its addresses")
{
    auto const endpoint = Endpoint::parse("localhost:0").value();
    auto const listeners = listen_on(endpoint);
    REQUIRE(listeners.has_value());
    CHECK_FALSE(listeners->empty());
    for (Listener const& listener : *listeners)
        CHECK(listener.address().is_loopback());
}

TEST_CASE("a name that nobody has cannot be listened on")
{
    Endpoint endpoint;
    endpoint.host = std::string(64, 'x') + ".invalid";
    auto const listeners = listen_on(endpoint);
    REQUIRE_FALSE(listeners.has_value());
    CHECK(std::string_view(listeners.error().tried) == "look up");
}

TEST_CASE_FIXTURE(PathTest, "a path is this user's alone, whatever the mask, which stays as it was")
{
    mode_t const before = ::umask(0);
    Listener const listener = listener_at(text);
    CHECK(::umask(before) == 0);
    CHECK(S_ISSOCK(mode()));
    CHECK((mode() & 0777) == 0600);
    CHECK(listener.address().text() == text);
}

TEST_CASE_FIXTURE(PathTest, "a path is removed with its listener, wherever that was moved")
{
    {
        Listener first = listener_at(text);
        Listener const second = std::move(first);
        CHECK(exists());
    }
    CHECK_FALSE(exists());
}

TEST_CASE_FIXTURE(PathTest, "a path that a dead listener left is used again")
{
    Address const address = address_of(text);
    {
        Descriptor const dead(::socket(AF_UNIX, SOCK_STREAM, 0));
        REQUIRE(::bind(dead.number(), address.data(), address.bytes()) == 0);
        REQUIRE(::listen(dead.number(), 1) == 0);
    }
    REQUIRE(exists());
    Listener listener = listener_at(text);
    Socket const caller = caller_of(address);
    CHECK(listener.accept().socket.has_value());
}

TEST_CASE_FIXTURE(PathTest, "a path at which somebody listens is refused, and theirs stays")
{
    Listener living = listener_at(text);
    auto const second = Listener::create(address_of(text));
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == EADDRINUSE);
    CHECK(exists());
    Socket const caller = caller_of(living.address());
    CHECK(living.accept().socket.has_value());
}

TEST_CASE_FIXTURE(PathTest, "a file of that name is refused, and stays")
{
    std::ofstream(path) << "precious";
    auto const listener = Listener::create(address_of(text));
    REQUIRE_FALSE(listener.has_value());
    CHECK(listener.error().code == EADDRINUSE);
    CHECK(S_ISREG(mode()));
}

TEST_CASE_FIXTURE(PathTest, "a path in a folder that is not there is an error")
{
    auto const listener = Listener::create(address_of(text + "/deeper"));
    REQUIRE_FALSE(listener.has_value());
    CHECK(listener.error().code == ENOENT);
}

TEST_CASE("out of descriptors, a caller is let go and counted, and the listener asks for a rest")
{
    Listener listener = listener_at("127.0.0.1:0");
    Socket const unlucky = caller_of(listener.address());
    {
        NoDescriptorLeft const now;
        auto const accepted = listener.accept();
        CHECK_FALSE(accepted.socket.has_value());
        CHECK(accepted.must_rest);
        CHECK(listener.turned_away() == 1);
        CHECK(hear(unlucky).empty());
    }
    Socket const lucky = caller_of(listener.address());
    CHECK(listener.accept().socket.has_value());
    CHECK(listener.turned_away() == 1);
}

TEST_CASE("out of descriptors again and again, it still has its reserve")
{
    Listener listener = listener_at("127.0.0.1:0");
    std::array const callers {caller_of(listener.address()), caller_of(listener.address()),
        caller_of(listener.address())};
    NoDescriptorLeft const now;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        CHECK(listener.accept().must_rest);
        CHECK(listener.turned_away() == i);
    }
    CHECK(listener.accept().must_rest); // nobody waits any more, so nobody is turned away
    CHECK(listener.turned_away() == 3);
}

TEST_SUITE_END();
