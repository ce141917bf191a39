// What is true, one change at a time: the records of the journal.
//
// Every change of what lasts is one of these, made by the scribe and never altered. Whoever applies
// all records of a journal in order to an empty store has the store; there is no other way in. Their
// bytes are store/record_codec.hpp's matter, and docs/journal.md's.

#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace duet {

/// What an entry or a draft is. Unknown ones are kept and counted, and shown by nobody.
enum class Kind : std::uint8_t {
    text = 1,
    edit,
    erasure,
    reaction,
    file,
    request,      // of a stranger, to be a contact
    device_added, // said by the scribe itself: its device is 0
};

/// One thing in a log that lasts, with all its numbers.
struct Entry {
    Pair pair;
    Seq seq;
    PersonId author;
    DeviceId device; // the author's, which said it; 0 if the scribe itself did
    N n;             // the device's number for it; 0 if the scribe itself said it
    Feed feed_low;   // its number in the feed of pair.low; 0 if it never reaches that person
    Feed feed_high;  // and of pair.high
    Time time;       // when the scribe took it; a label
    Kind kind;
    BodyHash hash; // of receiver, kind and body, as the device said them; outlives an erasure
    std::string body;

    [[nodiscard]] Feed feed_of(PersonId person) const
    {
        return person == pair.low ? feed_low : feed_high;
    }

    bool operator==(Entry const&) const = default;
};

/// What a device said will never be stored; its n is used up.
struct Refusal {
    DeviceId device;
    N n;
    Error error;
    BodyHash hash;
    Time time;

    bool operator==(Refusal const&) const = default;
};

/// A person begins.
struct PersonAdded {
    PersonId person;
    std::string handle; // [a-z0-9._-], 1 to 32; begins with a letter or digit; never given twice
    std::string name;   // what is shown
    Time time;

    bool operator==(PersonAdded const&) const = default;
};

/// Somebody has written to a handle that nobody has. Whoever gets it one day will be this person; until
/// then it is taken by nobody, and nobody can tell (docs/decisions/0015-strangers.md).
struct PersonAwaited {
    PersonId person;
    std::string handle;
    Time time;

    bool operator==(PersonAwaited const&) const = default;
};

/// The operator keeps a person out, or lets them in again.
struct PersonSuspended {
    PersonId person;
    bool is_suspended;
    Time time;

    bool operator==(PersonSuspended const&) const = default;
};

/// The recovery phrase that is good for a person from here on, and no other.
struct RecoverySet {
    PersonId person;
    SecretHash phrase;
    Time time;

    bool operator==(RecoverySet const&) const = default;
};

/// A device begins, by a one-time secret that is dead from here on.
struct DeviceAdded {
    DeviceId device;
    PersonId person;
    std::optional<Identity> identity; // none: the person's plain device, which has no key
    std::string name;
    SecretHash secret; // the invitation's, so that a lost answer can be asked for again
    Time time;

    bool operator==(DeviceAdded const&) const = default;
};

struct DeviceRevoked {
    DeviceId device;
    Time time;

    bool operator==(DeviceRevoked const&) const = default;
};

/// A person's contacts are told of a new device of theirs, one after the other.
struct DeviceAnnounced {
    DeviceId device;
    PersonId up_to; // contacts whose ids are greater do not know yet
    bool is_done;   // there are none

    bool operator==(DeviceAnnounced const&) const = default;
};

/// A one-time secret is waiting for somebody.
struct Invitation {
    enum class For : std::uint8_t { person = 1, device, plain_device };
    enum class Way : std::uint8_t {
        link = 1,
        code,
        operators
    }; // how it is handed over, or by whom

    SecretHash secret;
    For what;
    PersonId by;     // for a device: whose; for a person: who becomes a contact; 0 for nobody
    SecretHash with; // for a person: the invitation whose taker becomes a contact; zeros for none
    Time expires;
    Time time;
    Way way = Way::link;

    bool operator==(Invitation const&) const = default;
};

/// A one-time secret is dead before its time.
struct InvitationEnded {
    SecretHash secret;
    Time time;

    bool operator==(InvitationEnded const&) const = default;
};

/// Two persons are contacts from here on: each may say things to the other.
struct ContactMade {
    Pair pair;
    Time time;

    bool operator==(ContactMade const&) const = default;
};

/// One of two asks to be the other's contact.
struct ContactAsked {
    Pair pair;
    PersonId who;
    bool was_heard; // the other is told
    Time time;

    bool operator==(ContactAsked const&) const = default;
};

/// How one of two will meet what the other says, from here on.
struct StanceTaken {
    Pair pair;
    PersonId who;
    bool refuses; // to be asked again
    bool blocks;
    Time time;

    bool operator==(StanceTaken const&) const = default;
};

/// What one person has chosen for one conversation.
struct TalkChoices {
    bool mute = false;
    bool archive = false;
    bool pin = false;
    std::string name = {}; // what this person calls the other; empty: as all do
    Seq deleted {};        // what is up to here is shown to this person no more

    bool operator==(TalkChoices const&) const = default;
};

/// What a person sees of a conversation beside its log has changed: the choices for it, or how the two
/// stand to each other.
struct TalkChanged {
    PersonId person;
    PersonId other;
    TalkChoices choices;
    Feed head; // of the person's feed as it was

    bool operator==(TalkChanged const&) const = default;
};

/// How far one of two has got. Numbers only grow.
struct Mark {
    Pair pair;
    PersonId who;
    Seq delivered;
    Seq read;
    Feed head_low; // the feed heads of both persons when it last moved
    Feed head_high;

    bool operator==(Mark const&) const = default;
};

/// The cursor of a plain device, which cannot keep one itself.
struct PlainCursor {
    DeviceId device;
    Feed feed;

    bool operator==(PlainCursor const&) const = default;
};

/// A person is erased: what they said is gone, their handle is never given again.
struct PersonErased {
    PersonId person;
    Time time;

    bool operator==(PersonErased const&) const = default;
};

/// The bodies of some entries are gone (retention); their numbers stay.
struct Gone {
    Pair pair;
    Seq first;
    Seq last;
    Time time;

    bool operator==(Gone const&) const = default;
};

/// A store's life begins, or (after a backup was restored) another.
struct EpochBegun {
    Epoch epoch;
    Time time;

    bool operator==(EpochBegun const&) const = default;
};

/// What a person has chosen (core/choices.hpp); opaque to the store.
struct SettingsChanged {
    PersonId person;
    std::string settings;

    bool operator==(SettingsChanged const&) const = default;
};

using Record = std::variant<Entry, Refusal, PersonAdded, DeviceAdded, DeviceRevoked, Invitation,
    ContactMade, Mark, PlainCursor, PersonErased, Gone, EpochBegun, SettingsChanged, ContactAsked,
    StanceTaken, PersonAwaited, TalkChanged, PersonSuspended, RecoverySet, DeviceAnnounced,
    InvitationEnded>;

} // namespace duet
