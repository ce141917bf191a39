#include "bench/device.hpp"

#include "base/random.hpp"
#include "bench/bare.hpp"
#include "bench/measure.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace duet::bench {

namespace {

KeyPair new_keys()
{
    std::array<std::byte, 32> seed {};
    fill_random(seed);
    return key_pair_from(seed);
}

} // namespace

Device::Device() : keys_(new_keys()) { }

void Device::connect(std::uint16_t port, std::uint32_t source)
{
    socket_ = bare_connect(port, source);
    heard_.clear();
    fill_random(nonce_);
    server_ = ask<Greeted>(Hello {1, nonce_});
}

void Device::enrol(std::string const& secret, std::string const& handle)
{
    ask<Enrolled>(Enrol {secret, keys_.identity, proof(), handle, handle, "bench"});
}

void Device::sign_in()
{
    ask<Welcome>(SignIn {keys_.identity, proof(), server_.epoch, std::nullopt, "bench"});
}

std::string Device::invite()
{
    return ask<Linked>(Invite {}).secret;
}

Descriptor Device::give_away()
{
    ask<Pong>(Ping {}); // whatever was on its way has come by then
    if (not heard_.empty())
        stop("something came that was not asked for");
    return std::move(socket_);
}

void Device::say(Request::Body body)
{
    std::string line;
    encode(Request {{}, std::move(body)}, line);
    send_all(socket_.number(), line);
}

Event Device::hear()
{
    std::array<char, 65536> room;
    while (true) {
        auto const end = heard_.find('\n');
        if (end == std::string::npos) {
            std::string_view const more = receive_some(socket_.number(), room.data(), room.size());
            if (more.empty())
                stop("the server has hung up");
            heard_ += more;
            continue;
        }
        auto const event = door_.decode_event(as_bytes(std::string_view(heard_).substr(0, end)));
        if (not event.has_value())
            stop("the server says what is no event");
        bool const refuses = event->has_value()
            and (std::holds_alternative<Bye>((*event)->body)
                or std::holds_alternative<Refused>((*event)->body));
        if (refuses) {
            std::fprintf(stderr, "%s\n", heard_.substr(0, end).c_str());
            stop("the server refuses");
        }
        heard_.erase(0, end + 1);
        if (event->has_value())
            return **event;
    }
}

Proof Device::proof() const
{
    return prove(keys_, {Prover::device, nonce_, server_.nonce, server_.identity, {}});
}

} // namespace duet::bench
