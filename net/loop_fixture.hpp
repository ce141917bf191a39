// What tests of sockets need: a loop and words to turn it, sockets that are connected, a folder.
//
// A test waits for an event, never for a time. Only so that a broken promise ends the test and not
// somebody's patience, waiting ends the process after a minute in vain.

#pragma once

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"
#include "net/socket.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace duet {

inline constexpr std::chrono::seconds patience {60};

/// A loop, and words to turn it.
class LoopTest {
    std::unique_ptr<Loop> const owned_ = Loop::create().value();

public:
    LoopTest() = default;
    virtual ~LoopTest() = default;
    LoopTest(LoopTest const&) = delete;
    LoopTest& operator=(LoopTest const&) = delete;

    Loop& loop = *owned_;

    /// One turn of the loop and what belongs to it.
    virtual void turn() { loop.turn(); }

    /// Turns until `is_met`, which an event of the loop must bring about.
    template <typename Condition>
    void turn_until(Condition is_met, std::source_location where = std::source_location::current())
    {
        Bell bell;
        TimerId const end = loop.start_timer(patience, bell);
        while (not is_met()) {
            check(not bell.has_rung, where);
            turn();
        }
        loop.stop_timer(end);
    }

    /// Turns until `is_met`, of which no event need tell: it is looked at again and again.
    template <typename Condition>
    void look_until(Condition is_met, std::source_location where = std::source_location::current())
    {
        MonotonicTime const end = loop.now() + patience;
        while (not is_met()) {
            check(loop.now() < end, where);
            Bell bell;
            TimerId const next = loop.start_timer(std::chrono::milliseconds(1), bell);
            turn();
            loop.stop_timer(next);
        }
    }

private:
    struct Bell final : TimerHandler {
        void due(Tag) override { has_rung = true; }
        bool has_rung = false;
    };
};

/// A folder of the test's own, gone with all that is in it when the test ends.
class TestFolder {
public:
    TestFolder() { check(::mkdtemp(path_.data()) != nullptr); }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    TestFolder(TestFolder const&) = delete;
    TestFolder& operator=(TestFolder const&) = delete;

    [[nodiscard]] std::string operator/(std::string_view name) const
    {
        return path_ + '/' + std::string(name);
    }

private:
    std::string path_ = "/tmp/duet-test-XXXXXX";
};

/// What `text` stands for, which must be one address.
inline Address address_of(std::string_view text)
{
    auto const addresses = resolve(Endpoint::parse(text).value(), Purpose::call);
    check(addresses.has_value());
    return addresses->front();
}

/// Where a socket is bound.
inline Address name_of(int socket)
{
    sockaddr_storage name {};
    socklen_t bytes = sizeof name;
    auto* const address = reinterpret_cast<sockaddr*>(&name);
    check(::getsockname(socket, address, &bytes) == 0);
    return {address, bytes};
}

inline void make_non_blocking(int descriptor)
{
    check(::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0);
}

/// A blocking socket that waits no longer than a test does.
inline void make_patient(Socket const& socket)
{
    timeval const time {.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

/// The two ends of a connection: ours, which does not block, and the simple peer's, which does.
struct SocketPair {
    Socket ours;
    Socket theirs;
};

inline SocketPair connected_pair(Address const& address = address_of("127.0.0.1:0"))
{
    auto listener = Listener::create(address, Mode::blocking);
    check(listener.has_value());
    auto ours = Socket::connect(listener->address(), Mode::blocking);
    check(ours.has_value());
    auto theirs = listener->accept().socket;
    make_non_blocking(ours->number());
    make_patient(theirs.value());
    return {std::move(*ours), std::move(*theirs)};
}

/// Sends all of `text` on a blocking socket.
inline void say(Socket const& socket, std::string_view text)
{
    check(socket.send(as_bytes(text)) == text.size());
}

/// What comes on a blocking socket: `bytes_max` bytes, fewer if it ends or breaks before.
inline std::string hear(Socket const& socket, std::size_t bytes_max = std::string::npos)
{
    std::string heard;
    std::array<std::byte, 64 * 1024> room;
    while (heard.size() < bytes_max) {
        auto const came =
            socket.receive(std::span(room).first(std::min(room.size(), bytes_max - heard.size())));
        if (not came.has_value() or came->value_or(0) == 0)
            break;
        heard += as_text(std::span(room).first(**came));
    }
    return heard;
}

/// An address at which nobody listens, and at which nobody else can: who calls it is refused.
class RefusingPort {
public:
    RefusingPort()
    {
        Address const here = address_of("127.0.0.1:0");
        check(::bind(taken_.number(), here.data(), here.bytes()) == 0);
    }

    [[nodiscard]] Address address() const { return name_of(taken_.number()); }

private:
    Descriptor taken_ {::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

/// How many descriptors this process has.
inline std::ptrdiff_t open_descriptors()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

} // namespace duet
