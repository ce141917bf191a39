#include "store/layered_store.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>

namespace duet {

namespace {

template <typename Value>
bool is_known(std::optional<Value> const& value)
{
    return value.has_value();
}

template <typename Number>
constexpr Number greatest {std::numeric_limits<std::uint64_t>::max()};

template <typename Number>
Number before(Number of)
{
    return static_cast<Number>(number(of) - 1);
}

} // namespace

/// What lies below the newest layer. Only for whoever appends, who alone can have layers move down.
class LayeredStore::BelowNewest final : public RowsBelow {
    // The compilers must have seen it before it is used, since it says auto.
    template <typename Ask>
    auto from_the_first(Ask ask)
    {
        if (frozen_ != nullptr)
            if (auto found = ask(*frozen_); is_known(found))
                return found;
        return ask(index_);
    }

public:
    BelowNewest(Tables const* frozen, Index& index) : frozen_(frozen), index_(index) { }

    std::optional<Person> person(PersonId id) override
    {
        return from_the_first([id](auto& layer) { return layer.person(id); });
    }

    std::optional<Device> device(DeviceId id) override
    {
        return from_the_first([id](auto& layer) { return layer.device(id); });
    }

    std::optional<Conversation> conversation(Pair pair) override
    {
        return from_the_first([pair](auto& layer) { return layer.conversation(pair); });
    }

    std::optional<Invitation> invitation(SecretHash const& secret) override
    {
        return from_the_first([&](auto& layer) { return layer.invitation(secret); });
    }

