// The scribe: who may say what, and the numbers.
//
// One scribe numbers all conversations of a store, alone, so there is no lock and no race: it takes the
// drafts that wait, in order, decides each by what is true at that moment, puts what follows on disk in
// as few syncs as can be, and only then gives back what has become of them. Nobody can see a number
// before it is on disk, because nobody but the scribe knows it.
//
// Saying something again is always safe: a device's n is answered once, and that answer is kept with
// a hash of what was said (docs/protocol.md, "Saying").

#pragma once

#include "core/draft.hpp"
#include "core/store.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duet {

class Scribe {
public:
    /// `store` is lent, and written to by nobody else.
    explicit Scribe(Store& store);

    /// Takes drafts in the order in which they were asked, and gives the outcome of each, in that
    /// order, once it is on disk. When the store has no room, a say is postponed, all else denied, with
    /// store_full, and nothing of them was written.
    std::vector<Outcome> write(std::span<Draft const> drafts);

private:
    /// What the scribe knows of a device without asking the store.
    struct Head {
        N last_n;
        bool is_revoked;
    };

    /// Likewise of whoever has a handle.
    struct Holder {
        PersonId id;
        bool is_erased;
        bool is_awaited;
    };

    /// Whom a text is for; one who does not hear it never learns of it.
    struct Receiver {
        PersonId id;
        bool hears = true;
    };

    // Each decides one draft: it appends to records_ and outcomes_.
    void decide(SayDraft const& draft);
    void decide(EnrolDraft const& draft);
    void decide(PlainSignInDraft const& draft);
    void decide(InviteDraft const& draft);
    void decide(RevokeDraft const& draft);
    void decide(MarkDraft const& draft);
    void decide(PlainCursorDraft const& draft);
    void decide(EraseDraft const& draft);
    void decide(EpochDraft const& draft);
    void decide(GoneDraft const& draft);
    void decide(EndInvitationDraft const& draft);
    void decide(SuspendDraft const& draft);

    // scribe_strangers.cpp: how two persons stand to each other
    void decide(StanceDraft const& draft);
    void accept(StanceDraft const& draft, Bond const& bond, Holder const& other);
    void take_stance(StanceDraft const& draft, Bond const& bond, bool refuses, bool blocks);
    Result<Receiver> asked_of(SayDraft const& draft);
    Result<void> check_may_ask(SayDraft const& draft, std::optional<Holder> const& to);
    Holder await(std::string const& handle, Time time);
    void make_contacts(Pair pair, Time time);
    void note_change(PersonId person, PersonId other);
    std::size_t open_requests_of(PersonId person, Time now);

    // scribe_choices.cpp: what a person chooses, and what the operator ought to see
    void decide(SettingsDraft const& draft);
    void choose(SettingsDraft const& draft, ChangeSettings::ForAll const& all);
    void choose(SettingsDraft const& draft, ChangeSettings::ForOne const& one);
    void decide(RecoveryDraft const& draft);
    void decide(ReportDraft const& draft);
    bool is_unused(SecretHash const& secret);

    // scribe_devices.cpp: how devices come, and who is told of it
    void recover(EnrolDraft const& draft, Person const& person);
    void decide(AnnounceDraft const& draft);
    void announce(Device const& device, PersonId to, std::string const& body);

    void answer_again(SayDraft const& draft, BodyHash const& hash, N last_n);
    void append_entry(SayDraft const& draft, BodyHash const& hash, Receiver to);
    void give_numbers(Entry& entry, bool is_heard);
    void refuse(SayDraft const& draft, BodyHash const& hash, Error error);
    Result<Receiver> receiver_of(SayDraft const& draft);
    void enrol_by(EnrolDraft const& draft, Invitation const& invitation);
    void enrol_new_person(EnrolDraft const& draft, Invitation const& invitation);
    void add_further_device(EnrolDraft const& draft, Person const& person);
    void add_device(EnrolDraft const& draft, Person const& person, bool is_further);
    void deny(Asker const& asker, Error error);
    std::optional<Person> plain_person_of(PlainSignInDraft const& draft);

    void commit();
    void postpone_batch();
    void keep(Mark const& mark);
    void forget_what_changed(Record const& record);
    void forget();

    Head& head_of(DeviceId device);
    Feed& feed_of(PersonId person);
    Seq& seq_of(Pair pair);
    Bond& bond_of(Pair pair);
    std::optional<Holder> holder_of(std::string const& handle);
    PersonId& last_person();
    std::uint64_t& stored_bytes_of(PersonId person);

    Store& store_;

    // The batch under way
    std::vector<Draft const*> batch_;
    std::vector<Record> records_;
    std::vector<Outcome> outcomes_; // of the batch
    std::vector<Outcome> done_;     // of the batches that are on disk
    std::unordered_map<std::uint64_t, std::unordered_map<std::uint64_t, Answer>>
        answers_; // of the batch

    std::map<std::pair<Pair, PersonId>, Mark> kept_marks_; // of batches that found no room

    // What the store said, or will say when the batch is on disk. May be forgotten between batches.
    std::unordered_map<std::uint64_t, Head> heads_;
    std::unordered_map<std::uint64_t, Feed> feeds_;
    std::unordered_map<Pair, Seq> seqs_;
    std::unordered_map<Pair, Bond> bonds_;
    std::unordered_map<std::string, Holder> handles_;
    std::unordered_map<std::uint64_t, std::map<PersonId, Time>> asked_; // by whom, whom, since when
    std::optional<PersonId> last_person_;
    std::unordered_map<std::uint64_t, std::uint64_t> stored_bytes_;
};

/// The hash that tells whether an n said again says the same.
BodyHash hash_of(Say const& say);

/// Whether a request is there that may still be answered.
bool is_open(Stance const& stance, Time now);

/// What is stored of a one-time secret.
SecretHash hash_of_secret(std::string const& secret);

} // namespace duet
