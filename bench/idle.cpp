// What an idle connection costs in the memory of our process: very many callers, each of which has
// said one line, has had it back, and is silent now. They are in processes of their own, since one
// process may not have as many descriptors as both ends would take.
//
//     bench_idle [CONNECTIONS]
//
// Measured is the proportional set size (PSS) before and after. The system's memory is not ours and
// is not in it: a TCP socket, its file and its place in epoll are some kilobytes more at each end.

#include "bench/bare.hpp"
#include "bench/measure.hpp"
#include "doors/lines.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

namespace duet::bench {

namespace {

constexpr std::size_t callers_each_max = 6'000;    // in one process
constexpr std::uint32_t first_source = 0x7F646465; // 127.100.100.101: as long as addresses get
constexpr std::string_view hello = "hello\n";

/// In bytes.
std::size_t proportional_set_size()
{
    std::ifstream rollup("/proc/self/smaps_rollup");
    for (std::string word; rollup >> word;) {
        std::size_t kilobytes = 0;
        if (word == "Pss:" and rollup >> kilobytes)
            return kilobytes * 1024;
    }
    stop("the system does not tell the proportional set size");
}

/// Connects `count` callers one after the other, each of which says hello and hears it; then holds
/// them until `release` ends.
void call(std::size_t count, std::uint16_t port, std::uint32_t source, int release)
{
    raise_descriptor_limit();
    std::array<char, 64> room;
    std::vector<Descriptor> callers;
    callers.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        callers.push_back(bare_connect(port, source));
        send_all(callers.back().number(), hello);
        if (receive_some(callers.back().number(), room.data(), room.size()) != hello)
            stop("a caller was not answered");
    }
    must(::read(release, room.data(), 1), "wait for the release");
}

/// Answers each caller with its own line.
class Host final : AcceptorHandler, ConnectionHandler {
public:
    Host()
        : loop_(Loop::create().value())
        , connections_(*loop_)
        , acceptor_(*loop_, listen_on({"127.0.0.1", 0, ""}).value(), *this)
    {
    }

    [[nodiscard]] std::uint16_t port() const
    {
        return Endpoint::parse(acceptor_.listeners().front().address().text()).value().port;
    }

    void serve_until_answered(std::size_t count)
    {
        while (answered_ < count) {
            loop_->turn();
            connections_.flush();
        }
    }

    [[nodiscard]] std::size_t count() const { return connections_.count(); }

private:
    void accepted(Socket socket) override { connections_.add(std::move(socket), *this); }

    std::size_t received(ConnectionId id, Bytes input) override
    {
        auto const line = next_line(input);
        if (not line.has_value() or not line->has_value())
            return 0;
        std::string output;
        append_line(output, (*line)->text);
        connections_.send(id, as_bytes(output));
        return (*line)->used;
    }

    void ended(ConnectionId, Bytes) override { stop("a caller has left"); }
    void lost(ConnectionId, Loss const&) override { stop("a caller was lost"); }
    void sent(ConnectionId) override { ++answered_; }

    std::unique_ptr<Loop> loop_;
    Connections connections_;
    Acceptor acceptor_;
    std::size_t answered_ = 0;
};

void measure(std::size_t count)
{
    raise_descriptor_limit();
    std::array<int, 2> release;
    must(::pipe(release.data()), "make a pipe");

    // Sizes are taken while the same children are alive, so that what they share with us weighs the
    // same both times.
    Host host;
    std::vector<pid_t> children;
    for (std::size_t left = count; left > 0;) {
        std::size_t const callers = std::min(left, callers_each_max);
        auto const source = first_source + static_cast<std::uint32_t>(children.size());
        left -= callers;
        children.push_back(begin_child([&] {
            ::close(release[1]);
            call(callers, host.port(), source, release[0]);
        }));
    }
    std::size_t const before = proportional_set_size();
    host.serve_until_answered(count);
    std::size_t const after = proportional_set_size();
    if (host.count() != count)
        stop("not all callers are there");

    ::close(release[1]);
    for (pid_t const child : children)
        wait_for(child);
    tell("connections", static_cast<double>(count));
    tell("bytes_each", static_cast<double>(after - before) / static_cast<double>(count));
    tell("record_bytes", static_cast<double>(sizeof(Connection)));
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    duet::bench::measure(count > 1 ? std::strtoul(values[1], nullptr, 10) : 18'000);
}
