#include "client/device_file.hpp"

#include "client/device_queries.hpp"
#include "client/device_schema.hpp"
#include "client/message.hpp"
#include "doors/json_words.hpp"
#include "net/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace duet {

namespace {

// So many pages of the write-ahead log (of 4 KiB) are moved into the file at once.
constexpr int log_pages_max = 1000;

std::string path_of(std::string const& directory)
{
    return directory + "/device.sqlite";
}

Failure failure(SqliteFault const& fault)
{
    return {"store", "the device's file: " + fault.words};
}

Result<std::unique_ptr<Sqlite>, Failure> connect(std::string const& directory)
{
    auto connection = Sqlite::open(path_of(directory), Sqlite::Access::write);
    if (not connection.has_value())
        return fail(failure(connection.error()));
    // The directory's lock keeps others out; so nothing need be shared with them.
    (*connection)
        ->run("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; "
              "PRAGMA synchronous = FULL");
    if (auto const schema = bring_up_device_schema(**connection); not schema.has_value())
        return fail(failure(schema.error()));
    return std::move(*connection);
}

/// So that a file that was just made is found again after the machine has lost its power.
void sync_directory(std::string const& directory)
{
    Descriptor const folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.is_open())
        ::fsync(folder.number());
}

Message read_message(SqliteRows& rows, std::string const& you)
{
    Message message;
    message.with = rows.text();
    message.from = rows.text();
    if (message.from.empty())
        message.from = you;
    message.text = rows.text();
    message.kind = word(rows.number<Kind>());
    message.seq = rows.number();
    message.feed = rows.number();
    message.say_id = rows.number();
    message.time = rows.time();
    message.is_orphaned = rows.truth();
    message.refused = rows.text();
    message.is_mine = message.from != message.with;
    auto const delivered = rows.number<Seq>();
    auto const read = rows.number<Seq>();
    bool const is_asked = rows.number<TalkState>() == TalkState::asked;
    message.state = state_of(message, delivered, read, is_asked);
    return message;
}

std::vector<Message> read_messages(SqliteRows& rows, std::string const& you)
{
    std::vector<Message> messages;
    while (rows.next())
        messages.push_back(read_message(rows, you));
    return messages;
}

std::vector<OwnSay> read_says(SqliteRows& rows)
{
    std::vector<OwnSay> says;
    while (rows.next()) {
        OwnSay say {};
        say.id = rows.number<SayId>();
        say.to = rows.text();
        say.kind = rows.number<Kind>();
        say.text = rows.text();
        say.n = rows.number<N>();
        says.push_back(std::move(say));
    }
    return says;
}

TalkChoices read_choices(SqliteRows& rows)
{
    TalkChoices choices {};
    choices.mute = rows.truth();
    choices.archive = rows.truth();
    choices.pin = rows.truth();
    choices.name = rows.text();
    choices.deleted = rows.number<Seq>();
    return choices;
}

Standing standing_of(TalkState state)
{
    switch (state) {
    case TalkState::asked:
        return Standing::asked;
    case TalkState::asks:
        return Standing::asks;
    case TalkState::blocked:
        return Standing::blocked;
    default:
        return Standing::contact;
    }
}

} // namespace

struct DeviceFile::Queries : DeviceQueries {
    using DeviceQueries::DeviceQueries;
};

// Making and opening

Result<void, Failure> DeviceFile::make(std::string const& directory,
    std::array<std::byte, 32> const& seed, Joining const& joining,
    std::optional<IdentityHash> const& server_hash)
{
    auto const connection = TRY(connect(directory));
    {
        SqliteQuery enrolled(*connection, "SELECT is_enrolled FROM device");
        SqliteRows rows(enrolled);
        if (rows.next() and rows.truth())
            return fail(Failure {"exists", "there is a device in " + directory + " already"});
    }
    {
        SqliteQuery put(*connection,
            "INSERT INTO device (id, seed, server, is_enrolled, secret, handle, name, device_name, "
            "you, "
            "server_hash) VALUES (1, ?1, ?2, 0, ?3, ?4, ?5, ?6, '', ?7) "
            "ON CONFLICT (id) DO UPDATE SET "
            "seed = CASE WHEN secret = excluded.secret THEN seed ELSE excluded.seed END, "
            "identity = CASE WHEN server = excluded.server AND server_hash IS excluded.server_hash "
            "THEN identity END, server_hash = excluded.server_hash, server = excluded.server, "
            "secret = excluded.secret, handle = excluded.handle, "
            "name = excluded.name, device_name = excluded.device_name");
        put.run(seed, joining.server, joining.secret, joining.handle, joining.name,
            joining.device_name, server_hash);
    }
    if (auto const fault = connection->take_fault())
        return fail(failure(*fault));
    sync_directory(directory);
    return {};
}

