// A store's look-ups, through its layers: what has become true lately, what is being indexed, the index.
//
// One thread appends (`apply`), one brings the index up (`freeze`, `follow`), and any number look things
// up, all at once. Look-ups hold the lock for memory alone, never for the index. That is right because the
// order is memory first: what was not in memory by then is in the index by then, and stays there. So every
// look-up tells what was true at some moment between its beginning and its end.
//
// How records get on disk is the business of whoever derives from this.

#pragma once

#include "core/store.hpp"
#include "store/index.hpp"
#include "store/tables.hpp"

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <span>

namespace duet {

class LayeredStore : public Store {
public:
    Epoch epoch() override;
    Seq last_seq(Pair pair) override;
    Feed last_feed(PersonId person) override;
    N last_n(DeviceId device) override;
    PersonId last_person() override;
    DeviceId last_device() override;
    std::optional<Answer> answer(DeviceId device, N n) override;
    std::vector<Entry> feed(PersonId person, Feed from, std::size_t bytes_max) override;
    std::vector<Entry> log(Pair pair, Seq first, Seq last, std::size_t bytes_max) override;
    std::optional<Entry> feed_entry(PersonId person, Feed feed) override;
    std::optional<Person> person(PersonId id) override;
    std::optional<Person> person_by_handle(std::string_view handle) override;
    std::optional<Person> anybody_by_handle(std::string_view handle) override;
    std::optional<Person> person_by_recovery(SecretHash const& phrase) override;
    std::optional<Device> device(DeviceId id) override;
    std::optional<Device> device_by_identity(Identity const& identity) override;
    std::vector<Device> devices(PersonId person) override;
    std::string settings(PersonId person) override;
    std::optional<Invitation> invitation(SecretHash const& secret) override;
    std::optional<Device> device_by_secret(SecretHash const& secret) override;
    Bond bond(Pair pair) override;
    std::vector<Relation> contacts(PersonId person, PersonId after, std::size_t limit) override;
    std::vector<Relation> acquaintances(
        PersonId person, PersonId after, std::size_t limit) override;
    std::vector<Relation> asked(PersonId person) override;
    TalkChanged talk(PersonId person, PersonId other) override;
    std::vector<TalkChanged> talks_since(PersonId person, Feed from) override;
    std::vector<DeviceAnnounced> announcements() override;
    Mark mark(Pair pair, PersonId who) override;
    std::vector<Mark> marks_since(PersonId person, Feed from) override;
    std::vector<Mark> undelivered_marks(PersonId person, Feed cursor) override;

    /// The last batch of the journal that all of the above tells of.
    std::uint64_t position();

protected:
    /// `index` is lent.
    explicit LayeredStore(Index& index);
    ~LayeredStore() override;

    /// Makes records true in memory. They are the journal's up to `position`, and on disk.
    void apply(std::span<Record const> records, std::uint64_t position);

    /// About how much memory the layers above the index take.
    std::size_t unindexed_bytes();

    /// Sets aside what is newest, for the index to take, unless something is set aside already. False if
    /// there is nothing.
    bool freeze();

    /// Has the index take what was set aside. After a fault it is still set aside.
    Result<void, IndexFault> follow();

    [[nodiscard]] Index& index() { return index_; }

private:
    class BelowNewest;

    template <typename Ask>
    auto newest(Ask ask);
    std::vector<Conversation> conversations(
        PersonId person, PersonId after, Among which, std::size_t limit);
    std::vector<Relation> relations(
        PersonId person, PersonId after, Among which, std::size_t limit);
    bool is_erased(PersonId person);
    Conversation conversation(Pair pair);
    std::optional<Entry> log_entry(Pair pair, Seq seq);
    Seq last_arrived(Conversation const& conversation, PersonId person, Feed cursor);
    template <typename Place>
    Blanks blanks_of(Place const& place);

    Index& index_;

    std::shared_mutex mutex_; // guards all below; what `frozen_` points to never changes
    std::unique_ptr<Tables> newest_;
    std::unique_ptr<Tables> frozen_; // or nothing
    std::uint64_t newest_position_ = 0;
    std::uint64_t frozen_position_ = 0;
};

} // namespace duet
