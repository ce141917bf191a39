// How long it takes until very many devices at one address are all signed in again, while silent connections from the
// same address stand open: what a server sees when a big house gets its network back.
//
//     bench_returning PORT SECRETS SILENT
//
// SECRETS is a file with one invitation a line: as many people come in by them, one after the other at first. Then all
// call at once, over TLS, and each that is sent away calls again as devices do, within twice the time before. The server
// at PORT trusts 127.0.0.1 to say who calls; all of them are said to call from 192.0.2.1.

#include "base/limits.hpp"
#include "base/random.hpp"
#include "bench/measure.hpp"
#include "doors/json.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duet::bench {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t coming_at_once = 64;

/// Who calls, in the proxy's words.
constexpr std::string_view header(
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C\xC0\0\2\1\x7F\0\0\1\xC3\x50\x1F\x40", 28);

class Crowd final : ConnectionHandler, TimerHandler {
public:
    Crowd(std::uint16_t port, std::vector<std::string> secrets) : secrets_(std::move(secrets))
    {
        Endpoint endpoint;
        endpoint.port = port;
        server_ = resolve(endpoint, Purpose::call).value().front();
        for (std::size_t i = 0; i < secrets_.size(); ++i) {
            std::array<std::byte, 32> seed {};
            fill_random(seed);
            people_.push_back({.keys = key_pair_from(seed)});
        }
    }

    void come_in()
    {
        loop_->turn(milliseconds(0)); // a loop that has not turned yet does not know the time
        std::size_t begun = 0;
        while (inside_ < people_.size()) {
            for (; begun < people_.size() and begun < inside_ + coming_at_once; ++begun)
                call(begun);
            turn();
        }
        by_slot_.clear();
        inside_ = 0;
        is_returning_ = true;
    }

    void be_silent(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            silent_.push_back(Socket::connect(server_).value());
            static_cast<void>(silent_.back().send(as_bytes(header)));
        }
    }

    /// How long until all are there.
    std::chrono::nanoseconds return_all()
    {
        loop_->turn(milliseconds(0));
        auto const begin = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < people_.size(); ++i)
            call(i);
        while (inside_ < people_.size())
            turn();
        return std::chrono::steady_clock::now() - begin;
    }

    [[nodiscard]] std::size_t calls() const { return calls_; }

private:
    struct Person {
        KeyPair keys;
        Nonce nonce {};
        ConnectionId connection {};
        milliseconds patience = limits::reconnect_delay_least;
        bool is_inside = false;
    };

    void turn()
    {
        connections_.flush(); // first: whoever has just called has something to say
        loop_->turn();
    }

    void call(std::size_t i)
    {
        ++calls_;
        auto socket = Socket::connect(server_);
        if (not socket.has_value() or socket->send(as_bytes(header)).value_or(0) != header.size())
            return call_later(i);
        Person& person = people_[i];
        person.connection = connections_.add(std::move(*socket), *this);
        by_slot_[person.connection.slot] = i;
        connections_.secure_as_client(person.connection, *tls_);
    }

    void call_later(std::size_t i)
    {
        Person& person = people_[i];
        std::uniform_int_distribution<std::int64_t> within(0, person.patience.count());
        loop_->start_timer(milliseconds(within(dice_)), *this, i);
        person.patience = std::min(2 * person.patience, milliseconds(limits::reconnect_delay_most));
    }

    void due(Tag tag) override { call(tag); }

    void say(ConnectionId id, Request::Body body)
    {
        line_.clear();
        encode(Request {{}, std::move(body)}, line_);
        connections_.send(id, as_bytes(line_));
    }

    void secured(ConnectionId id) override
    {
        Person& person = people_[by_slot_[id.slot]];
        fill_random(person.nonce);
        say(id, Hello {1, person.nonce});
    }

    std::size_t received(ConnectionId id, Bytes input) override
    {
        std::size_t used = 0;
        for (;;) {
            std::string_view const rest = as_text(input.subspan(used));
            auto const end = rest.find('\n');
            if (end == std::string_view::npos)
                return used;
            auto const event = door_.decode_event(as_bytes(rest.substr(0, end)));
            if (event.has_value() and event->has_value())
                hear(id, **event);
            used += end + 1;
            if (connections_.find(id) == nullptr)
                return input.size();
        }
    }

    void hear(ConnectionId id, Event const& event)
    {
        std::size_t const i = by_slot_[id.slot];
        Person& person = people_[i];
        if (auto const* const server = std::get_if<Greeted>(&event.body)) {
            Proof const proof = prove(person.keys,
                {Prover::device, person.nonce, server->nonce, server->identity,
                    *connections_.find(id)->exporter()});
            auto const name = "p" + std::to_string(i);
            if (is_returning_)
                say(id, SignIn {person.keys.identity, proof, server->epoch, std::nullopt, "bench"});
            else
                say(id, Enrol {secrets_[i], person.keys.identity, proof, name, name, "bench"});
        } else if (std::holds_alternative<Refused>(event.body)) {
            stop("the server refuses");
        } else if (std::holds_alternative<Enrolled>(event.body)) {
            ++inside_; // and will come back
            connections_.close(id, CloseReason::we_left);
        } else if (std::holds_alternative<Welcome>(event.body)) {
            person.is_inside = true;
            ++inside_;
        }
    }

    void ended(ConnectionId id, Bytes) override
    {
        connections_.close(id, CloseReason::peer_left);
        gone(id);
    }

    void lost(ConnectionId id, Loss const&) override { gone(id); }
    void sent(ConnectionId) override { }

    void gone(ConnectionId id)
    {
        std::size_t const i = by_slot_[id.slot];
        if (not is_returning_)
            stop("somebody who came in was let go");
        if (people_[i].is_inside)
            stop("somebody who was in again was let go");
        call_later(i);
    }

    std::unique_ptr<Loop> loop_ = Loop::create().value();
    std::unique_ptr<TlsContext> tls_ = TlsContext::for_client().value();
    Connections connections_ {*loop_};
    std::vector<std::string> secrets_;
    Address server_ = Address::any(AF_INET, 0);
    std::vector<Person> people_;
    std::vector<Socket> silent_;
    std::unordered_map<std::uint32_t, std::size_t> by_slot_;
    JsonDoor door_;
    std::string line_;
    std::mt19937_64 dice_ {8000};
    std::size_t inside_ = 0;
    std::size_t calls_ = 0;
    bool is_returning_ = false;
};

void measure(std::uint16_t port, char const* secrets_file, std::size_t silent)
{
    std::vector<std::string> secrets;
    std::ifstream file(secrets_file);
    for (std::string secret; file >> secret;)
        secrets.push_back(secret);
    Crowd crowd(port, std::move(secrets));
    crowd.come_in();
    std::size_t const before = crowd.calls();
    crowd.be_silent(silent);
    tell("took_ns", crowd.return_all());
    tell("devices", static_cast<double>(before));
    tell("calls", static_cast<double>(crowd.calls() - before));
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    if (count != 4)
        stop("bench_returning PORT SECRETS SILENT");
    raise_descriptor_limit();
    measure(static_cast<std::uint16_t>(std::strtoul(values[1], nullptr, 10)), values[2],
        std::strtoul(values[3], nullptr, 10));
}
