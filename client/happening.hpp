// What the user of the library will be told at the end of the turn, as values.

#pragma once

#include "client/duet.hpp"
#include "core/device_side.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace duet {

struct EntryHeard {
    Message message;
};
struct MessageChanged {
    Message message;
};
struct OlderFetched {
    std::string with;
    bool more;
};
struct ConnectionMoved {
    Connectedness now;
    std::string words;
};
struct EndedForGood {
    Failure why;
};
struct PeopleAnswer {
    std::uint64_t asked;
    std::vector<Contact> all;
};
struct DevicesAnswer {
    std::uint64_t asked;
    std::vector<OwnDevice> all;
};
struct SecretAnswer {
    std::uint64_t asked;
    Secret secret;
};
struct DeviceWaits {
    WaitingDevice device;
};
struct WaitsForConfirmation { };
struct TalkMoved {
    std::string with;
    std::optional<Contact> contact; // none: there is nothing between the two any more
};
struct RecoveryAnswer {
    std::uint64_t asked;
    std::string phrase;
};
struct DoneAnswer {
    std::uint64_t asked;
};
struct DeniedAnswer {
    std::uint64_t asked;
    Failure why;
};

using Happening =
    std::variant<EntryHeard, MessageChanged, OlderFetched, TypingEvent, Presence, ConnectionMoved,
        EndedForGood, CopySeen, AnotherLife, PeopleAnswer, DevicesAnswer, SecretAnswer, DeviceWaits,
        WaitsForConfirmation, DoneAnswer, DeniedAnswer, TalkMoved, Settings, RecoveryAnswer>;

void tell(ClientHandler& handler, Happening const& happening);

} // namespace duet