    BodyBytes body_bytes(Pair pair, Seq first, Seq last) override
    {
        return frozen_ == nullptr ? index_.body_bytes(pair, first, last)
                                  : frozen_->body_bytes(pair, first, last, index_);
    }

private:
    Tables const* frozen_;
    Index& index_;
};

LayeredStore::LayeredStore(Index& index)
    : index_(index), newest_(std::make_unique<Tables>()), newest_position_(index.position())
{
}

LayeredStore::~LayeredStore() = default;

// Layers

void LayeredStore::apply(std::span<Record const> records, std::uint64_t position)
{
    std::unique_lock const lock(mutex_);
    BelowNewest below(frozen_.get(), index_);
    for (Record const& record : records)
        newest_->apply(record, below);
    newest_position_ = position;
}

std::uint64_t LayeredStore::position()
{
    std::shared_lock const lock(mutex_);
    return newest_position_;
}

std::size_t LayeredStore::unindexed_bytes()
{
    std::shared_lock const lock(mutex_);
    return newest_->bytes() + (frozen_ == nullptr ? 0 : frozen_->bytes());
}

bool LayeredStore::freeze()
{
    std::unique_lock const lock(mutex_);
    if (frozen_ != nullptr)
        return true;
    if (newest_->is_empty())
        return false;
    frozen_ = std::exchange(newest_, std::make_unique<Tables>());
    frozen_position_ = newest_position_;
    return true;
}

Result<void, IndexFault> LayeredStore::follow()
{
    check(frozen_ != nullptr); // nobody else sets it to nothing
    TRY_VOID(index_.follow(*frozen_, frozen_position_));

    std::unique_ptr<Tables> indexed; // dies behind the lock: it may be large
    std::unique_lock const lock(mutex_);
    indexed = std::move(frozen_);
    return {};
}

template <typename Ask>
auto LayeredStore::newest(Ask ask)
{
    {
        std::shared_lock const lock(mutex_);
        if (auto found = ask(*newest_); is_known(found))
            return found;
        if (frozen_ != nullptr)
            if (auto found = ask(*frozen_); is_known(found))
                return found;
    }
    return ask(index_);
}

/// The notes of both layers in memory on what is gone from the index. The lock is held.
template <typename Place>
Blanks LayeredStore::blanks_of(Place const& place)
{
    Blanks blanks = newest_->blanks().of(place);
    if (frozen_ != nullptr)
        blanks.add(frozen_->blanks().of(place));
    return blanks;
}

// Heads

Epoch LayeredStore::epoch()
{
    return newest([](auto& layer) { return layer.epoch(); }).value_or(Epoch {});
}

Seq LayeredStore::last_seq(Pair pair)
{
    return conversation(pair).last;
}

Feed LayeredStore::last_feed(PersonId person)
{
    return newest([person](auto& layer) { return layer.last_feed(person); }).value_or(Feed {});
}

N LayeredStore::last_n(DeviceId device)
{
    return newest([device](auto& layer) { return layer.last_n(device); }).value_or(N {});
}

PersonId LayeredStore::last_person()
{
    return newest([](auto& layer) { return layer.last_person(); }).value_or(PersonId {});
}

DeviceId LayeredStore::last_device()
{
    return newest([](auto& layer) { return layer.last_device(); }).value_or(DeviceId {});
}

std::optional<Answer> LayeredStore::answer(DeviceId device, N n)
{
    return newest([device, n](auto& layer) { return layer.answer(device, n); });
}

// Entries

std::vector<Entry> LayeredStore::feed(PersonId person, Feed from, std::size_t bytes_max)
{
    EntryPage page(bytes_max);
    for (bool is_done = false; not is_done;) {
        std::optional<Feed> in_memory;
        Blanks blanks;
        {
            std::shared_lock const lock(mutex_);
            if (frozen_ != nullptr)
                in_memory = frozen_->first_feed(person);
            if (not in_memory.has_value())
                in_memory = newest_->first_feed(person);
            if (in_memory.has_value() and *in_memory <= from) {
                if (frozen_ != nullptr)
                    frozen_->feed(person, from, greatest<Feed>, newest_->blanks(), page);
                if (not page.is_full())
                    newest_->feed(person, from, greatest<Feed>, {}, page);
                break;
            }
            blanks = blanks_of(person);
        }
        // What comes before those in memory is in the index; then memory is looked at again, since
        // meanwhile those may have moved to the index, too.
        Feed const to = in_memory.has_value() ? before(*in_memory) : greatest<Feed>;
        index_.feed(person, from, to, blanks, page);
        is_done = page.is_full() or not in_memory.has_value();
        from = next(to);
    }
    return page.take();
}

std::vector<Entry> LayeredStore::log(Pair pair, Seq first, Seq last, std::size_t bytes_max)
{
    EntryPage page(bytes_max);
    for (bool is_done = false; not is_done;) {
        std::optional<Seq> in_memory;
        Blanks blanks;
        {
            std::shared_lock const lock(mutex_);
            if (frozen_ != nullptr)
                in_memory = frozen_->first_seq(pair);
            if (not in_memory.has_value())
                in_memory = newest_->first_seq(pair);
            if (in_memory.has_value() and *in_memory <= first) {
                if (frozen_ != nullptr)
                    frozen_->log(pair, first, last, newest_->blanks(), page);
                if (not page.is_full())
                    newest_->log(pair, first, last, {}, page);
                break;
            }
            blanks = blanks_of(pair);
        }
        Seq const to = in_memory.has_value() ? std::min(last, before(*in_memory)) : last;
        index_.log(pair, first, to, blanks, page);
        is_done = page.is_full() or to == last;
        first = next(to);
    }
    return page.take();
}

std::optional<Entry> LayeredStore::feed_entry(PersonId person, Feed feed)
{
    return newest([person, feed](auto& layer) { return layer.feed_entry(person, feed); });
}

std::optional<Entry> LayeredStore::log_entry(Pair pair, Seq seq)
{
    return newest([pair, seq](auto& layer) { return layer.log_entry(pair, seq); });
}

// Persons and devices

std::optional<Person> LayeredStore::person(PersonId id)
{
    return newest([id](auto& layer) { return layer.person(id); });
}

std::optional<Person> LayeredStore::person_by_handle(std::string_view handle)
{
    auto person = anybody_by_handle(handle);
    return person.has_value() and not person->is_awaited ? person : std::nullopt;
}

std::optional<Person> LayeredStore::anybody_by_handle(std::string_view handle)
{
    // The layer that knows the handle may have an old row of the person.
    auto const id = newest([handle](auto& layer) { return layer.person_of_handle(handle); });
    return id.has_value() ? person(*id) : std::nullopt;
}

std::optional<Person> LayeredStore::person_by_recovery(SecretHash const& phrase)
{
    auto const id = newest([&](auto& layer) { return layer.person_of_recovery(phrase); });
    auto whose = id.has_value() ? person(*id) : std::nullopt;
    return whose.has_value() and whose->recovery == phrase ? whose : std::nullopt;
}

std::optional<Device> LayeredStore::device(DeviceId id)
{
    return newest([id](auto& layer) { return layer.device(id); });
}

std::optional<Device> LayeredStore::device_by_identity(Identity const& identity)
{
    auto const id = newest([&](auto& layer) { return layer.device_of_identity(identity); });
    return id.has_value() ? device(*id) : std::nullopt;
}

std::optional<Device> LayeredStore::device_by_secret(SecretHash const& secret)
{
    auto const id = newest([&](auto& layer) { return layer.device_of_secret(secret); });
    return id.has_value() ? device(*id) : std::nullopt;
}

std::vector<Device> LayeredStore::devices(PersonId person)
{
    std::map<DeviceId, Device> rows; // of the newest layer that has each
    auto const add = [&](std::vector<Device> const& of_layer) {
        for (Device const& device : of_layer)
            rows.emplace(device.id, device);
    };
    {
        std::shared_lock const lock(mutex_);
        add(newest_->devices(person));
        if (frozen_ != nullptr)
            add(frozen_->devices(person));
    }
    add(index_.devices(person));

    std::vector<Device> devices;
    for (auto& [id, device] : rows)
        devices.push_back(std::move(device));
    return devices;
}

std::string LayeredStore::settings(PersonId person)
{
    return newest([person](auto& layer) { return layer.settings(person); }).value_or("");
}

std::optional<Invitation> LayeredStore::invitation(SecretHash const& secret)
{
    return newest([&](auto& layer) { return layer.invitation(secret); });
}

// Conversations

Conversation LayeredStore::conversation(Pair pair)
{
    return newest([pair](auto& layer) {
        return layer.conversation(pair);
    }).value_or(Conversation::between(pair));
}

/// A person's, in the order of the others' ids.
std::vector<Conversation> LayeredStore::conversations(
    PersonId person, PersonId after, Among which, std::size_t limit)
{
    std::map<PersonId, Conversation> rows; // of the newest layer that has each
    auto const add = [&](std::vector<Conversation> const& of_layer) {
        for (Conversation const& one : of_layer)
            rows.emplace(one.pair.other(person), one);
    };
    {
        std::shared_lock const lock(mutex_);
        add(newest_->conversations(person, after));
        if (frozen_ != nullptr)
            add(frozen_->conversations(person, after));
    }
    // As many more as may be among them no longer, by what is newer.
    std::size_t const all = std::numeric_limits<std::size_t>::max();
    std::size_t const more = limit > all - rows.size() ? all : limit + rows.size();
    add(index_.conversations(person, after, which, more));

    std::vector<Conversation> some;
    for (auto const& [other, one] : rows) {
        if (some.size() == limit)
            break;
        if (is_among(one, person, which))
            some.push_back(one);
    }
    return some;
}

Bond LayeredStore::bond(Pair pair)
{
    return conversation(pair).bond;
}

std::vector<Relation> LayeredStore::relations(
    PersonId person, PersonId after, Among which, std::size_t limit)
{
    std::vector<Relation> relations;
    for (Conversation const& one : conversations(person, after, which, limit)) {
        PersonId const other = one.pair.other(person);
        relations.push_back({other, one.last, one.mark_of(person), one.mark_of(other), one.bond});
    }
    return relations;
}

std::vector<Relation> LayeredStore::contacts(PersonId person, PersonId after, std::size_t limit)
{
    return relations(person, after, Among::contacts, limit);
}

std::vector<Relation> LayeredStore::acquaintances(
    PersonId person, PersonId after, std::size_t limit)
{
    return relations(person, after, Among::known, limit);
}

std::vector<Relation> LayeredStore::asked(PersonId person)
{
    return relations(person, PersonId {}, Among::asked, std::numeric_limits<std::size_t>::max());
}

// What a person sees beside the logs. Of one who was erased nothing is told, whatever older layers have.

bool LayeredStore::is_erased(PersonId id)
{
    auto const known = person(id);
    return known.has_value() and known->is_erased;
}

TalkChanged LayeredStore::talk(PersonId person, PersonId other)
{
    TalkChanged const unchanged {person, other, {}, {}};
    if (is_erased(person))
        return unchanged;
    return newest([=](auto& layer) { return layer.talk(person, other); }).value_or(unchanged);
}

std::vector<TalkChanged> LayeredStore::talks_since(PersonId person, Feed from)
{
    if (is_erased(person))
        return {};
    std::map<PersonId, TalkChanged> rows; // of the newest layer that has each
    auto const add = [&](std::vector<TalkChanged> const& of_layer) {
        for (TalkChanged const& one : of_layer)
            rows.emplace(one.other, one);
    };
    {
        std::shared_lock const lock(mutex_);
        add(newest_->talks(person));
        if (frozen_ != nullptr)
            add(frozen_->talks(person));
    }
    add(index_.talks_since(person, from));
    std::vector<TalkChanged> some;
    for (auto const& [other, one] : rows)
        if (one.head >= from)
            some.push_back(one);
    return some;
}

std::vector<DeviceAnnounced> LayeredStore::announcements()
{
    std::map<DeviceId, DeviceAnnounced> rows; // of the newest layer that has each
    auto const add = [&](std::vector<DeviceAnnounced> const& of_layer) {
        for (DeviceAnnounced const& one : of_layer)
            rows.emplace(one.device, one);
    };
    {
        std::shared_lock const lock(mutex_);
        add(newest_->announcements());
        if (frozen_ != nullptr)
            add(frozen_->announcements());
    }
    add(index_.announcements());
    std::vector<DeviceAnnounced> some;
    for (auto const& [device, one] : rows)
        if (not one.is_done)
            some.push_back(one);
    return some;
}

Mark LayeredStore::mark(Pair pair, PersonId who)
{
    return conversation(pair).mark_of(who);
}

std::vector<Mark> LayeredStore::marks_since(PersonId person, Feed from)
{
    std::vector<Mark> marks;
    for (Conversation const& one :
        conversations(person, PersonId {}, Among::all, std::numeric_limits<std::size_t>::max())) {
        for (Mark const& mark : {one.low, one.high}) {
            bool const has_moved = mark.delivered != Seq {} or mark.read != Seq {};
            Feed const head = person == mark.pair.low ? mark.head_low : mark.head_high;
            if (has_moved and head >= from)
                marks.push_back(mark);
        }
    }
    return marks;
}

std::vector<Mark> LayeredStore::undelivered_marks(PersonId person, Feed cursor)
{
    std::vector<Mark> marks;
    for (Conversation const& one :
        conversations(person, PersonId {}, Among::all, std::numeric_limits<std::size_t>::max())) {
        Mark mark = one.mark_of(person);
        Seq const arrived = last_arrived(one, person, cursor);
        if (arrived <= mark.delivered)
            continue;
        mark.delivered = arrived;
        marks.push_back(mark);
    }
    return marks;
}

/// The last seq of the other's whose number in the person's feed is `cursor` or less; 0 if there is
/// none beyond the person's delivered mark.
Seq LayeredStore::last_arrived(Conversation const& one, PersonId person, Feed cursor)
{
    PersonId const other = one.pair.other(person);
    auto const entry_if_arrived = [&](Seq seq) -> std::optional<Entry> {
        auto entry = log_entry(one.pair, seq);
        bool const has_arrived = entry.has_value() and entry->feed_of(person) <= cursor;
        return has_arrived ? entry : std::nullopt;
    };
    auto const never_reaches = [&](Seq seq) {
        auto const entry = log_entry(one.pair, seq);
        return entry.has_value() and entry->feed_of(person) == Feed {};
    };

    // Feed numbers grow with seq: so those that have arrived come first, and their end can be found
    // by halving. `arrived` is within them (or where they would begin), `missing` is beyond. One that
    // never reaches the person counts with those before it: such are rare, and stand alone.
    Seq arrived = one.mark_of(person).delivered;
    Seq missing = next(one.last_by(other));
    while (next(arrived) < missing) {
        Seq const middle {number(arrived) + (number(missing) - number(arrived)) / 2};
        Seq told = middle;
        while (told > arrived and never_reaches(told))
            told = before(told);
        bool const has_arrived = told == arrived or entry_if_arrived(told).has_value();
        (has_arrived ? arrived : missing) = has_arrived ? middle : told;
    }
    for (; arrived > one.mark_of(person).delivered; arrived = before(arrived))
        if (log_entry(one.pair, arrived)->author == other and not never_reaches(arrived))
            return arrived;
    return Seq {};
}

} // namespace duet
