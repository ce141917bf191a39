#include "store/tables.hpp"

#include <algorithm>
#include <utility>

namespace duet {

namespace {

// What things take in memory beside their text, about as it was measured.
constexpr std::size_t entry_bytes = 192;
constexpr std::size_t row_bytes = 256;

/// The value of a key; nullopt if there is none.
template <typename Map, typename Key>
std::optional<typename Map::mapped_type> find_in(Map const& map, Key const& key)
{
    auto const found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
}

/// The list that a key has; nullptr if it has none.
template <typename Map, typename Key>
typename Map::mapped_type const* list_in(Map const& map, Key const& key)
{
    auto const found = map.find(key);
    return found == map.end() or found->second.empty() ? nullptr : &found->second;
}

/// A copy that leaves the body out.
Entry without_body(Entry const& entry)
{
    return {entry.pair, entry.seq, entry.author, entry.device, entry.n, entry.feed_low,
        entry.feed_high, entry.time, entry.kind, entry.hash, {}};
}

/// False if the entry has no place on the page any more.
bool add_to(EntryPage& page, Entry const& entry, Blanks const& newer)
{
    bool const is_gone = newer.cover(entry);
    if (not page.has_room_for(is_gone ? 0 : entry.body.size()))
        return false;
    page.add(is_gone ? without_body(entry) : entry);
    return true;
}

// How a layer takes in the one above it.

template <typename Value>
void replace_by(std::optional<Value>& value, std::optional<Value> const& newer)
{
    if (newer.has_value())
        value = newer;
}

template <typename Map>
void join(Map& map, Map const& newer)
{
    for (auto const& [key, value] : newer)
        map.insert_or_assign(key, value);
}

template <typename Map>
void join_lists(Map& lists, Map const& newer)
{
    for (auto const& [key, list] : newer)
        join(lists[key], list);
}

template <typename Map>
void join_sets(Map& sets, Map const& newer)
{
    for (auto const& [key, set] : newer)
        sets[key].insert(set.begin(), set.end());
}

} // namespace

// Records

void Tables::apply(Record const& record, RowsBelow& below)
{
    bytes_ += row_bytes;
    std::visit([&](auto const& one) { apply_one(one, below); }, record);
}

void Tables::apply_one(Entry const& entry, RowsBelow& below)
{
    Conversation& conversation = conversation_row(entry.pair, below);
    bool const is_by_low = entry.author == entry.pair.low;
    conversation.last = std::max(conversation.last, entry.seq);
    Seq& last_by_author = is_by_low ? conversation.last_by_low : conversation.last_by_high;
    last_by_author = std::max(last_by_author, entry.seq);
    if (Person* author = person_row(entry.author, below))
        author->stored_bytes += entry.body.size();

    for (PersonId const person : {entry.pair.low, entry.pair.high})
        if (Feed const feed = entry.feed_of(person); feed != Feed {})
            feeds_[person][feed] = {entry.pair.other(person), entry.seq};
    if (entry.device != DeviceId {})
        answers_[entry.device][entry.n] = {entry.hash, std::nullopt, entry.pair, entry.seq,
            entry.feed_of(entry.author), entry.time};
    logs_[entry.pair][entry.seq] = entry;
    bytes_ += entry_bytes + entry.body.size();
}

void Tables::apply_one(Refusal const& refusal, RowsBelow&)
{
    answers_[refusal.device][refusal.n] = {refusal.hash, refusal.error, {}, {}, {}, refusal.time};
}

void Tables::apply_one(PersonAdded const& added, RowsBelow&)
{
    persons_[added.person] = {
        .id = added.person, .handle = added.handle, .name = added.name, .time = added.time};
    handles_[added.handle] = added.person;
    last_person_ = std::max(last_person_.value_or(added.person), added.person);
    bytes_ += 2 * added.handle.size() + added.name.size();
}

void Tables::apply_one(DeviceAdded const& added, RowsBelow&)
{
    devices_[added.device] = {added.device, added.person, added.identity, added.name, added.secret,
        false, Feed {}, added.time};
    devices_of_[added.person].insert(added.device);
    if (added.identity.has_value())
        identities_[*added.identity] = added.device;
    secrets_[added.secret] = added.device;
    last_device_ = std::max(last_device_.value_or(added.device), added.device);
    bytes_ += row_bytes + added.name.size();
}

void Tables::apply_one(DeviceRevoked const& revoked, RowsBelow& below)
{
    if (Device* device = device_row(revoked.device, below))
        device->is_revoked = true;
}

void Tables::apply_one(Invitation const& invitation, RowsBelow&)
{
    invitations_[invitation.secret] = invitation;
}

void Tables::apply_one(ContactMade const& contact, RowsBelow& below)
{
    Conversation& conversation = conversation_row(contact.pair, below);
    Bond& bond = conversation.bond;
    for (PersonId const who : {bond.pair.low, bond.pair.high})
        bond.of(who) = {.blocks = bond.of(who).blocks};
    if (bond.are_contacts)
        return;
    bond.are_contacts = true;
    conversation.contacts_since = contact.time;
}

void Tables::apply_one(ContactAsked const& asked, RowsBelow& below)
{
    Stance& stance = conversation_row(asked.pair, below).bond.of(asked.who);
    stance.asked = asked.time;
    stance.was_heard = asked.was_heard;
}

void Tables::apply_one(StanceTaken const& taken, RowsBelow& below)
{
    Stance& stance = conversation_row(taken.pair, below).bond.of(taken.who);
    stance.refuses = taken.refuses;
    stance.blocks = taken.blocks;
}

void Tables::apply_one(PersonAwaited const& awaited, RowsBelow&)
{
    persons_[awaited.person] = {.id = awaited.person,
        .handle = awaited.handle,
        .name = {},
        .time = awaited.time,
        .is_awaited = true};
    handles_[awaited.handle] = awaited.person;
    last_person_ = std::max(last_person_.value_or(awaited.person), awaited.person);
    bytes_ += 2 * awaited.handle.size();
}

void Tables::apply_one(PersonSuspended const& suspended, RowsBelow& below)
{
    if (Person* person = person_row(suspended.person, below))
        person->is_suspended = suspended.is_suspended;
}

void Tables::apply_one(RecoverySet const& set, RowsBelow& below)
{
    if (Person* person = person_row(set.person, below))
        person->recovery = set.phrase;
    recoveries_[set.phrase] = set.person;
}

void Tables::apply_one(TalkChanged const& talk, RowsBelow&)
{
    talks_[talk.person][talk.other] = talk;
    bytes_ += talk.choices.name.size();
}

void Tables::apply_one(DeviceAnnounced const& announced, RowsBelow&)
{
    announcements_[announced.device] = announced;
}

void Tables::apply_one(InvitationEnded const& ended, RowsBelow& below)
{
    auto found = invitations_.find(ended.secret);
    if (found == invitations_.end()) {
        auto known = below.invitation(ended.secret);
        if (not known.has_value())
            return;
        found = invitations_.emplace(ended.secret, *known).first;
    }
    found->second.expires = std::min(found->second.expires, ended.time);
}

void Tables::apply_one(Mark const& mark, RowsBelow& below)
{
    Conversation& conversation = conversation_row(mark.pair, below);
    Mark& known = mark.who == mark.pair.low ? conversation.low : conversation.high;
    known.delivered = std::max(known.delivered, mark.delivered);
    known.read = std::max(known.read, mark.read);
    known.head_low = std::max(known.head_low, mark.head_low);
    known.head_high = std::max(known.head_high, mark.head_high);
}

void Tables::apply_one(PlainCursor const& cursor, RowsBelow& below)
{
    if (Device* device = device_row(cursor.device, below))
        device->plain_cursor = std::max(device->plain_cursor, cursor.feed);
}

void Tables::apply_one(PersonErased const& erased, RowsBelow& below)
{
    if (Person* person = person_row(erased.person, below)) {
        person->name.clear();
        person->is_erased = true;
        person->stored_bytes = 0;
        person->recovery = {};
    }
    settings_[erased.person].clear();
    for (auto& [other, talk] : talks_[erased.person])
        talk.choices = {};
    for (PersonId const other : others_[erased.person])
        for (auto& [seq, entry] : logs_[Pair::of(erased.person, other)])
            if (entry.author == erased.person)
                entry.body.clear();
    blanks_.add(erased);
}

void Tables::apply_one(Gone const& gone, RowsBelow& below)
{
    BodyBytes const bytes = body_bytes(gone.pair, gone.first, gone.last, below);
    forget_bytes(gone.pair.low, bytes.low, below);
    forget_bytes(gone.pair.high, bytes.high, below);
    for (auto& [seq, entry] : logs_[gone.pair])
        if (gone.first <= seq and seq <= gone.last)
            entry.body.clear();
    blanks_.add(gone);
}

void Tables::apply_one(EpochBegun const& begun, RowsBelow&)
{
    epoch_ = begun.epoch;
}

void Tables::apply_one(SettingsChanged const& changed, RowsBelow&)
{
    settings_[changed.person] = changed.settings;
    bytes_ += changed.settings.size();
}

void Tables::absorb(Tables const& newer)
{
    if (not newer.blanks_.is_empty())
        for (auto& [pair, log] : logs_)
            for (auto& [seq, entry] : log)
                if (newer.blanks_.cover(entry))
                    entry.body.clear();

    for (PersonId const person : newer.blanks_.erased())
        for (auto& [other, talk] : talks_[person])
            talk.choices = {};

    replace_by(epoch_, newer.epoch_);
    replace_by(last_person_, newer.last_person_);
    replace_by(last_device_, newer.last_device_);
    join_lists(logs_, newer.logs_);
    join_lists(feeds_, newer.feeds_);
    join_lists(answers_, newer.answers_);
    join(persons_, newer.persons_);
    join(handles_, newer.handles_);
    join(settings_, newer.settings_);
    join(recoveries_, newer.recoveries_);
    join_lists(talks_, newer.talks_);
    join(announcements_, newer.announcements_);
    join(devices_, newer.devices_);
    join_sets(devices_of_, newer.devices_of_);
    join(identities_, newer.identities_);
    join(secrets_, newer.secrets_);
    join(invitations_, newer.invitations_);
    join(conversations_, newer.conversations_);
    join_sets(others_, newer.others_);
    blanks_.add(newer.blanks_);
    bytes_ += newer.bytes_;
}

// Rows

Person* Tables::person_row(PersonId id, RowsBelow& below)
{
    auto found = persons_.find(id);
    if (found == persons_.end()) {
        auto known = below.person(id);
        if (not known.has_value())
            return nullptr;
        found = persons_.emplace(id, std::move(*known)).first;
        bytes_ += row_bytes;
    }
    return &found->second;
}

Device* Tables::device_row(DeviceId id, RowsBelow& below)
{
    auto found = devices_.find(id);
    if (found == devices_.end()) {
        auto known = below.device(id);
        if (not known.has_value())
            return nullptr;
        devices_of_[known->person].insert(id);
        found = devices_.emplace(id, std::move(*known)).first;
        bytes_ += row_bytes;
    }
    return &found->second;
}

Conversation& Tables::conversation_row(Pair pair, RowsBelow& below)
{
    auto found = conversations_.find(pair);
    if (found == conversations_.end()) {
        auto known = below.conversation(pair);
        found = conversations_.emplace(pair, known.value_or(Conversation::between(pair))).first;
        others_[pair.low].insert(pair.high);
        others_[pair.high].insert(pair.low);
        bytes_ += 4 * row_bytes;
    }
    return found->second;
}

void Tables::forget_bytes(PersonId author, std::uint64_t bytes, RowsBelow& below)
{
    if (bytes == 0)
        return;
    if (Person* person = person_row(author, below))
        person->stored_bytes -= std::min(person->stored_bytes, bytes);
}

BodyBytes Tables::body_bytes(Pair pair, Seq first, Seq last, RowsBelow& below) const
{
    BodyBytes bytes = bytes_below(pair, first, last, below);
    if (auto const* log = list_in(logs_, pair)) {
        for (auto at = log->lower_bound(first); at != log->end() and at->first <= last; ++at) {
            Entry const& entry = at->second;
            (entry.author == pair.low ? bytes.low : bytes.high) += entry.body.size();
        }
    }
    return bytes;
}

BodyBytes Tables::bytes_below(Pair pair, Seq first, Seq last, RowsBelow& below) const
{
    // The index may hold this layer's own entries by now: they are counted here, and not there.
    if (auto const own = first_seq(pair); own.has_value() and *own <= last)
        last = static_cast<Seq>(number(*own) - 1);

    BodyBytes bytes;
    for (SeqRange const range : blanks_.uncovered(pair, {first, last})) {
        BodyBytes const some = below.body_bytes(pair, range.first, range.last);
        bytes.low += blanks_.has_erased(pair.low) ? 0 : some.low;
        bytes.high += blanks_.has_erased(pair.high) ? 0 : some.high;
    }
    return bytes;
}

// Look-ups

std::optional<Feed> Tables::first_feed(PersonId person) const
{
    auto const* feed = list_in(feeds_, person);
    return feed == nullptr ? std::nullopt : std::optional(feed->begin()->first);
}

std::optional<Feed> Tables::last_feed(PersonId person) const
{
    auto const* feed = list_in(feeds_, person);
    return feed == nullptr ? std::nullopt : std::optional(feed->rbegin()->first);
}

std::optional<Seq> Tables::first_seq(Pair pair) const
{
    auto const* log = list_in(logs_, pair);
    return log == nullptr ? std::nullopt : std::optional(log->begin()->first);
}

std::optional<N> Tables::last_n(DeviceId device) const
{
    auto const* answers = list_in(answers_, device);
    return answers == nullptr ? std::nullopt : std::optional(answers->rbegin()->first);
}

std::optional<Answer> Tables::answer(DeviceId device, N n) const
{
    auto const* answers = list_in(answers_, device);
    return answers == nullptr ? std::nullopt : find_in(*answers, n);
}

void Tables::feed(PersonId person, Feed from, Feed to, Blanks const& newer, EntryPage& page) const
{
    auto const* feed = list_in(feeds_, person);
    if (feed == nullptr)
        return;
    for (auto at = feed->lower_bound(from); at != feed->end() and at->first <= to; ++at) {
        auto const [other, seq] = at->second;
        Entry const& entry = logs_.at(Pair::of(person, other)).at(seq);
        if (not add_to(page, entry, newer))
            return;
    }
}

void Tables::log(Pair pair, Seq first, Seq last, Blanks const& newer, EntryPage& page) const
{
    auto const* log = list_in(logs_, pair);
    if (log == nullptr)
        return;
    for (auto at = log->lower_bound(first); at != log->end() and at->first <= last; ++at)
        if (not add_to(page, at->second, newer))
            return;
}

std::optional<Entry> Tables::feed_entry(PersonId person, Feed feed) const
{
    auto const* places = list_in(feeds_, person);
    if (places == nullptr)
        return std::nullopt;
    auto const place = find_in(*places, feed);
    return place.has_value() ? log_entry(Pair::of(person, place->other), place->seq) : std::nullopt;
}

std::optional<Entry> Tables::log_entry(Pair pair, Seq seq) const
{
    auto const* log = list_in(logs_, pair);
    if (log == nullptr)
        return std::nullopt;
    auto const found = log->find(seq);
    return found == log->end() ? std::nullopt : std::optional(without_body(found->second));
}

std::optional<Person> Tables::person(PersonId id) const
{
    return find_in(persons_, id);
}

std::optional<PersonId> Tables::person_of_handle(std::string_view handle) const
{
    return find_in(handles_, handle);
}

std::optional<PersonId> Tables::person_of_recovery(SecretHash const& phrase) const
{
    return find_in(recoveries_, phrase);
}

std::optional<TalkChanged> Tables::talk(PersonId person, PersonId other) const
{
    auto const* talks = list_in(talks_, person);
    return talks == nullptr ? std::nullopt : find_in(*talks, other);
}

std::vector<TalkChanged> Tables::talks(PersonId person) const
{
    std::vector<TalkChanged> some;
    if (auto const* talks = list_in(talks_, person))
        for (auto const& [other, talk] : *talks)
            some.push_back(talk);
    return some;
}

std::vector<DeviceAnnounced> Tables::announcements() const
{
    std::vector<DeviceAnnounced> some;
    for (auto const& [device, announced] : announcements_)
        some.push_back(announced);
    return some;
}

std::optional<std::string> Tables::settings(PersonId person) const
{
    return find_in(settings_, person);
}

std::optional<Device> Tables::device(DeviceId id) const
{
    return find_in(devices_, id);
}

std::optional<DeviceId> Tables::device_of_identity(Identity const& identity) const
{
    return find_in(identities_, identity);
}

std::optional<DeviceId> Tables::device_of_secret(SecretHash const& secret) const
{
    return find_in(secrets_, secret);
}

std::vector<Device> Tables::devices(PersonId person) const
{
    std::vector<Device> devices;
    if (auto const* ids = list_in(devices_of_, person))
        for (DeviceId const id : *ids)
            devices.push_back(devices_.at(id));
    return devices;
}

std::optional<Invitation> Tables::invitation(SecretHash const& secret) const
{
    return find_in(invitations_, secret);
}

std::optional<Conversation> Tables::conversation(Pair pair) const
{
    return find_in(conversations_, pair);
}

std::vector<Conversation> Tables::conversations(PersonId person, PersonId after) const
{
    std::vector<Conversation> some;
    if (auto const* others = list_in(others_, person))
        for (auto at = others->upper_bound(after); at != others->end(); ++at)
            some.push_back(conversations_.at(Pair::of(person, *at)));
    return some;
}

} // namespace duet