Result<std::unique_ptr<DeviceFile>, Failure> DeviceFile::open(std::string const& directory)
{
    Failure const none {"not_joined", "there is no device in " + directory};
    if (::access(path_of(directory).c_str(), F_OK) != 0)
        return fail(none);
    auto connection = TRY(connect(directory));
    auto file = std::unique_ptr<DeviceFile>(new DeviceFile(std::move(connection)));
    file->read_device();
    if (auto const fault = file->connection_->take_fault())
        return fail(failure(*fault));
    if (file->keys_.identity == Identity {})
        return fail(none);
    return file;
}

DeviceFile::DeviceFile(std::unique_ptr<Sqlite> connection)
    : connection_(std::move(connection)), queries_(std::make_unique<Queries>(*connection_))
{
}

DeviceFile::~DeviceFile() = default;

void DeviceFile::read_device()
{
    SqliteRows rows(queries_->device);
    if (not rows.next())
        return;
    keys_ = key_pair_from(rows.bytes<std::array<std::byte, 32>>());
    server_ = rows.text();
}

DeviceData DeviceFile::load()
{
    DeviceData data;
    if (SqliteRows rows(queries_->device); rows.next()) {
        rows.skip();
        rows.skip();
        bool const is_pinned = not rows.is_null();
        auto const identity = rows.bytes<Identity>();
        if (is_pinned)
            data.server = identity;
        bool const is_enrolled = rows.truth();
        Enrolling enrolling;
        enrolling.secret = rows.text();
        enrolling.handle = rows.text();
        enrolling.name = rows.text();
        enrolling.device_name = rows.text();
        data.you = you_ = rows.text();
        bool const is_named = not rows.is_null();
        auto const hash = rows.bytes<IdentityHash>();
        if (is_named)
            data.server_hash = hash;
        if (not is_enrolled)
            data.enrolling = std::move(enrolling);
    }
    state_ = {};
    if (SqliteRows rows(queries_->state); rows.next()) {
        bool const is_known = not rows.is_null();
        auto const epoch = rows.bytes<Epoch>();
        if (is_known)
            state_.epoch = epoch;
        state_.last_n = rows.number<N>();
        state_.cursor = rows.number<Feed>();
        state_.lives = rows.number();
        data.settings.read_marks = rows.truth();
        data.settings.presence = rows.truth();
        data.settings.typing = rows.truth();
    }
    data.epoch = state_.epoch;
    data.last_n = state_.last_n;
    data.cursor = state_.cursor;
    {
        SqliteRows rows(queries_->waiting);
        for (OwnSay& say : read_says(rows))
            data.outbox.keep(std::move(say));
    }
    if (SqliteRows rows(queries_->last_say); rows.next())
        data.last_say = rows.number<SayId>();
    SqliteRows talks(queries_->talks);
    while (talks.next()) {
        std::string const with = talks.text();
        DeviceData::Talk& talk = data.talks[with];
        talk.last = talks.number<Seq>();
        talk.mine.delivered = talks.number<Seq>();
        talk.mine.read = talks.number<Seq>();
        talk.theirs.delivered = talks.number<Seq>();
        talk.theirs.read = talks.number<Seq>();
        talk.read_wanted = talks.number<Seq>();
        talk.state = talks.number<TalkState>();
        talk.choices = read_choices(talks);
        if (talk.choices.deleted != Seq {})
            deleted_[with] = talk.choices.deleted;
    }
    SqliteRows kept(queries_->kept);
    while (kept.next()) {
        std::string const with = kept.text();
        auto const first = kept.number<Seq>();
        data.talks[with].kept.add({first, kept.number<Seq>()});
    }
    return data;
}

// Writing

Result<void, Failure> DeviceFile::apply(
    std::span<Change const> changes, Time label, std::span<SaidKey const> keys)
{
    State const before = state_;
    queries_->begin.run();
    for (Change const& change : changes)
        write(change, label);
    for (SaidKey const& key : keys)
        queries_->keep_key.run(key.key, key.say);
    for (auto const& [with, intervals] : kept_now_) {
        for (auto const& [first, last] : intervals.all())
            keep(with, {first, last});
    }
    kept_now_.clear();
    if (std::exchange(state_is_changed_, false))
        write_state();
    queries_->commit.run();
    if (auto const fault = connection_->take_fault()) {
        state_ = before;
        return fail(failure(*fault));
    }
    if (connection_->log_pages() >= log_pages_max)
        connection_->checkpoint();
    return {};
}

