// Many pairs at once, through a server that stores what they say before it tells anybody: one of each
// pair speaks, the other hears and confirms. So many of a pair's messages are in flight, that is said and
// not yet both answered and heard.
//
//     bench_durable PORT SECRET PAIRS IN_FLIGHT SECONDS      through duetd; SECRET is an invitation
//     bench_durable PORT SECRET PAIRS IN_FLIGHT SECONDS tls  the same over TLS
//     bench_durable PORT -      PAIRS IN_FLIGHT SECONDS      the same lines through bench_relay
//
// A couple that is told `later` waits and goes back, as every device does. One thread, as little work a
// line as can be: the server shares the machine with it.

#include "base/random.hpp"
#include "bench/bare.hpp"
#include "bench/device.hpp"
#include "bench/measure.hpp"
#include "bench/wire.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"

#include <fcntl.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace duet::bench {

namespace {

/// The run begins with so much that is not measured: every buffer has its size by then.
constexpr std::chrono::milliseconds warm_up {500};

struct Side {
    ConnectionId id;
    Descriptor socket;
    std::string handle;
    KeyPair keys {}; // over TLS: it comes again, and has to sign in
    Nonce nonce {};
};

/// One who speaks and one who hears.
struct Couple {
    Side speaker;
    Side hearer;
    std::uint64_t said = 0;     // the last n
    std::uint64_t answered = 0; // likewise
    std::uint64_t heard = 0;    // how many
    std::vector<Clock::time_point> said_at;
    Clock::time_point quiet_until {}; // it was told `later`
};

class Crowd final : ConnectionHandler, TimerHandler {
public:
    Crowd(std::vector<Couple> couples, std::size_t in_flight, bool is_relayed,
        std::unique_ptr<TlsContext> tls)
        : loop_(Loop::create().value())
        , connections_(*loop_)
        , couples_(std::move(couples))
        , in_flight_(in_flight)
        , is_relayed_(is_relayed)
        , tls_(std::move(tls))
    {
        for (std::size_t i = 0; i < couples_.size(); ++i) {
            couples_[i].said_at.resize(in_flight);
            add(couples_[i].speaker, i);
            add(couples_[i].hearer, i);
        }
    }

    void run(std::chrono::seconds time)
    {
        while (tls_ != nullptr and here_ < 2 * couples_.size())
            turn_until(Clock::now() + std::chrono::milliseconds(1));
        due(0);
        turn_until(Clock::now() + warm_up);
        latencies_.clear();
        latencies_.reserve(1 << 22);
        auto const began = Clock::now();
        turn_until(began + time);
        Duration const took = Clock::now() - began;
        if (latencies_.empty())
            stop("nothing was heard");
        tell("laters", static_cast<double>(laters_));
        tell("messages", static_cast<double>(latencies_.size()));
        tell("a_second",
            static_cast<double>(latencies_.size()) / std::chrono::duration<double>(took).count());
        auto const found = percentiles(latencies_);
        tell("p50_ns", found.p50);
        tell("p99_ns", found.p99);
        tell("most_ns", found.most);
    }

private:
    void add(Side& side, std::size_t couple)
    {
        must(::fcntl(side.socket.number(), F_SETFL, O_NONBLOCK), "make a socket non-blocking");
        side.id = connections_.add(Socket(std::move(side.socket), "server"), *this);
        if (side.id.slot >= couple_of_.size())
            couple_of_.resize(side.id.slot + 1);
        couple_of_[side.id.slot] = couple;
        if (tls_ != nullptr)
            connections_.secure_as_client(side.id, *tls_);
    }

    Side& side_of(ConnectionId id)
    {
        Couple& couple = couples_[couple_of_[id.slot]];
        return id == couple.speaker.id ? couple.speaker : couple.hearer;
    }

    void secured(ConnectionId id) override
    {
        Side& side = side_of(id);
        fill_random(side.nonce);
        ask(id, Hello {1, side.nonce});
    }

