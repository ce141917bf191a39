// All that a run of records says, in memory: one layer of a store.
//
// Records are applied in the order of the journal; what is then known of persons, devices and
// conversations is kept in whole rows (store/rows.hpp), what was said in ordered lists. Nothing is ever
// fetched from below but by `apply`. A look-up answers for this layer alone: nullopt, or an empty list,
// means that those below must be asked. How layers are joined is store/layered_store.hpp's matter.
//
// What records do beside adding what they say:
//   Entry          moves its conversation's last seq, and its author's stored bytes
//   Mark           is joined with the one before by maximum, field by field
//   PlainCursor    likewise
//   Gone           empties bodies, and lowers their authors' stored bytes
//   PersonErased   empties all bodies of that person, the name and what they chose, forgets the
//                  recovery phrase; devices are not revoked by it
//   PersonAdded    takes the place of the same person awaited
//   ContactMade    answers what either has asked, and takes back what either has refused
//   InvitationEnded   its invitation expires
// Of two records that give the same number, the later one is right: no record can break this.

#pragma once

#include "core/store.hpp"
#include "store/blanks.hpp"
#include "store/rows.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace duet {

class Tables {
public:
    /// Makes a record true. `below` is asked for rows of which the record alters a part.
    void apply(Record const& record, RowsBelow& below);

    /// Becomes this layer and the one above it in one.
    void absorb(Tables const& newer);

    [[nodiscard]] bool is_empty() const { return bytes_ == 0; }

    /// About how much memory this takes. It only grows.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    [[nodiscard]] std::optional<Epoch> epoch() const { return epoch_; }
    [[nodiscard]] std::optional<Feed> first_feed(PersonId person) const;
    [[nodiscard]] std::optional<Feed> last_feed(PersonId person) const;
    [[nodiscard]] std::optional<Seq> first_seq(Pair pair) const;
    [[nodiscard]] std::optional<N> last_n(DeviceId device) const;
    [[nodiscard]] std::optional<PersonId> last_person() const { return last_person_; }
    [[nodiscard]] std::optional<DeviceId> last_device() const { return last_device_; }
    [[nodiscard]] std::optional<Answer> answer(DeviceId device, N n) const;

    /// Adds to a page the entries `from` to `to` of a feed, until it is full. Bodies that `newer`
    /// layers know to be gone are empty.
    void feed(PersonId person, Feed from, Feed to, Blanks const& newer, EntryPage& page) const;

    /// Likewise the entries `first` to `last` of a conversation.
    void log(Pair pair, Seq first, Seq last, Blanks const& newer, EntryPage& page) const;

    /// One entry, without its body.
    [[nodiscard]] std::optional<Entry> feed_entry(PersonId person, Feed feed) const;
    [[nodiscard]] std::optional<Entry> log_entry(Pair pair, Seq seq) const;

    [[nodiscard]] std::optional<Person> person(PersonId id) const;
    [[nodiscard]] std::optional<PersonId> person_of_handle(std::string_view handle) const;
    [[nodiscard]] std::optional<PersonId> person_of_recovery(SecretHash const& phrase) const;
    [[nodiscard]] std::optional<std::string> settings(PersonId person) const;
    [[nodiscard]] std::optional<TalkChanged> talk(PersonId person, PersonId other) const;
    [[nodiscard]] std::vector<TalkChanged> talks(PersonId person) const;
    [[nodiscard]] std::vector<DeviceAnnounced> announcements() const;
    [[nodiscard]] std::optional<Device> device(DeviceId id) const;
    [[nodiscard]] std::optional<DeviceId> device_of_identity(Identity const& identity) const;
    [[nodiscard]] std::optional<DeviceId> device_of_secret(SecretHash const& secret) const;
    [[nodiscard]] std::vector<Device> devices(PersonId person) const;
    [[nodiscard]] std::optional<Invitation> invitation(SecretHash const& secret) const;

    [[nodiscard]] std::optional<Conversation> conversation(Pair pair) const;

    /// Those with persons whose ids are above `after`, in the order of these ids.
    [[nodiscard]] std::vector<Conversation> conversations(PersonId person, PersonId after) const;

    /// Of this layer and those below.
    [[nodiscard]] BodyBytes body_bytes(Pair pair, Seq first, Seq last, RowsBelow& below) const;

