// A device as small as can be, that speaks with a server and waits for each answer: it brings people into
// a server and signs them in, before anything is measured.

#pragma once

#include "base/identity.hpp"
#include "core/event.hpp"
#include "core/request.hpp"
#include "doors/json.hpp"
#include "net/descriptor.hpp"

#include <cstdint>
#include <string>

namespace duet::bench {

class Device {
public:
    /// A new key, known to nobody yet.
    Device();

    /// Connects and exchanges hellos. `source` as bare_connect has it.
    void connect(std::uint16_t port, std::uint32_t source = 0x7F000001);

    /// Becomes a person by a one-time secret.
    void enrol(std::string const& secret, std::string const& handle);

    /// From the head on.
    void sign_in();

    /// The secret of an invitation; one must be signed in.
    std::string invite();

    /// Sends a request, and waits for an event of this kind; others are passed over.
    template <typename Answer>
    Answer ask(Request::Body body);

    /// From here on the connection is somebody else's: nothing that came is left here.
    Descriptor give_away();

    [[nodiscard]] KeyPair const& keys() const { return keys_; }

private:
    void say(Request::Body body);
    Event hear();
    [[nodiscard]] Proof proof() const;

    KeyPair keys_;
    Nonce nonce_ {};
    Greeted server_ {};
    Descriptor socket_;
    JsonDoor door_;
    std::string heard_; // and not used yet
};

template <typename Answer>
Answer Device::ask(Request::Body body)
{
    say(std::move(body));
    while (true) {
        Event const event = hear();
        if (auto const* const answer = std::get_if<Answer>(&event.body))
            return *answer;
    }
}

} // namespace duet::bench