void DeviceFile::write(Change const& change, Time label)
{
    Queries& at = *queries_;
    if (auto const* const say = std::get_if<SayKept>(&change)) {
        write(*say, label);
    } else if (auto const* const numbered = std::get_if<SayNumbered>(&change)) {
        at.number_say.run(numbered->id, numbered->n);
        state_.last_n = std::max(state_.last_n, numbered->n);
        state_is_changed_ = true;
    } else if (auto const* const settled = std::get_if<SaySettled>(&change)) {
        auto const refused = settled->refused.has_value()
            ? std::optional<std::string>(word(*settled->refused))
            : std::nullopt;
        at.settle_say.run(settled->id, settled->n, settled->seq, refused);
    } else if (auto const* const entry = std::get_if<EntryKept>(&change)) {
        write(*entry);
    } else if (auto const* const moved = std::get_if<CursorMoved>(&change)) {
        state_.cursor = moved->feed;
        state_is_changed_ = true;
    } else if (auto const* const known = std::get_if<LifeKnown>(&change)) {
        write(*known);
    } else if (auto const* const orphaned = std::get_if<EntriesOrphaned>(&change)) {
        at.orphan_beyond_feed.run(orphaned->beyond, state_.lives + 1);
    } else if (auto const* const mark = std::get_if<MarkKept>(&change)) {
        write(*mark);
    } else if (auto const* const wanted = std::get_if<ReadWanted>(&change)) {
        open_talk(wanted->with);
        at.want_read.run(wanted->with, wanted->seq);
    } else if (auto const* const last = std::get_if<LastSeqKnown>(&change)) {
        write(*last);
    } else if (auto const* const contact = std::get_if<ContactKnown>(&change)) {
        open_talk(contact->handle);
        at.name_talk.run(contact->handle, contact->name, not contact->name.empty());
    } else if (auto const* const pinned = std::get_if<ServerPinned>(&change)) {
        at.pin.run(pinned->server);
    } else if (auto const* const belongs = std::get_if<BelongsTo>(&change)) {
        at.belong.run(belongs->you);
        you_ = belongs->you;
    } else if (auto const* const talk = std::get_if<TalkKept>(&change)) {
        write(*talk);
    } else if (auto const* const chosen = std::get_if<SettingsKept>(&change)) {
        SettingsEvent const& now = chosen->settings;
        at.choose.run(now.read_marks, now.presence, now.typing);
    }
}

/// What is deleted goes from here as well; its numbers stay.
void DeviceFile::write(TalkKept const& kept)
{
    TalkEvent const& talk = kept.talk;
    TalkChoices const& choices = talk.choices;
    open_talk(talk.with);
    queries_->set_talk.run(talk.with, talk.state, choices.mute, choices.archive, choices.pin,
        choices.name, choices.deleted);
    if (choices.deleted == Seq {})
        return;
    deleted_[talk.with] = choices.deleted;
    queries_->delete_entries.run(talk.with, choices.deleted);
    queries_->delete_says.run(talk.with, choices.deleted);
}

void DeviceFile::write(SayKept const& kept, Time label)
{
    OwnSay const& say = kept.say;
    queries_->keep_say.run(say.id, say.to, say.kind, say.text, say.n, label);
}

void DeviceFile::write(EntryKept const& kept)
{
    EntryEvent const& entry = kept.entry;
    open_talk(entry.with);
    // In a first life nothing can stand where something else stood before.
    if (state_.lives > 1) {
        queries_->orphan_other.run(entry.with, entry.seq, entry.from, entry.text, state_.lives);
        queries_->find_again.run(entry.with, entry.seq, entry.from, entry.text);
    }
    SayId const say = say_of(entry.n, entry.seq);
    auto const deleted = deleted_.find(entry.with);
    if (deleted == deleted_.end() or entry.seq > deleted->second)
        queries_->keep_entry.run(entry.with, entry.seq, entry.feed, entry.from, entry.kind,
            entry.text, entry.time, entry.n, say);
    if (entry.feed != Feed {})
        queries_->meet_talk.run(entry.with, state_by(entry));
    queries_->grow_talk.run(entry.with, entry.seq);
    kept_now_[entry.with].add(entry.seq);
}

void DeviceFile::write(MarkKept const& kept)
{
    MarkEvent const& mark = kept.mark;
    open_talk(mark.with);
    SqliteQuery& move = mark.who == mark.with ? queries_->move_theirs : queries_->move_mine;
    move.run(mark.with, mark.delivered, mark.read);
}

void DeviceFile::write(LifeKnown const& known)
{
    if (state_.epoch != known.epoch) {
        queries_->forget_kept.run();
        queries_->forget_talks.run();
        // What this device has said beyond that waits again, and is an entry no more.
        queries_->take_back.run(known.last_n);
        kept_now_.clear();
        ++state_.lives;
    }
    state_.epoch = known.epoch;
    state_.last_n = known.last_n;
    state_.cursor = known.feed;
    state_is_changed_ = true;
}

