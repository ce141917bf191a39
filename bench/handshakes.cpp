// What TLS costs at the door of a server: handshakes, one after the other, and connections that stay.
//
//     bench_handshakes PORT new|again SECONDS       16 callers at a time; `again` comes with a ticket
//     bench_handshakes PORT tls|clear COUNT PID     so many that stay and say nothing: what each takes in
//                                                   the memory (PSS) of the server, whose process is PID

#include "bench/bare.hpp"
#include "bench/measure.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"

#include <fcntl.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

namespace duet::bench {

namespace {

constexpr std::size_t at_a_time = 16;

/// For the server to look after who has come.
constexpr std::chrono::milliseconds rest {500};

std::size_t proportional_set_size(std::string const& process)
{
    std::ifstream rollup("/proc/" + process + "/smaps_rollup");
    for (std::string word; rollup >> word;) {
        std::size_t kilobytes = 0;
        if (word == "Pss:" and rollup >> kilobytes)
            return kilobytes * 1024;
    }
    stop("the system does not tell the proportional set size");
}

class Callers final : ConnectionHandler {
public:
    Callers(std::uint16_t port, bool has_tls, bool stays, bool returns)
        : port_(port), has_tls_(has_tls), stays_(stays), returns_(returns)
    {
    }

    void call(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
            call();
    }

    /// Until so many have come, or it is so late.
    void turn_until(std::size_t count, Clock::time_point until)
    {
        while (come_ < count and Clock::now() < until) {
            connections_.flush();
            loop_->turn(std::chrono::milliseconds(10));
        }
    }

    [[nodiscard]] std::size_t come() const { return come_; }

private:
    void call()
    {
        Descriptor socket = bare_connect(port_);
        must(::fcntl(socket.number(), F_SETFL, O_NONBLOCK), "make a socket non-blocking");
        ConnectionId const id = connections_.add(Socket(std::move(socket), "server"), *this);
        if (not has_tls_)
            return void(++come_);
        connections_.secure_as_client(id, *tls_);
    }

    void secured(ConnectionId id) override
    {
        ++come_;
        if (stays_)
            return;
        // The ticket comes behind the handshake: whoever never listens has none.
        if (returns_)
            return connections_.send(id, as_bytes("{}\n"));
        connections_.close(id, CloseReason::we_left);
        call();
    }

    std::size_t received(ConnectionId id, Bytes input) override
    {
        if (not stays_) {
            connections_.close(id, CloseReason::we_left);
            call();
        }
        return input.size();
    }

    void ended(ConnectionId, Bytes) override { stop("the server has hung up"); }
    void lost(ConnectionId, Loss const&) override { stop("a connection was lost"); }
    void sent(ConnectionId) override { }

    std::uint16_t const port_;
    bool const has_tls_;
    bool const stays_;
    bool const returns_;
    std::size_t come_ = 0;
    std::unique_ptr<Loop> loop_ = Loop::create().value();
    std::unique_ptr<TlsContext> tls_ = TlsContext::for_client().value();
    Connections connections_ {*loop_};
};

void measure_speed(std::uint16_t port, bool returns, std::chrono::seconds time)
{
    Callers callers(port, true, false, returns);
    callers.call(at_a_time);
    auto const began = Clock::now();
    callers.turn_until(std::size_t(-1), began + time);
    tell("handshakes", static_cast<double>(callers.come()));
    tell("a_second",
        static_cast<double>(callers.come())
            / std::chrono::duration<double>(Clock::now() - began).count());
}

void measure_memory(std::uint16_t port, bool has_tls, std::size_t count, std::string const& process)
{
    std::size_t const before = proportional_set_size(process);
    Callers callers(port, has_tls, true, true);
    for (std::size_t begun = 0; begun < count; begun += at_a_time) {
        callers.call(at_a_time);
        callers.turn_until(begun + at_a_time, Clock::now() + std::chrono::seconds(10));
    }
    std::this_thread::sleep_for(rest);
    std::size_t const after = proportional_set_size(process);
    tell("connections", static_cast<double>(callers.come()));
    tell("bytes_each",
        (static_cast<double>(after) - static_cast<double>(before))
            / static_cast<double>(callers.come()));
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    std::string const what = count < 4 ? "" : values[2];
    auto const number = [&](int i) { return std::strtoul(values[i], nullptr, 10); };
    raise_descriptor_limit();
    if ((what == "new" or what == "again") and count == 4)
        measure_speed(static_cast<std::uint16_t>(number(1)), what == "again",
            std::chrono::seconds(number(3)));
    else if ((what == "tls" or what == "clear") and count == 5)
        measure_memory(static_cast<std::uint16_t>(number(1)), what == "tls", number(3), values[4]);
    else
        stop("bench_handshakes PORT new|again SECONDS, or PORT tls|clear COUNT PID");
}