    void ask(ConnectionId id, Request::Body body)
    {
        line_.clear();
        encode(Request {{}, std::move(body)}, line_);
        connections_.send(id, as_bytes(line_));
    }

    /// Hello and sign-in. Gives what it has used of `input`.
    std::size_t come_in(ConnectionId id, Bytes input)
    {
        std::size_t const end = as_text(input).find('\n');
        if (end == std::string_view::npos)
            return 0;
        auto const event = door_.decode_event(input.first(end));
        if (not event.has_value() or not event->has_value())
            stop("the server says what is no event");
        Side const& side = side_of(id);
        if (auto const* const hello = std::get_if<Greeted>(&(*event)->body)) {
            Challenge const challenge {Prover::device, side.nonce, hello->nonce, hello->identity,
                *connections_.find(id)->exporter()};
            ask(id,
                SignIn {side.keys.identity, prove(side.keys, challenge), hello->epoch, std::nullopt,
                    "bench"});
        } else if (std::holds_alternative<Welcome>((*event)->body)) {
            ++here_;
            connections_.find(id)->phase = Phase::open;
        } else {
            stop(std::string(as_text(input.first(end))).c_str());
        }
        return end + 1;
    }

    void turn_until(Clock::time_point until)
    {
        while (Clock::now() < until) {
            connections_.flush();
            loop_->turn();
        }
    }

    std::size_t received(ConnectionId id, Bytes input) override
    {
        if (tls_ != nullptr and connections_.find(id)->phase == Phase::greeting)
            return come_in(id, input);
        Couple& couple = couples_[couple_of_[id.slot]];
        bool const is_speaker = id == couple.speaker.id;
        std::string_view rest = as_text(input);
        std::uint64_t feed = 0;
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            std::string_view const line = rest.substr(0, end);
            rest.remove_prefix(end + 1);
            if (is_speaker)
                take_answer(couple, line, feed);
            else
                hear(couple, line, feed);
        }
        if (feed != 0) {
            line_.clear();
            append_got(line_, feed);
            connections_.send(id, as_bytes(line_));
        }
        speak(couple);
        return input.size() - rest.size();
    }

    void take_answer(Couple& couple, std::string_view line, std::uint64_t& feed)
    {
        if (line.starts_with(R"({"type":"later")"))
            return go_back(couple, line);
        if (not line.starts_with(R"({"type":"said")")) {
            // Its own entry, which comes by itself when the window was full, only moves the cursor.
            bool const is_entry = line.starts_with(R"({"type":"entry")");
            bool const is_news =
                line.starts_with(R"({"type":"mark")") or line.starts_with(R"({"type":"p)");
            if (is_entry)
                feed = number_behind(line, R"("feed":)");
            else if (not is_news)
                stop(std::string(line).c_str());
            return;
        }
        couple.answered = number_behind(line, R"("n":)");
        if (auto const own = number_behind(line, R"("feed":)"); own != 0)
            feed = own;
    }

    void go_back(Couple& couple, std::string_view line)
    {
        ++laters_;
        auto const wait = std::chrono::milliseconds(number_behind(line, R"("wait_ms":)"));
        couple.said = number_behind(line, R"("n":)") - 1;
        couple.quiet_until = std::max(couple.quiet_until, Clock::now() + wait);
    }

    /// Those that were quiet for long enough speak again.
    void due(Tag) override
    {
        for (Couple& couple : couples_)
            speak(couple);
        loop_->start_timer(look_after, *this);
    }

    void hear(Couple& couple, std::string_view line, std::uint64_t& feed)
    {
        bool const is_entry = is_relayed_ ? line.starts_with(R"({"type":"say")")
                                          : line.starts_with(R"({"type":"entry")");
        if (not is_entry)
            return;
        if (not is_relayed_)
            feed = number_behind(line, R"("feed":)");
        latencies_.push_back(Clock::now() - couple.said_at[couple.heard % in_flight_]);
        ++couple.heard;
        if (is_relayed_)
            couple.answered = couple.heard;
    }

