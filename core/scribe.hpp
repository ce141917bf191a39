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

    void answer_again(SayDraft const& draft, BodyHash const& hash, N last_n);
    void append_entry(SayDraft const& draft, BodyHash const& hash, PersonId to);
    void refuse(SayDraft const& draft, BodyHash const& hash, Error error);
    Result<PersonId> receiver_of(SayDraft const& draft);
    void enrol_new_person(EnrolDraft const& draft, Invitation const& invitation);
    void add_device(EnrolDraft const& draft, Person const& person, Invitation const& invitation);
    std::optional<Person> plain_person_of(PlainSignInDraft const& draft);

    void commit();
    void postpone_batch();
    void keep(Mark const& mark);
    void forget_what_changed(Record const& record);
    void forget();

    Head& head_of(DeviceId device);
    Feed& feed_of(PersonId person);
    Seq& seq_of(Pair pair);
    bool are_contacts(Pair pair);
    std::optional<PersonId> person_of(std::string const& handle);
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
    std::unordered_map<Pair, bool> contacts_;
    std::unordered_map<std::string, PersonId> handles_;
    std::unordered_map<std::uint64_t, std::uint64_t> stored_bytes_;
};

/// The hash that tells whether an n said again says the same.
BodyHash hash_of(Say const& say);

/// What is stored of a one-time secret.
SecretHash hash_of_secret(std::string const& secret);

} // namespace duet
