// Very many conversations: some people, each with very many contacts, say things to all of them in no
// order. The contacts are away, so what is measured is the store alone: entry, feeds, numbers, in the
// journal and behind it.
//
//     bench_conversations PORT SECRET SPEAKERS CONTACTS_EACH IN_FLIGHT SECONDS
//
// Bringing them in takes longer than the measurement: each is a person with a key.

#include "bench/device.hpp"
#include "bench/measure.hpp"
#include "bench/wire.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"

#include <fcntl.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace duet::bench {

namespace {

struct Speaker {
    Descriptor socket;
    std::string name;
    ConnectionId id {};
    std::uint64_t said = 0;
    std::uint64_t answered = 0;
    Clock::time_point quiet_until {};
};

std::string contact_of(Speaker const& speaker, std::size_t i)
{
    return speaker.name + "." + std::to_string(i);
}

std::vector<Speaker> bring_in(
    std::uint16_t port, std::string const& secret, std::size_t speakers, std::size_t contacts)
{
    Device first;
    first.connect(port);
    first.enrol(secret, "first");
    first.sign_in();
    std::vector<Speaker> all(speakers);
    std::vector<Device> devices(speakers);
    for (std::size_t i = 0; i < speakers; ++i) {
        all[i].name = "s" + std::to_string(i);
        Device& speaker = devices[i];
        speaker.connect(port);
        speaker.enrol(first.invite(), all[i].name);
        speaker.sign_in();
        for (std::size_t j = 0; j < contacts; ++j) {
            Device contact;
            contact.connect(port);
            contact.enrol(speaker.invite(), contact_of(all[i], j));
        }
        speaker.give_away();
    }
    // Only now: until all are there the first would have been silent for too long.
    for (std::size_t i = 0; i < speakers; ++i) {
        devices[i].connect(port);
        devices[i].sign_in();
        all[i].socket = devices[i].give_away();
    }
    return all;
}

class Crowd final : ConnectionHandler, TimerHandler {
public:
    Crowd(std::vector<Speaker> speakers, std::size_t contacts, std::size_t in_flight)
        : loop_(Loop::create().value())
        , connections_(*loop_)
        , speakers_(std::move(speakers))
        , in_flight_(in_flight)
        , any_contact_(0, contacts - 1)
    {
        for (std::size_t i = 0; i < speakers_.size(); ++i) {
            must(
                ::fcntl(speakers_[i].socket.number(), F_SETFL, O_NONBLOCK), "make it non-blocking");
            speakers_[i].id =
                connections_.add(Socket(std::move(speakers_[i].socket), "server"), *this);
            speaker_of_.resize(std::max<std::size_t>(speaker_of_.size(), speakers_[i].id.slot + 1));
            speaker_of_[speakers_[i].id.slot] = i;
        }
    }

    void run(std::chrono::seconds time)
    {
        auto const began = Clock::now();
        due(0);
        while (Clock::now() < began + time) {
            connections_.flush();
            loop_->turn();
        }
        double const seconds = std::chrono::duration<double>(Clock::now() - began).count();
        tell("laters", static_cast<double>(laters_));
        tell("messages", static_cast<double>(answered_));
        tell("a_second", static_cast<double>(answered_) / seconds);
    }

private:
    std::size_t received(ConnectionId id, Bytes input) override
    {
        Speaker& speaker = speakers_[speaker_of_[id.slot]];
        std::string_view rest = as_text(input);
        std::uint64_t feed = 0;
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            take(speaker, rest.substr(0, end), feed);
            rest.remove_prefix(end + 1);
        }
        if (feed != 0) {
            line_.clear();
            append_got(line_, feed);
            connections_.send(id, as_bytes(line_));
        }
        speak(speaker);
        return input.size() - rest.size();
    }

    void take(Speaker& speaker, std::string_view line, std::uint64_t& feed)
    {
        if (line.starts_with(R"({"type":"later")")) {
            ++laters_;
            auto const wait = std::chrono::milliseconds(number_behind(line, R"("wait_ms":)"));
            speaker.said = number_behind(line, R"("n":)") - 1;
            speaker.quiet_until = Clock::now() + wait;
        }
        auto const own = number_behind(line, R"("feed":)");
        feed = std::max(feed, own);
        bool const is_answer = line.starts_with(R"({"type":"said")")
            or (line.starts_with(R"({"type":"entry")") and line.find(R"("n":)") != line.npos);
        if (not is_answer)
            return;
        auto const n = number_behind(line, R"("n":)");
        if (n <= speaker.answered)
            return; // the entry of what was answered already
        speaker.answered = n;
        ++answered_;
    }

    void speak(Speaker& speaker)
    {
        if (Clock::now() < speaker.quiet_until)
            return;
        line_.clear();
        while (speaker.said < speaker.answered + in_flight_) {
            ++speaker.said;
            append_say(line_, speaker.said, contact_of(speaker, any_contact_(dice_)));
        }
        if (not line_.empty())
            connections_.send(speaker.id, as_bytes(line_));
    }

    void due(Tag) override
    {
        for (Speaker& speaker : speakers_)
            speak(speaker);
        loop_->start_timer(look_after, *this);
    }

    void ended(ConnectionId, Bytes) override { stop("the server has hung up"); }
    void lost(ConnectionId, Loss const&) override { stop("a connection was lost"); }
    void sent(ConnectionId) override { }

    std::unique_ptr<Loop> loop_;
    Connections connections_;
    std::vector<Speaker> speakers_;
    std::vector<std::size_t> speaker_of_; // by the connection's slot
    std::size_t const in_flight_;
    std::mt19937 dice_ {8000};
    std::uniform_int_distribution<std::size_t> any_contact_;
    std::string line_;
    std::size_t answered_ = 0;
    std::size_t laters_ = 0;
};

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    if (count != 7)
        stop("bench_conversations PORT SECRET SPEAKERS CONTACTS_EACH IN_FLIGHT SECONDS");
    raise_descriptor_limit();
    auto const number = [&](int i) { return std::strtoul(values[i], nullptr, 10); };
    auto speakers =
        bring_in(static_cast<std::uint16_t>(number(1)), values[2], number(3), number(4));
    Crowd(std::move(speakers), number(4), number(5)).run(std::chrono::seconds(number(6)));
}