    void speak(Couple& couple)
    {
        line_.clear();
        auto const now = Clock::now();
        if (now < couple.quiet_until or (tls_ != nullptr and here_ < 2 * couples_.size()))
            return;
        auto const done = std::min(couple.heard, couple.answered);
        while (couple.said < done + in_flight_) {
            couple.said_at[couple.said % in_flight_] = now;
            ++couple.said;
            append_say(line_, couple.said, couple.hearer.handle);
        }
        if (not line_.empty())
            connections_.send(couple.speaker.id, as_bytes(line_));
    }

    void ended(ConnectionId, Bytes) override { stop("the server has hung up"); }
    void lost(ConnectionId, Loss const&) override { stop("a connection was lost"); }
    void sent(ConnectionId) override { }

    std::unique_ptr<Loop> loop_;
    Connections connections_;
    std::vector<Couple> couples_;
    std::vector<std::size_t> couple_of_; // by the connection's slot
    std::size_t const in_flight_;
    bool const is_relayed_;
    std::unique_ptr<TlsContext> tls_; // null: in clear
    JsonDoor door_;
    std::size_t here_ = 0; // over TLS: signed in
    std::string line_;
    std::vector<Duration> latencies_;
    std::size_t laters_ = 0;
};

/// The first person invites one of each pair, and that one the other.
std::vector<Couple> bring_in(
    std::uint16_t port, std::string const& secret, std::size_t pairs, bool has_tls)
{
    // Handles are never given twice, and the server may have seen other runs.
    std::string const run = std::to_string(Clock::now().time_since_epoch().count());
    Device first;
    first.connect(port);
    first.enrol(secret, "first" + run);
    first.sign_in();
    std::vector<Couple> couples(pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
        Device speaker;
        couples[i].speaker.handle = "s" + std::to_string(i) + "." + run;
        speaker.connect(port);
        speaker.enrol(first.invite(), couples[i].speaker.handle);
        speaker.sign_in();
        Device hearer;
        couples[i].hearer.handle = "h" + std::to_string(i) + "." + run;
        hearer.connect(port);
        hearer.enrol(speaker.invite(), couples[i].hearer.handle);
        hearer.sign_in();
        couples[i].hearer.keys = hearer.keys();
        couples[i].speaker.keys = speaker.keys();
        couples[i].hearer.socket = hearer.give_away();
        couples[i].speaker.socket = speaker.give_away();
    }
    // Only now: nobody waits long for a sign-in.
    for (Couple& couple : couples) {
        if (has_tls) {
            couple.hearer.socket = bare_connect(port);
            couple.speaker.socket = bare_connect(port);
        }
    }
    return couples;
}

/// The relay joins two connections that come one after the other.
std::vector<Couple> relay(std::uint16_t port, std::size_t pairs)
{
    std::vector<Couple> couples(pairs);
    for (Couple& couple : couples) {
        couple.speaker.socket = bare_connect(port);
        couple.hearer.socket = bare_connect(port);
        couple.hearer.handle = "hearer";
    }
    return couples;
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    bool const has_tls = count == 7 and std::string_view(values[6]) == "tls";
    if (count != 6 and not has_tls)
        stop("bench_durable PORT SECRET|- PAIRS IN_FLIGHT SECONDS [tls]");
    raise_descriptor_limit();
    auto const number = [&](int i) { return std::strtoul(values[i], nullptr, 10); };
    auto const port = static_cast<std::uint16_t>(number(1));
    bool const is_relayed = std::string_view(values[2]) == "-";
    auto couples =
        is_relayed ? relay(port, number(3)) : bring_in(port, values[2], number(3), has_tls);
    auto tls = has_tls ? duet::TlsContext::for_client().value() : nullptr;
    Crowd(std::move(couples), number(4), is_relayed, std::move(tls))
        .run(std::chrono::seconds(number(5)));
}