void DeviceFile::write(LastSeqKnown const& known)
{
    open_talk(known.with);
    queries_->grow_talk.run(known.with, known.last);
    if (state_.lives > 1)
        queries_->orphan_beyond_seq.run(known.with, known.last, state_.lives);
}

/// Everything that overlaps or touches becomes one with it.
void DeviceFile::keep(std::string const& with, Interval interval)
{
    bool has_neighbours = false;
    {
        SqliteRows rows(queries_->kept_near, with, interval.last, interval.first);
        has_neighbours = rows.next() and not rows.is_null();
        if (has_neighbours) {
            interval.first = std::min(interval.first, rows.number<Seq>());
            interval.last = std::max(interval.last, rows.number<Seq>());
        }
    }
    if (has_neighbours)
        queries_->drop_kept.run(with, interval.first, interval.last);
    queries_->add_kept.run(with, interval.first, interval.last);
}

void DeviceFile::open_talk(std::string const& with)
{
    queries_->open_talk.run(with);
}

void DeviceFile::write_state()
{
    queries_->set_state.run(state_.epoch, state_.last_n, state_.cursor, state_.lives);
}

// Looking

std::optional<Failure> DeviceFile::take_failure()
{
    auto const fault = connection_->take_fault();
    return fault.has_value() ? std::optional(failure(*fault)) : std::nullopt;
}

std::vector<OwnSay> DeviceFile::said_above(N n)
{
    SqliteRows rows(queries_->said_above, n);
    return read_says(rows);
}

std::optional<SayId> DeviceFile::say_of_key(std::string const& key)
{
    SqliteRows rows(queries_->say_of_key, key);
    return rows.next() ? std::optional(rows.number<SayId>()) : std::nullopt;
}

SayId DeviceFile::say_of(N n, Seq seq)
{
    if (n == N {})
        return {};
    SqliteRows rows(queries_->say_of, n, seq);
    return rows.next() ? rows.number<SayId>() : SayId {};
}

std::optional<Message> DeviceFile::own(SayId say)
{
    SqliteRows rows(queries_->own_message, say);
    return rows.next() ? std::optional(read_message(rows, you_)) : std::nullopt;
}

std::vector<Message> DeviceFile::outbox()
{
    SqliteRows rows(queries_->waiting_messages);
    return read_messages(rows, you_);
}

std::vector<Message> DeviceFile::history(
    std::string const& with, std::uint64_t before, std::size_t limit)
{
    constexpr std::uint64_t newest = std::uint64_t {1} << 62;
    std::uint64_t const bound = before == 0 ? newest : std::min(before, newest);
    SqliteRows rows(queries_->history, with, bound, limit);
    std::vector<Message> messages = read_messages(rows, you_);
    std::ranges::reverse(messages);
    return messages;
}

std::vector<Message> DeviceFile::feed(std::uint64_t from, std::size_t limit)
{
    SqliteRows rows(queries_->feed, from, limit);
    return read_messages(rows, you_);
}

std::vector<Message> DeviceFile::own_between(std::string const& with, Seq first, Seq last)
{
    SqliteRows rows(queries_->own_between, with, first, last);
    return read_messages(rows, you_);
}

std::optional<Message> DeviceFile::last_request(std::string const& with)
{
    SqliteRows rows(queries_->last_request, with, Kind::request);
    return rows.next() ? std::optional(read_message(rows, you_)) : std::nullopt;
}

std::vector<Contact> DeviceFile::contacts()
{
    std::vector<Contact> contacts;
    {
        SqliteRows rows(queries_->contacts);
        while (rows.next()) {
            Contact contact;
            contact.handle = rows.text();
            contact.name = rows.text();
            contact.last_seq = rows.number();
            contact.my_read = rows.number();
            contact.their_delivered = rows.number();
            contact.their_read = rows.number();
            contact.standing = standing_of(rows.number<TalkState>());
            TalkChoices const choices = read_choices(rows);
            contact.settings = {
                choices.mute, choices.archive, choices.pin, choices.name, number(choices.deleted)};
            std::uint64_t const own = rows.number();
            std::uint64_t const beyond =
                contact.last_seq - std::min(contact.last_seq, contact.my_read);
            contact.unread = beyond - std::min(beyond, own);
            contacts.push_back(std::move(contact));
        }
    }
    for (Contact& contact : contacts) {
        SqliteRows rows(queries_->last_of, contact.handle);
        if (rows.next())
            contact.last = read_message(rows, you_);
    }
    return contacts;
}

} // namespace duet
