// What a device is told: the events of docs/protocol.md, one struct each. A door makes bytes of them.
//
// Persons stand in them by their handles, as the wire has it; an entry is seen by one of the two, so
// it has one feed number and one other.

#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace duet {

/// The server's hello, with its proof.
struct Greeted {
    std::uint64_t version;
    Nonce nonce;
    Epoch epoch;
    Identity identity;
    Proof proof;

    bool operator==(Greeted const&) const = default;
};

struct Welcome {
    std::string you; // handle
    std::string name;
    DeviceId device;
    Feed feed; // the head
    N last_n;
    Epoch epoch;
    std::string server;           // name and version
    std::uint64_t unanswered_max; // so many says may be without an answer

    bool operator==(Welcome const&) const = default;
};

struct EntryEvent {
    Feed feed; // 0 in an answer to `history`
    std::string with;
    Seq seq;
    std::string from;
    Kind kind;
    std::string text;
    Time time;
    N n; // not 0 on the device that said it

    bool operator==(EntryEvent const&) const = default;
};

struct Said {
    N n;
    std::string with;
    Seq seq;
    Time time;
    Feed feed; // not 0 if it is the device's next, and then stands for the entry

    bool operator==(Said const&) const = default;
};

struct Refused {
    N n; // 0 for a request other than `say`
    Error error;
    std::optional<std::uint64_t> offset = {}; // of a control character: in bytes

    bool operator==(Refused const&) const = default;
};

struct NReused {
    N n;
    N last_n;

    bool operator==(NReused const&) const = default;
};

/// Not now, for a reason that holds for the whole device or server; no n is used up.
struct Later {
    N n; // the one expected
    Error error;
    std::chrono::milliseconds wait;

    bool operator==(Later const&) const = default;
};

struct MarkEvent {
    std::string with;
    std::string who;
    Seq delivered;
    Seq read;

    bool operator==(MarkEvent const&) const = default;
};

struct TypingEvent {
    std::string from;

    bool operator==(TypingEvent const&) const = default;
};

struct Presence {
    std::string who;
    bool online;

    bool operator==(Presence const&) const = default;
};

/// Closes the entries of an answer to `history`.
struct HistoryEnd {
    std::string with;
    Seq first; // 0: there were none
    Seq last;
    bool more; // in the direction asked for

    bool operator==(HistoryEnd const&) const = default;
};

/// How a person stands to another, as that person may know it.
enum class TalkState : std::uint8_t {
    contact = 1,
    asked,   // this person waits for the other's answer
    asks,    // the other waits for this person's
    blocked, // by this person
    none,    // nothing is between them any more
};

struct PeopleEvent {
    struct One {
        std::string handle;
        std::string name; // of one who was asked it is not told
        Seq last;
        std::optional<EntryEvent> last_entry;
        Seq my_delivered, my_read, their_delivered, their_read;
        std::uint64_t unread;
        TalkState state = TalkState::contact;
        TalkChoices choices = {};

        bool operator==(One const&) const = default;
    };
    std::vector<One> people;
    bool more;

    bool operator==(PeopleEvent const&) const = default;
};

struct Enrolled {
    std::string you;
    DeviceId device;

    bool operator==(Enrolled const&) const = default;
};

/// The secret that was asked for by `invite` or `link_device`.
struct Linked {
    std::string secret;
    Time expires;

    bool operator==(Linked const&) const = default;
};

struct DevicesEvent {
    struct One {
        DeviceId device; // 0: not one's own
        std::string name;
        bool plain;
        Time time;
        std::optional<Identity> identity = {}; // a plain one has none

        bool operator==(One const&) const = default;
    };
    std::vector<One> devices;
    std::string with = {}; // whose; empty: one's own

    bool operator==(DevicesEvent const&) const = default;
};

/// What the person has chosen for all conversations, whole.
struct SettingsEvent {
    bool read_marks;
    bool presence;
    bool typing;

    bool operator==(SettingsEvent const&) const = default;
};

/// What the person sees of one conversation beside its log, whole.
struct TalkEvent {
    std::string with;
    TalkState state;
    TalkChoices choices;

    bool operator==(TalkEvent const&) const = default;
};

/// A further device wants to be this person's, and waits for a yes.
struct DeviceAsks {
    std::uint64_t ask;
    std::string device; // its name
    std::string address;
    Identity identity;

    bool operator==(DeviceAsks const&) const = default;
};

/// What was asked waits for another device's yes.
struct Waiting {
    bool operator==(Waiting const&) const = default;
};

struct Done {
    bool operator==(Done const&) const = default;
};

struct Pong {
    bool operator==(Pong const&) const = default;
};

/// The last word; the connection closes behind it.
struct Bye {
    Error reason;
    std::chrono::milliseconds wait; // before it makes sense to come again
    std::string address = {};       // of moved: where the server is now

    bool operator==(Bye const&) const = default;
};

/// Something of a later version, that has a number in the feed: it counts, and says nothing here.
struct UnknownEvent {
    Feed feed;

    bool operator==(UnknownEvent const&) const = default;
};

/// One event, with the id of the request that it answers, if it answers one that had an id.
struct Event {
    using Body = std::variant<Greeted, Welcome, EntryEvent, Said, Refused, NReused, Later,
        MarkEvent, TypingEvent, Presence, HistoryEnd, PeopleEvent, Enrolled, Linked, DevicesEvent,
        SettingsEvent, TalkEvent, DeviceAsks, Waiting, Done, Pong, Bye, UnknownEvent>;

    std::optional<std::uint64_t> id;
    Body body;

    bool operator==(Event const&) const = default;
};

} // namespace duet
