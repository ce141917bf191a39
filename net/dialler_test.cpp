#include "net/dialler.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <optional>

using namespace duet;

TEST_SUITE_BEGIN("dialler");

namespace {

/// A port whose listener has no room for another caller: who calls it hears nothing.
class SilentPort {
public:
    SilentPort()
    {
        Address const here = address_of("127.0.0.1:0");
        REQUIRE(::bind(listener_.number(), here.data(), here.bytes()) == 0);
        REQUIRE(::listen(listener_.number(), 0) == 0);
        first_.emplace(Socket::connect(address(), Mode::blocking).value());
    }

    [[nodiscard]] Address address() const { return name_of(listener_.number()); }

private:
    Descriptor listener_ {::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::optional<Socket> first_;
};

class DiallerTest : public LoopTest, public DiallerHandler {
public:
    void reached(Socket socket) override
    {
        CHECK_FALSE(is_over());
        winner.emplace(std::move(socket));
    }

    void not_reached(std::vector<SocketError> const& all) override
    {
        CHECK_FALSE(is_over());
        errors = all;
    }

    [[nodiscard]] bool is_over() const { return winner.has_value() or errors.has_value(); }

    void dial(std::vector<Address> const& addresses)
    {
        dialler->dial(addresses);
        turn_until([&] { return is_over(); });
    }

    std::optional<Dialler> dialler {std::in_place, loop, *this};
    std::optional<Socket> winner;
    std::optional<std::vector<SocketError>> errors;
    Listener listener = Listener::create(address_of("127.0.0.1:0")).value();
};

} // namespace

TEST_CASE_FIXTURE(DiallerTest, "one address that answers is reached")
{
    dial({listener.address()});
    REQUIRE(winner.has_value());
    CHECK(winner->peer() == listener.address().text());
    auto const caller = listener.accept().socket;
    REQUIRE(caller.has_value());
    CHECK(winner->send(as_bytes("hello")) == 5);
    ::fcntl(caller->number(), F_SETFL, 0);
    CHECK(hear(*caller, 5) == "hello");
}

TEST_CASE_FIXTURE(DiallerTest, "when the first address refuses, the next is tried at once")
{
    RefusingPort const refusing;
    dialler->dial({refusing.address(), refusing.address(), listener.address()});
    int turns = 0;
    turn_until([&] { return ++turns, is_over(); });
    REQUIRE(winner.has_value());
    CHECK(winner->peer() == listener.address().text());
    CHECK(turns <= 4); // one for each address; none for a time
}

TEST_CASE_FIXTURE(
    DiallerTest, "when the first address is silent, the next wins, and the first is dropped")
{
    SilentPort const silent;
    auto const before = open_descriptors();
    dial({silent.address(), listener.address()});
    REQUIRE(winner.has_value());
    CHECK(winner->peer() == listener.address().text());
    CHECK(open_descriptors() == before + 1);
}

TEST_CASE_FIXTURE(DiallerTest, "an address that fails at once is passed over")
{
    dial({address_of("unix:/nowhere/at/all"), listener.address()});
    CHECK(winner.has_value());
}

TEST_CASE_FIXTURE(
    DiallerTest, "when none is reached there is one error for each, in the order of failing")
{
    RefusingPort const first;
    RefusingPort const second;
    dial({first.address(), address_of("unix:/nowhere/at/all"), second.address()});
    REQUIRE(errors.has_value());
    REQUIRE(errors->size() == 3);
    CHECK((*errors)[0].text() == "connect to " + first.address().text() + ": Connection refused");
    CHECK((*errors)[1].code == ENOENT);
    CHECK((*errors)[2].text() == "connect to " + second.address().text() + ": Connection refused");
}

TEST_CASE_FIXTURE(DiallerTest, "addresses that all fail at once are told before dialling returns")
{
    dialler->dial({address_of("unix:/nowhere/at/all")});
    REQUIRE(errors.has_value());
    CHECK(errors->size() == 1);
    CHECK(errors->front().code == ENOENT);
}

TEST_CASE_FIXTURE(DiallerTest, "a Unix socket is reached like any other")
{
    TestFolder const folder;
    Listener const here = Listener::create(address_of("unix:" + (folder / "here"))).value();
    dial({here.address()});
    REQUIRE(winner.has_value());
    CHECK(winner->peer() == here.address().text());
}

TEST_CASE_FIXTURE(DiallerTest, "it dials again after it has reached somebody, and after it has not")
{
    RefusingPort const refusing;
    dial({refusing.address()});
    CHECK(errors.has_value());
    for (int i = 0; i < 3; ++i) {
        errors.reset();
        winner.reset();
        dial({listener.address()});
        CHECK(winner.has_value());
    }
}

TEST_CASE_FIXTURE(DiallerTest, "who hangs up while it is dialling leaves nothing behind")
{
    SilentPort const silent;
    auto const before = open_descriptors();
    dialler->dial({silent.address(), silent.address()});
    CHECK(open_descriptors() == before + 1);
    dialler.reset();
    CHECK(open_descriptors() == before);
}

TEST_SUITE_END();
