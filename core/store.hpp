// Where the scribe's records rest, and how they are looked up again.
//
// `append` is the only way in: a batch of records, in the order in which they became true, which is on
// disk when it returns. Everything else is a look at what is on disk. A store is what the journal says,
// and nothing else: see core/record.hpp.
//
// store/memory_store.hpp keeps it for tests and the simulator, store/journal_store.hpp for people;
// store/store_suite.hpp is the one suite of tests that both must pass.

#pragma once

#include "base/result.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

/// What a device's n was answered with, for good.
struct Answer {
    BodyHash hash;
    std::optional<Error> refused; // none: said
    Pair pair;                    // where, if said
    Seq seq;
    Feed feed; // in the author's feed
    Time time;

    bool operator==(Answer const&) const = default;
};

struct Person {
    PersonId id;
    std::string handle;
    std::string name;
    bool is_erased = false;
    std::uint64_t stored_bytes = 0; // of bodies that this person said and that are still there
    Time time {};                   // when this person came
    bool is_suspended = false;
    bool is_awaited = false;  // nobody yet: somebody has written to this handle
    SecretHash recovery = {}; // of the phrase that is good now; zeros: none

    bool operator==(Person const&) const = default;
};

struct Device {
    DeviceId id;
    PersonId person;
    std::optional<Identity> identity; // none: plain
    std::string name;
    SecretHash secret; // by which it came
    bool is_revoked = false;
    Feed plain_cursor {}; // of a plain device
    Time time;            // when it came

    bool operator==(Device const&) const = default;
};

/// How one of two persons stands to the other.
struct Stance {
    Time asked {}; // when this one last asked to be a contact; zero: never, or it is answered
    bool was_heard = false; // and the other was told
    bool refuses = false;   // to be asked by the other
    bool blocks = false;

    bool operator==(Stance const&) const = default;
};

/// How two persons stand to each other.
struct Bond {
    Pair pair {};
    bool are_contacts = false; // and stay it, whoever blocks
    Stance low {};
    Stance high {};

    [[nodiscard]] Stance const& of(PersonId who) const { return who == pair.low ? low : high; }
    [[nodiscard]] Stance& of(PersonId who) { return who == pair.low ? low : high; }

    /// What each says, does and reads may reach the other.
    [[nodiscard]] bool is_open() const
    {
        return are_contacts and not low.blocks and not high.blocks;
    }

    /// Whether this one may know that there is anything between the two.
    [[nodiscard]] bool is_known_to(PersonId who) const
    {
        Stance const& own = of(who);
        Stance const& others = of(pair.other(who));
        bool const was_asked = others.asked != Time {} and others.was_heard;
        return are_contacts or own.blocks or own.asked != Time {} or was_asked;
    }

    bool operator==(Bond const&) const = default;
};

/// One conversation, as seen by one of its two persons.
struct Relation {
    PersonId person; // the other
    Seq last;        // 0: nothing was said yet
    Mark mine;
    Mark theirs;
    Bond bond;

    bool operator==(Relation const&) const = default;
};

class Store {
public:
    virtual ~Store() = default;

    /// Puts a batch on disk, whole or not at all, and makes it visible to all below.
    ///
    /// Errors  store_full: nothing of it is visible; it may be tried again later. After every other
    ///         error of a disk nobody knows what it holds: then this is all that is ever answered, until
    ///         the process has been stopped and started (store/journal_store.hpp says why).
    virtual Result<void> append(std::span<Record const> batch) = 0;

    virtual Epoch epoch() = 0;

    // Heads: the last number given; 0 for none.
    virtual Seq last_seq(Pair pair) = 0;
    virtual Feed last_feed(PersonId person) = 0;
    virtual N last_n(DeviceId device) = 0;
    virtual PersonId last_person() = 0;
    virtual DeviceId last_device() = 0;

    /// How `n` of `device` was answered; nullopt if it was not.
    virtual std::optional<Answer> answer(DeviceId device, N n) = 0;

    /// The entries of a person's feed from `from` on, in order, until the end or until their bodies
    /// have reached `bytes_max` (one more than fits is never given; one alone always is), and never
    /// more than limits::entries_read_max. The body of an entry that is gone is empty.
    virtual std::vector<Entry> feed(PersonId person, Feed from, std::size_t bytes_max) = 0;

    /// The entries `first` to `last` of a conversation, in order, bounded in the same way.
    virtual std::vector<Entry> log(Pair pair, Seq first, Seq last, std::size_t bytes_max) = 0;

    /// The entry whose number in a person's feed is `feed`, without its body's being read.
    virtual std::optional<Entry> feed_entry(PersonId person, Feed feed) = 0;

    virtual std::optional<Person> person(PersonId id) = 0;

    /// Whoever has this handle, or had it. Nobody who is awaited.
    virtual std::optional<Person> person_by_handle(std::string_view handle) = 0;

    /// The same, with those who are awaited.
    virtual std::optional<Person> anybody_by_handle(std::string_view handle) = 0;

    /// Whose good recovery phrase has this hash.
    virtual std::optional<Person> person_by_recovery(SecretHash const& phrase) = 0;
    virtual std::optional<Device> device(DeviceId id) = 0;

    /// The newest device that has this identity.
    virtual std::optional<Device> device_by_identity(Identity const& identity) = 0;

    /// All that a person ever had, in the order in which they came; revoked ones say so.
    virtual std::vector<Device> devices(PersonId person) = 0;

    /// What a person has chosen; empty if nothing.
    virtual std::string settings(PersonId person) = 0;

    /// An invitation that was ever given out, used or not, expired or not.
    virtual std::optional<Invitation> invitation(SecretHash const& secret) = 0;

    /// The device that came by a secret; nullopt while the secret is unused.
    virtual std::optional<Device> device_by_secret(SecretHash const& secret) = 0;

    virtual Bond bond(Pair pair) = 0;
    bool are_contacts(Pair pair) { return bond(pair).are_contacts; }

    /// A person's contacts in the order of their ids, those after `after`, at most `limit`.
    virtual std::vector<Relation> contacts(PersonId person, PersonId after, std::size_t limit) = 0;

    /// Likewise everybody whom a person may know of: contacts, whom they asked, who asked them, whom
    /// they block.
    virtual std::vector<Relation> acquaintances(
        PersonId person, PersonId after, std::size_t limit) = 0;

    /// Likewise whom a person has asked without an answer, however long ago.
    virtual std::vector<Relation> asked(PersonId person) = 0;

    /// What a person sees of a conversation beside its log; all as it is at first if nothing changed.
    virtual TalkChanged talk(PersonId person, PersonId other) = 0;

    /// Those that changed when the person's head was `from` or later, in the order of the others' ids.
    virtual std::vector<TalkChanged> talks_since(PersonId person, Feed from) = 0;

    /// Devices of which not all contacts were told.
    virtual std::vector<DeviceAnnounced> announcements() = 0;

    /// How far `who` has got; numbers 0 if nowhere.
    virtual Mark mark(Pair pair, PersonId who) = 0;

    /// The marks in a person's conversations that moved when that person's head was `from` or later,
    /// in the order of the others' ids.
    virtual std::vector<Mark> marks_since(PersonId person, Feed from) = 0;

    /// For each of a person's conversations the last seq of the other's whose number in the person's
    /// feed is `cursor` or less, where that is more than the person's delivered mark says: that mark
    /// as it is known, with `delivered` as it ought to be.
    virtual std::vector<Mark> undelivered_marks(PersonId person, Feed cursor) = 0;
};

} // namespace duet
