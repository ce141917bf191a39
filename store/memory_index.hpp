// An index in memory: it lasts as long as its object, and is never full. For tests and the simulator.

#pragma once

#include "store/index.hpp"
#include "store/tables.hpp"

#include <shared_mutex>

namespace duet {

class MemoryIndex : public Index {
public:
    /// Holds what another one holds, as a backup does.
    void become(MemoryIndex& other);

    std::uint64_t position() override;
    Result<void, IndexFault> follow(Tables const& newer, std::uint64_t position) override;

    std::optional<Epoch> epoch() override;
    std::optional<Feed> last_feed(PersonId person) override;
    std::optional<N> last_n(DeviceId device) override;
    std::optional<PersonId> last_person() override;
    std::optional<DeviceId> last_device() override;
    std::optional<Answer> answer(DeviceId device, N n) override;
    void feed(PersonId person, Feed from, Feed to, Blanks const& newer, EntryPage& page) override;
    void log(Pair pair, Seq first, Seq last, Blanks const& newer, EntryPage& page) override;
    std::optional<Entry> feed_entry(PersonId person, Feed feed) override;
    std::optional<Entry> log_entry(Pair pair, Seq seq) override;
    std::optional<Person> person(PersonId id) override;
    std::optional<PersonId> person_of_handle(std::string_view handle) override;
    std::optional<PersonId> person_of_recovery(SecretHash const& phrase) override;
    std::optional<std::string> settings(PersonId person) override;
    std::optional<TalkChanged> talk(PersonId person, PersonId other) override;
    std::vector<TalkChanged> talks_since(PersonId person, Feed from) override;
    std::vector<DeviceAnnounced> announcements() override;
    std::optional<Device> device(DeviceId id) override;
    std::optional<DeviceId> device_of_identity(Identity const& identity) override;
    std::optional<DeviceId> device_of_secret(SecretHash const& secret) override;
    std::vector<Device> devices(PersonId person) override;
    std::optional<Invitation> invitation(SecretHash const& secret) override;
    std::optional<Conversation> conversation(Pair pair) override;
    std::vector<Conversation> conversations(
        PersonId person, PersonId after, Among which, std::size_t limit) override;
    BodyBytes body_bytes(Pair pair, Seq first, Seq last) override;

private:
    std::shared_mutex mutex_; // guards all below
    std::uint64_t position_ = 0;
    Tables tables_;
};

} // namespace duet
