// What the scribe is asked to make true, and what has become of it.
//
// Drafts go to the scribe in the order in which they were asked; outcomes come back in the same order
// and only when they are on disk. Between the two lies a sync, and in a server another thread: both
// are values that own all they need.

#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/request.hpp"
#include "core/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace duet {

/// One signed-in device over one connection, or one that is about to sign in. Never given twice.
enum class SessionId : std::uint64_t { };

/// Who asked, and the id that the answer repeats.
struct Asker {
    SessionId session {};
    std::optional<std::uint64_t> id = {};
};

struct SayDraft {
    Asker asker;
    DeviceId device;
    PersonId person;
    Say say;
    Time time;
};

/// The proof has been seen to; whether the secret is good is the scribe's question.
struct EnrolDraft {
    Asker asker;
    Enrol enrol;
    Time time;
};

/// Somebody at the plain-lines door, with a code.
struct PlainSignInDraft {
    Asker asker;
    std::string secret;
    Time time;
};

struct InviteDraft {
    Asker asker;
    std::string secret; // made by whoever has randomness
    Invitation::For what;
    PersonId by;
    SecretHash with;
    Time time;
    Invitation::Way way = Invitation::Way::link;
};

/// A secret is to be dead.
struct EndInvitationDraft {
    Asker asker;
    SecretHash secret;
    Time time;
};

/// One person's answer to another.
struct StanceDraft {
    enum class Step : std::uint8_t { accept, refuse, block, unblock };

    Asker asker;
    PersonId person;
    std::string with; // a handle
    Step step;
    Time time;
};

struct SettingsDraft {
    Asker asker;
    PersonId person;
    ChangeSettings change;
    Time time;
};

struct RecoveryDraft {
    Asker asker;
    PersonId person;
    SecretHash phrase;
    Time time;
};

struct SuspendDraft {
    Asker asker;
    PersonId person;
    bool is_suspended;
    Time time;
};

struct ReportDraft {
    Asker asker;
    PersonId person;
    Report report;
    Time time;
};

/// Some more of a person's contacts are told of a new device.
struct AnnounceDraft {
    DeviceId device;
};

struct RevokeDraft {
    Asker asker;
    PersonId person; // whose device it must be
    DeviceId device;
    Time time;
};

struct MarkDraft {
    Mark mark;
};

struct PlainCursorDraft {
    DeviceId device;
    Feed feed;
};

struct EraseDraft {
    Asker asker;
    PersonId person;
    Time time;
};

struct EpochDraft {
    Epoch epoch;
    Time time;
};

/// Retention: nobody waits for it, so nobody is told.
struct GoneDraft {
    Gone gone;
};

using Draft = std::variant<SayDraft, EnrolDraft, PlainSignInDraft, InviteDraft, RevokeDraft,
    MarkDraft, PlainCursorDraft, EraseDraft, EpochDraft, GoneDraft, EndInvitationDraft, StanceDraft,
    SettingsDraft, RecoveryDraft, SuspendDraft, ReportDraft, AnnounceDraft>;

/// An entry is in the log: everybody whom it concerns may hear it now.
struct Appended {
    Asker asker; // the session that said it
    Entry entry;
};

/// This n was answered before: the same answer again.
struct Repeated {
    Asker asker;
    N n;
    Answer answer;
};

struct RefusedForGood {
    Asker asker;
    N n;
    Error error;
    std::optional<std::uint64_t> offset = {}; // of the control character, if that is the error
};

struct Reused {
    Asker asker;
    N n;
    N last_n;
};

struct Postponed {
    Asker asker;
    N expected; // the n that is taken next
    Error error;
};

struct DeviceEnrolled {
    Asker asker;
    Person person;
    Device device;
    bool is_announced = false; // contacts must be told of it: see AnnounceDraft
};

/// The code was good: the plain device may begin, behind its cursor.
struct PlainSignedIn {
    Asker asker;
    Person person;
    Device device;
};

struct Invited {
    Asker asker;
    std::string secret;
    Time expires;
};

struct Revoked {
    Asker asker;
    DeviceId device;
};

struct Erased {
    Asker asker;
    PersonId person;
};

/// How two persons stand to each other has changed.
struct StanceMoved {
    Asker asker;
    PersonId by;
    PersonId other;
    StanceDraft::Step step;
};

struct SettingsMoved {
    Asker asker;
    PersonId person;
    std::optional<PersonId> other; // of the conversation; none: for all
};

/// It is true, and nobody else has to hear of it.
struct Completed {
    Asker asker;
};

struct Suspended {
    Asker asker;
    PersonId person;
    bool is_suspended;
};

/// For the operator's eyes; whoever keeps it gives it to Chat::finished when it is on disk.
struct Reported {
    Asker asker;
    std::string by; // a handle
    Entry entry;
    std::string author; // of the entry: a handle
    Time time;
};

/// Some contacts were told; if it is not done, there are more.
struct Announced {
    Asker asker;
    DeviceId device;
    bool is_done;
};

/// A request other than `say` that may not be.
struct Denied {
    Asker asker;
    Error error;
};

using Outcome = std::variant<Appended, Repeated, RefusedForGood, Reused, Postponed, DeviceEnrolled,
    PlainSignedIn, Invited, Revoked, Erased, StanceMoved, SettingsMoved, Completed, Suspended,
    Reported, Announced, Denied>;

} // namespace duet
