// One device over one connection: what is known of it, and how far it has got.
//
// A session is a record, not an actor: core/chat.hpp does things with it, and each kind of request has
// its own file beside it.

#pragma once

#include "base/time.hpp"
#include "core/draft.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/window.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace duet {

/// The time as a value: a label for what lasts, and the monotonic clock for what waits.
struct Now {
    Time label;
    MonotonicTime at;
};

struct Session {
    enum class Stage : std::uint8_t {
        greeting,  // nothing was said yet
        greeted,   // both have said hello: only a sign-in or an enrolment is heard
        signed_in, // requests and events flow
    };

    SessionId id;
    std::string address = {};  // from where, in words
    std::uint64_t came_as = 0; // connections are counted as they come
    Stage stage = Stage::greeting;
    Nonce client_nonce {};
    Nonce server_nonce {};
    MonotonicTime heard_at;         // when it last said anything
    MonotonicTime sign_in_until {}; // it is let go if it has not signed in by then

    std::uint64_t ask = 0; // of a new device that waits for another's yes: see confirming.cpp

    PersonId person {};
    DeviceId device {};
    bool is_plain = false; // a person at the plain-lines door: the server keeps the cursor

    Feed sent {};      // everything up to here was sent
    Feed confirmed {}; // and the device has everything up to here
    Window window {};
    bool is_behind = false;     // there is more than was sent: it is in the store
    std::size_t unanswered = 0; // says whose outcome is not back yet
    std::vector<Mark> marks {}; // to be told when everything up to their head was sent
};

} // namespace duet
