// One talk: lines back and forth between two processes, of which one says a line and waits, and the
// other says the same line again. First both are a Loop and a Connections with the plain-lines door
// before them; then both are nothing but blocking send and recv: the limit. They take turns in short
// rounds, so that what else the machine does falls on both alike.
//
//     bench_talk [ROUNDS [LINES]]

#include "bench/bare.hpp"
#include "bench/measure.hpp"
#include "doors/lines.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace duet::bench {

namespace {

constexpr std::size_t room_bytes = 256 * 1024; // as large as the loop's

/// 64 bytes with the end of line.
constexpr std::string_view text = "The quick brown fox jumps over the lazy dog, and then once more";
static_assert(text.size() == 63);

/// Who says lines, and how long each was on its way there and back.
class Speaker {
public:
    Speaker(std::size_t lines, std::size_t in_flight) : lines_(lines), said_at_(in_flight)
    {
        latencies_.reserve(lines);
    }

    /// As many lines as may be in flight beside those that are. The clock of each begins now.
    std::string_view more()
    {
        std::size_t const count =
            std::min(said_at_.size() - (said_ - latencies_.size()), lines_ - said_);
        auto const now = Clock::now();
        output_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            append_line(output_, text);
            said_at_[said_++ % said_at_.size()] = now;
        }
        return output_;
    }

    /// One of them has come back.
    void hear(std::string_view line)
    {
        if (line != text)
            stop("a line came back as another");
        latencies_.push_back(Clock::now() - said_at_[latencies_.size() % said_at_.size()]);
    }

    [[nodiscard]] bool has_heard_all() const { return latencies_.size() == lines_; }
    std::vector<Duration>& latencies() { return latencies_; }

private:
    std::size_t lines_;
    std::size_t said_ = 0;
    std::vector<Clock::time_point> said_at_; // a ring
    std::vector<Duration> latencies_;        // of all that came back
    std::string output_;
};

/// Takes the whole lines at the front of `input`; gives the bytes used.
template <typename Take>
std::size_t take_lines(Bytes input, Take const& take)
{
    std::size_t used = 0;
    for (;;) {
        auto const line = next_line(input.subspan(used));
        if (not line.has_value())
            stop("what came is no line");
        if (not line->has_value())
            return used;
        used += (*line)->used;
        take((*line)->text);
    }
}

// duet

/// A loop with one connection.
class Party : protected ConnectionHandler {
public:
    explicit Party(Descriptor socket) : loop_(Loop::create().value()), connections_(*loop_)
    {
        must(::fcntl(socket.number(), F_SETFL, O_NONBLOCK), "make a socket non-blocking");
        id_ = connections_.add(Socket(std::move(socket), "127.0.0.1:8000"), *this);
    }

    void run()
    {
        while (not is_done_) {
            connections_.flush();
            loop_->turn();
        }
    }

protected:
    ~Party() = default;
    void send(std::string_view lines) { connections_.send(id_, as_bytes(lines)); }
    void leave() { is_done_ = true; }

private:
    void ended(ConnectionId, Bytes) override { leave(); }
    void lost(ConnectionId, Loss const&) override { leave(); }
    void sent(ConnectionId) override { }

    std::unique_ptr<Loop> loop_;
    Connections connections_;
    ConnectionId id_;
    bool is_done_ = false;
};

class SpeakingParty final : public Party {
public:
    SpeakingParty(Descriptor socket, Speaker& speaker) : Party(std::move(socket)), speaker_(speaker)
    {
        send(speaker_.more());
    }

private:
    std::size_t received(ConnectionId, Bytes input) override
    {
        std::size_t const used =
            take_lines(input, [this](std::string_view line) { speaker_.hear(line); });
        if (speaker_.has_heard_all())
            leave();
        else
            send(speaker_.more());
        return used;
    }

    Speaker& speaker_;
};

class EchoingParty final : public Party {
public:
    using Party::Party;

private:
    std::size_t received(ConnectionId, Bytes input) override
    {
        output_.clear();
        std::size_t const used =
            take_lines(input, [this](std::string_view line) { append_line(output_, line); });
        send(output_);
        return used;
    }

    std::string output_;
};

void speak_with_duet(Descriptor socket, Speaker& speaker)
{
    SpeakingParty(std::move(socket), speaker).run();
}

void echo_with_duet(Descriptor socket)
{
    EchoingParty(std::move(socket)).run();
}

// The limit

void speak_bare(Descriptor socket, Speaker& speaker)
{
    auto const room = std::make_unique<char[]>(room_bytes);
    std::size_t partial = 0; // bytes of a line whose end has not come
    send_all(socket.number(), speaker.more());
    while (not speaker.has_heard_all()) {
        partial += receive_some(socket.number(), room.get(), room_bytes).size();
        for (; partial > text.size(); partial -= text.size() + 1)
            speaker.hear(text);
        send_all(socket.number(), speaker.more());
    }
}

void echo_bare(Descriptor socket)
{
    auto const room = std::make_unique<char[]>(room_bytes);
    for (;;) {
        auto const came = receive_some(socket.number(), room.get(), room_bytes);
        if (came.empty())
            return;
        send_all(socket.number(), came);
    }
}

// Measuring

struct Way {
    char const* name;
    void (*speak)(Descriptor, Speaker&);
    void (*echo)(Descriptor);
};
constexpr std::array ways = {
    Way {"duet", speak_with_duet, echo_with_duet},
    Way {"bare", speak_bare, echo_bare},
};

/// What came of all rounds of one way.
struct Figures {
    std::vector<double> p50, p99, p999, lines_per_second;
};

void talk(Way const& way, std::size_t lines, std::size_t in_flight, Figures& figures)
{
    Pair pair = connected_pair();
    pid_t const other = begin_child([&] {
        pair.near.close();
        way.echo(std::move(pair.far));
    });
    pair.far.close();

    Speaker speaker(lines, in_flight);
    auto const before = Clock::now();
    way.speak(std::move(pair.near), speaker);
    std::chrono::duration<double> const took = Clock::now() - before;
    wait_for(other);

    auto const found = percentiles(speaker.latencies());
    figures.p50.push_back(static_cast<double>(found.p50.count()));
    figures.p99.push_back(static_cast<double>(found.p99.count()));
    figures.p999.push_back(static_cast<double>(found.p999.count()));
    figures.lines_per_second.push_back(static_cast<double>(lines) / took.count());
}

void measure(std::size_t rounds, std::size_t lines, std::size_t in_flight)
{
    std::array<Figures, ways.size()> figures;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t way = 0; way < ways.size(); ++way)
            talk(ways[way], lines, in_flight, figures[way]);
    }
    for (std::size_t way = 0; way < ways.size(); ++way) {
        std::string const name = std::string(ways[way].name) + '_' + std::to_string(in_flight);
        tell(name + "_p50_ns", median(figures[way].p50));
        tell(name + "_p99_ns", median(figures[way].p99));
        tell(name + "_p999_ns", median(figures[way].p999));
        tell(name + "_lines_per_second", median(figures[way].lines_per_second));
    }
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    std::size_t const rounds = count > 1 ? std::strtoul(values[1], nullptr, 10) : 15;
    std::size_t const lines = count > 2 ? std::strtoul(values[2], nullptr, 10) : 20'000;
    duet::bench::measure(rounds, lines, 1);
    duet::bench::measure(rounds, lines * 5, 16);
}