    /// Which bodies in the layers below are gone.
    [[nodiscard]] Blanks const& blanks() const { return blanks_; }

    // What there is, for an index that takes all of it.

    struct FeedPlace {
        PersonId other;
        Seq seq;
    };
    using Log = std::map<Seq, Entry>;

    [[nodiscard]] auto const& logs() const { return logs_; }
    [[nodiscard]] auto const& feeds() const { return feeds_; }
    [[nodiscard]] auto const& answers() const { return answers_; }
    [[nodiscard]] auto const& persons() const { return persons_; }
    [[nodiscard]] auto const& all_settings() const { return settings_; }
    [[nodiscard]] auto const& devices() const { return devices_; }
    [[nodiscard]] auto const& talks() const { return talks_; }
    [[nodiscard]] auto const& all_announcements() const { return announcements_; }
    [[nodiscard]] auto const& invitations() const { return invitations_; }
    [[nodiscard]] auto const& conversations() const { return conversations_; }

private:
    void apply_one(Entry const& entry, RowsBelow& below);
    void apply_one(Refusal const& refusal, RowsBelow& below);
    void apply_one(PersonAdded const& added, RowsBelow& below);
    void apply_one(DeviceAdded const& added, RowsBelow& below);
    void apply_one(DeviceRevoked const& revoked, RowsBelow& below);
    void apply_one(Invitation const& invitation, RowsBelow& below);
    void apply_one(ContactMade const& contact, RowsBelow& below);
    void apply_one(Mark const& mark, RowsBelow& below);
    void apply_one(PlainCursor const& cursor, RowsBelow& below);
    void apply_one(PersonErased const& erased, RowsBelow& below);
    void apply_one(Gone const& gone, RowsBelow& below);
    void apply_one(EpochBegun const& begun, RowsBelow& below);
    void apply_one(SettingsChanged const& changed, RowsBelow& below);
    void apply_one(ContactAsked const& asked, RowsBelow& below);
    void apply_one(StanceTaken const& taken, RowsBelow& below);
    void apply_one(PersonAwaited const& awaited, RowsBelow& below);
    void apply_one(TalkChanged const& talk, RowsBelow& below);
    void apply_one(PersonSuspended const& suspended, RowsBelow& below);
    void apply_one(RecoverySet const& set, RowsBelow& below);
    void apply_one(DeviceAnnounced const& announced, RowsBelow& below);
    void apply_one(InvitationEnded const& ended, RowsBelow& below);

    Person* person_row(PersonId id, RowsBelow& below);
    Device* device_row(DeviceId id, RowsBelow& below);
    Conversation& conversation_row(Pair pair, RowsBelow& below);
    void forget_bytes(PersonId author, std::uint64_t bytes, RowsBelow& below);
    [[nodiscard]] BodyBytes bytes_below(Pair pair, Seq first, Seq last, RowsBelow& below) const;

    std::optional<Epoch> epoch_;
    std::optional<PersonId> last_person_;
    std::optional<DeviceId> last_device_;

    std::unordered_map<Pair, Log> logs_;
    std::unordered_map<PersonId, std::map<Feed, FeedPlace>> feeds_;
    std::unordered_map<DeviceId, std::map<N, Answer>> answers_;

    std::unordered_map<PersonId, Person> persons_;
    std::map<std::string, PersonId, std::less<>> handles_;
    std::unordered_map<PersonId, std::string> settings_;
    std::map<SecretHash, PersonId> recoveries_;
    std::unordered_map<PersonId, std::map<PersonId, TalkChanged>> talks_;
    std::map<DeviceId, DeviceAnnounced> announcements_;

    std::map<DeviceId, Device> devices_;
    std::unordered_map<PersonId, std::set<DeviceId>> devices_of_;
    std::map<Identity, DeviceId> identities_;
    std::map<SecretHash, DeviceId> secrets_;
    std::map<SecretHash, Invitation> invitations_;

    std::unordered_map<Pair, Conversation> conversations_;
    std::unordered_map<PersonId, std::set<PersonId>> others_; // the other halves of these

    Blanks blanks_;
    std::size_t bytes_ = 0;
};

} // namespace duet
