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
    MarkDraft, PlainCursorDraft, EraseDraft, EpochDraft, GoneDraft>;

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

/// A request other than `say` that may not be.
struct Denied {
    Asker asker;
    Error error;
};

using Outcome = std::variant<Appended, Repeated, RefusedForGood, Reused, Postponed, DeviceEnrolled,
    PlainSignedIn, Invited, Revoked, Erased, Denied>;

} // namespace duet
