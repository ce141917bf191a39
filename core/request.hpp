// What a device may ask for, understood: the requests of docs/protocol.md, one struct each.
//
// A door makes them from bytes and has seen to their form: every text in them is valid UTF-8, every
// number within its range. Whether what is said and asked for may be is the core's question.

#pragma once

#include "core/ids.hpp"
#include "core/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace duet {

/// The client speaks first.
struct Hello {
    std::uint64_t version;
    Nonce nonce;

    bool operator==(Hello const&) const = default;
};

/// Makes the key that speaks here a device of somebody's, by a one-time secret.
struct Enrol {
    std::string secret; // as it was given out: letters and digits
    Identity identity;
    Proof proof;
    std::string handle; // empty when a further device of the same person is enrolled
    std::string name;   // likewise
    std::string device_name;
    std::optional<SecretHash> recovery = {}; // of a phrase that the device has made for its person

    bool operator==(Enrol const&) const = default;
};

struct SignIn {
    Identity identity;
    Proof proof;
    std::optional<Epoch> epoch; // the one the device knows; none: it is new here
    std::optional<Feed> feed;   // it has everything up to here; none: "end", begin at the head
    std::string client;         // a name for the operator's eyes

    bool operator==(SignIn const&) const = default;
};

struct Say {
    N n;
    std::string to; // a handle
    Kind kind = Kind::text;
    std::string text;

    bool operator==(Say const&) const = default;
};

/// The device has stored everything up to this number.
struct Got {
    Feed feed;

    bool operator==(Got const&) const = default;
};

/// What was on the person's screen.
struct Read {
    std::string with;
    Seq seq;

    bool operator==(Read const&) const = default;
};

struct Typing {
    std::string to;

    bool operator==(Typing const&) const = default;
};

/// Older entries of one conversation: those before `before`, or after `after`, or the newest.
struct History {
    std::string with;
    std::optional<Seq> before;
    std::optional<Seq> after;
    std::uint64_t limit;

    bool operator==(History const&) const = default;
};

/// The person's contacts, by their handles' order of arrival.
struct People {
    std::string after; // a handle; empty: from the beginning
    std::uint64_t limit;

    bool operator==(People const&) const = default;
};

/// A one-time secret for a new person, who becomes a contact of the one who asks.
struct Invite {
    bool operator==(Invite const&) const = default;
};

/// A one-time secret for a further device of the same person.
struct LinkDevice {
    bool plain = false; // a code for the plain-lines door

    bool operator==(LinkDevice const&) const = default;
};

struct Devices {
    std::string with = {}; // a contact's handle; empty: one's own

    bool operator==(Devices const&) const = default;
};

struct Revoke {
    DeviceId device;

    bool operator==(Revoke const&) const = default;
};

/// Whoever asks to be a contact is one.
struct Accept {
    std::string with;

    bool operator==(Accept const&) const = default;
};

/// Whoever asks to be a contact never learns of it, and is not heard again.
struct Refuse {
    std::string with;

    bool operator==(Refuse const&) const = default;
};

struct Block {
    std::string with;

    bool operator==(Block const&) const = default;
};

struct Unblock {
    std::string with;

    bool operator==(Unblock const&) const = default;
};

/// What a person chooses: for everything, or for one conversation. What is not there stays as it was.
struct ChangeSettings {
    struct ForAll {
        std::optional<bool> read_marks = {};
        std::optional<bool> presence = {};
        std::optional<bool> typing = {};

        bool operator==(ForAll const&) const = default;
    };
    struct ForOne {
        std::string with;
        std::optional<bool> mute = {};
        std::optional<bool> archive = {};
        std::optional<bool> pin = {};
        std::optional<std::string> name = {};
        std::optional<Seq> delete_up_to = {};

        bool operator==(ForOne const&) const = default;
    };
    std::variant<ForAll, ForOne> what;

    bool operator==(ChangeSettings const&) const = default;
};

/// Another recovery phrase is good from here on.
struct ChangeRecovery {
    SecretHash hash;

    bool operator==(ChangeRecovery const&) const = default;
};

/// Whether a device that waits may become one of this person's.
struct Confirm {
    std::uint64_t ask;
    bool yes;

    bool operator==(Confirm const&) const = default;
};

/// The person leaves this server, for good.
struct Leave {
    bool operator==(Leave const&) const = default;
};

/// The operator ought to see this entry.
struct Report {
    std::string with;
    Seq seq;

    bool operator==(Report const&) const = default;
};

struct Ping {
    bool operator==(Ping const&) const = default;
};

/// Something of a later version, or a mistake: refused, and the connection goes on.
struct UnknownRequest {
    bool operator==(UnknownRequest const&) const = default;
};

/// One request, with the id that its answer repeats.
struct Request {
    using Body = std::variant<Hello, Enrol, SignIn, Say, Got, Read, Typing, History, People, Invite,
        LinkDevice, Devices, Revoke, Accept, Refuse, Block, Unblock, ChangeSettings, ChangeRecovery,
        Confirm, Leave, Report, Ping, UnknownRequest>;

    std::optional<std::uint64_t> id;
    Body body;

    bool operator==(Request const&) const = default;
};

} // namespace duet
