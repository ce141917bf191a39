#include "store/memory_index.hpp"

#include <mutex>

namespace duet {

void MemoryIndex::become(MemoryIndex& other)
{
    std::scoped_lock const lock(mutex_, other.mutex_);
    position_ = other.position_;
    tables_ = other.tables_;
}

std::uint64_t MemoryIndex::position()
{
    std::shared_lock const lock(mutex_);
    return position_;
}

Result<void, IndexFault> MemoryIndex::follow(Tables const& newer, std::uint64_t position)
{
    std::unique_lock const lock(mutex_);
    tables_.absorb(newer);
    position_ = position;
    return {};
}

std::optional<Epoch> MemoryIndex::epoch()
{
    std::shared_lock const lock(mutex_);
    return tables_.epoch();
}

std::optional<Feed> MemoryIndex::last_feed(PersonId person)
{
    std::shared_lock const lock(mutex_);
    return tables_.last_feed(person);
}

std::optional<N> MemoryIndex::last_n(DeviceId device)
{
    std::shared_lock const lock(mutex_);
    return tables_.last_n(device);
}

std::optional<PersonId> MemoryIndex::last_person()
{
    std::shared_lock const lock(mutex_);
    return tables_.last_person();
}

std::optional<DeviceId> MemoryIndex::last_device()
{
    std::shared_lock const lock(mutex_);
    return tables_.last_device();
}

std::optional<Answer> MemoryIndex::answer(DeviceId device, N n)
{
    std::shared_lock const lock(mutex_);
    return tables_.answer(device, n);
}

void MemoryIndex::feed(PersonId person, Feed from, Feed to, Blanks const& newer, EntryPage& page)
{
    std::shared_lock const lock(mutex_);
    tables_.feed(person, from, to, newer, page);
}

void MemoryIndex::log(Pair pair, Seq first, Seq last, Blanks const& newer, EntryPage& page)
{
    std::shared_lock const lock(mutex_);
    tables_.log(pair, first, last, newer, page);
}

std::optional<Entry> MemoryIndex::feed_entry(PersonId person, Feed feed)
{
    std::shared_lock const lock(mutex_);
    return tables_.feed_entry(person, feed);
}

std::optional<Entry> MemoryIndex::log_entry(Pair pair, Seq seq)
{
    std::shared_lock const lock(mutex_);
    return tables_.log_entry(pair, seq);
}

std::optional<Person> MemoryIndex::person(PersonId id)
{
    std::shared_lock const lock(mutex_);
    return tables_.person(id);
}

std::optional<PersonId> MemoryIndex::person_of_handle(std::string_view handle)
{
    std::shared_lock const lock(mutex_);
    return tables_.person_of_handle(handle);
}

std::optional<PersonId> MemoryIndex::person_of_recovery(SecretHash const& phrase)
{
    std::shared_lock const lock(mutex_);
    return tables_.person_of_recovery(phrase);
}

std::optional<TalkChanged> MemoryIndex::talk(PersonId person, PersonId other)
{
    std::shared_lock const lock(mutex_);
    return tables_.talk(person, other);
}

std::vector<TalkChanged> MemoryIndex::talks_since(PersonId person, Feed)
{
    std::shared_lock const lock(mutex_);
    return tables_.talks(person);
}

std::vector<DeviceAnnounced> MemoryIndex::announcements()
{
    std::shared_lock const lock(mutex_);
    return tables_.announcements();
}

std::optional<std::string> MemoryIndex::settings(PersonId person)
{
    std::shared_lock const lock(mutex_);
    return tables_.settings(person);
}

std::optional<Device> MemoryIndex::device(DeviceId id)
{
    std::shared_lock const lock(mutex_);
    return tables_.device(id);
}

std::optional<DeviceId> MemoryIndex::device_of_identity(Identity const& identity)
{
    std::shared_lock const lock(mutex_);
    return tables_.device_of_identity(identity);
}

std::optional<DeviceId> MemoryIndex::device_of_secret(SecretHash const& secret)
{
    std::shared_lock const lock(mutex_);
    return tables_.device_of_secret(secret);
}

std::vector<Device> MemoryIndex::devices(PersonId person)
{
    std::shared_lock const lock(mutex_);
    return tables_.devices(person);
}

std::optional<Invitation> MemoryIndex::invitation(SecretHash const& secret)
{
    std::shared_lock const lock(mutex_);
    return tables_.invitation(secret);
}

std::optional<Conversation> MemoryIndex::conversation(Pair pair)
{
    std::shared_lock const lock(mutex_);
    return tables_.conversation(pair);
}

std::vector<Conversation> MemoryIndex::conversations(
    PersonId person, PersonId after, Among which, std::size_t limit)
{
    std::shared_lock const lock(mutex_);
    std::vector<Conversation> some = tables_.conversations(person, after);
    std::erase_if(some, [&](Conversation const& one) { return not is_among(one, person, which); });
    if (some.size() > limit)
        some.erase(some.begin() + static_cast<std::ptrdiff_t>(limit), some.end());
    return some;
}

BodyBytes MemoryIndex::body_bytes(Pair pair, Seq first, Seq last)
{
    // There is nothing below, so an index that was never filled stands for it.
    class Nothing final : public RowsBelow {
        std::optional<Person> person(PersonId) override { return std::nullopt; }
        std::optional<Device> device(DeviceId) override { return std::nullopt; }
        std::optional<Conversation> conversation(Pair) override { return std::nullopt; }
        std::optional<Invitation> invitation(SecretHash const&) override { return std::nullopt; }
        BodyBytes body_bytes(Pair, Seq, Seq) override { return {}; }
    } nothing;

    std::shared_lock const lock(mutex_);
    return tables_.body_bytes(pair, first, last, nothing);
}

} // namespace duet
