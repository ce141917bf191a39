#include "store/sqlite_index.hpp"

#include "base/check.hpp"
#include "store/sqlite.hpp"
#include "store/sqlite_schema.hpp"
#include "store/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace duet {

namespace {

// Beyond this the write-ahead log is moved into the file: 64 MiB of SQLite's usual pages.
constexpr int log_pages_mark = 16 * 1024;

/// SQLite's integers have a sign: numbers beyond their greatest, which stand for no end, become that.
template <typename Number>
std::int64_t at_most(Number value)
{
    return static_cast<std::int64_t>(
        std::min(static_cast<std::uint64_t>(value), std::uint64_t {INT64_MAX}));
}

/// The keys of a map in their order: sorted rows go into SQLite's pages one after the other.
template <typename Map>
auto sorted(Map const& map)
{
    std::vector<typename Map::value_type const*> rows;
    rows.reserve(map.size());
    for (auto const& row : map)
        rows.push_back(&row);
    std::ranges::sort(rows, {}, [](auto const* row) { return row->first; });
    return rows;
}

IndexFault fault_of(SqliteFault fault)
{
    return {fault.is_full, std::move(fault.words)};
}

// Rows, from their columns

#define DUET_ENTRY_COLUMNS                                                                         \
    "entry.low, entry.high, entry.seq, entry.author, entry.device, entry.n, entry.feed_low, "      \
    "entry.feed_high, entry.time, entry.kind, entry.hash"

Pair pair_from(SqliteRows& rows)
{
    return {rows.number<PersonId>(), rows.number<PersonId>()};
}

Entry entry_from(SqliteRows& rows)
{
    return {pair_from(rows), rows.number<Seq>(), rows.number<PersonId>(), rows.number<DeviceId>(),
        rows.number<N>(), rows.number<Feed>(), rows.number<Feed>(), rows.time(),
        rows.number<Kind>(), rows.bytes<BodyHash>(), {}};
}

/// Entries whose last column is the body, as many as the page has room for.
void fill(EntryPage& page, SqliteRows& rows, Blanks const& newer)
{
    while (not page.is_full() and rows.next()) {
        Entry entry = entry_from(rows);
        if (not newer.cover(entry))
            entry.body = rows.text();
        if (page.has_room_for(entry.body.size()))
            page.add(std::move(entry));
    }
}

#define DUET_DEVICE_COLUMNS "device, person, identity, name, secret, is_revoked, plain_cursor, time"

Device device_from(SqliteRows& rows)
{
    Device device {};
    device.id = rows.number<DeviceId>();
    device.person = rows.number<PersonId>();
    if (rows.is_null())
        rows.skip();
    else
        device.identity = rows.bytes<Identity>();
    device.name = rows.text();
    device.secret = rows.bytes<SecretHash>();
    device.is_revoked = rows.truth();
    device.plain_cursor = rows.number<Feed>();
    device.time = rows.time();
    return device;
}

#define DUET_CONVERSATION_COLUMNS                                                                  \
    "low, high, are_contacts, contacts_since, last, last_by_low, last_by_high, low_delivered, "    \
    "low_read, low_head_low, low_head_high, high_delivered, high_read, high_head_low, "            \
    "high_head_high, low_asked, low_stance, high_asked, high_stance"

Mark mark_from(SqliteRows& rows, Pair pair, PersonId who)
{
    return {pair, who, rows.number<Seq>(), rows.number<Seq>(), rows.number<Feed>(),
        rows.number<Feed>()};
}

// The flags of a stance, as they stand in the file.
constexpr unsigned was_heard = 1;
constexpr unsigned refuses = 2;
constexpr unsigned blocks = 4;

unsigned flags_of(Stance const& stance)
{
    return (stance.was_heard ? was_heard : 0U) | (stance.refuses ? refuses : 0U)
        | (stance.blocks ? blocks : 0U);
}

Stance stance_from(SqliteRows& rows)
{
    Time const asked = rows.time();
    auto const flags = rows.number<unsigned>();
    return {asked, (flags & was_heard) != 0, (flags & refuses) != 0, (flags & blocks) != 0};
}

Conversation conversation_from(SqliteRows& rows)
{
    Pair const pair = pair_from(rows);
    Conversation one = Conversation::between(pair);
    one.bond.are_contacts = rows.truth();
    one.contacts_since = rows.time();
    one.last = rows.number<Seq>();
    one.last_by_low = rows.number<Seq>();
    one.last_by_high = rows.number<Seq>();
    one.low = mark_from(rows, pair, pair.low);
    one.high = mark_from(rows, pair, pair.high);
    one.bond.low = stance_from(rows);
    one.bond.high = stance_from(rows);
    return one;
}

#define DUET_TALK_COLUMNS "person, other, mute, archive, pin, name, deleted, head"

TalkChanged talk_from(SqliteRows& rows)
{
    return {rows.number<PersonId>(), rows.number<PersonId>(),
        {rows.truth(), rows.truth(), rows.truth(), rows.text(), rows.number<Seq>()},
        rows.number<Feed>()};
}

/// Whether conversations are those that are asked for (?3: 0 all, 1 known, 2 contacts). `own` and
/// `others` are the columns' names of the person's and of the other's stance.
#define DUET_AMONG(own, others)                                                                    \
    " AND (are_contacts OR ?3 = 0 OR (?3 = 1 AND (" own "_asked <> 0 OR " own                      \
    "_stance & 4 OR (" others "_asked <> 0 AND " others "_stance & 1))))"

} // namespace

// Writing

/// The statements of the connection that writes.
class SqliteIndex::Writer {
public:
    explicit Writer(Sqlite& connection) : connection_(connection) { }

    void take(Tables const& newer, std::uint64_t position)
    {
        connection_.run("BEGIN IMMEDIATE");
        // What is gone is gone from the rows that are there already; new ones come without.
        empty_bodies(newer.blanks());
        take_people(newer);
        take_conversations(newer);
        take_answers(newer);
        if (newer.epoch().has_value())
            put_epoch_.run(*newer.epoch());
        put_position_.run(position);
        connection_.run("COMMIT");
    }

private:
    void empty_bodies(Blanks const& blanks)
    {
        for (auto const& [pair, ranges] : blanks.ranges())
            for (SeqRange const range : ranges)
                empty_range_.run(pair.low, pair.high, range.first, at_most(range.last));
        for (PersonId const person : blanks.erased()) {
            std::vector<Pair> pairs;
            for (SqliteRows rows(pairs_of_, person, person); rows.next();)
                pairs.push_back(pair_from(rows));
            for (Pair const pair : pairs)
                empty_author_.run(pair.low, pair.high, person);
            forget_talks_.run(person);
        }
    }

    void take_people(Tables const& newer)
    {
        for (auto const* row : sorted(newer.persons())) {
            Person const& one = row->second;
            auto const recovery =
                one.recovery == SecretHash {} ? std::nullopt : std::optional(one.recovery);
            put_person_.run(one.id, one.handle, one.name, one.is_erased, one.stored_bytes, one.time,
                one.is_suspended, one.is_awaited, recovery);
        }
        for (auto const* row : sorted(newer.all_settings()))
            put_settings_.run(row->first, as_bytes(row->second));
        for (auto const* row : sorted(newer.talks()))
            for (auto const& [other, one] : row->second)
                put_talk_.run(one.person, one.other, one.choices.mute, one.choices.archive,
                    one.choices.pin, one.choices.name, one.choices.deleted, one.head);
        for (auto const& [id, one] : newer.all_announcements())
            put_announcement_.run(id, one.up_to, one.is_done);
        for (auto const& [id, one] : newer.devices())
            put_device_.run(id, one.person, one.identity, one.name, one.secret, one.is_revoked,
                one.plain_cursor, one.time);
        for (auto const& [secret, one] : newer.invitations())
            put_invitation_.run(secret, one.what, one.by, one.with, one.expires, one.time, one.way);
    }

    void take_conversations(Tables const& newer)
    {
        for (auto const* row : sorted(newer.conversations())) {
            Conversation const& one = row->second;
            put_conversation_.run(one.pair.low, one.pair.high, one.bond.are_contacts,
                one.contacts_since, one.last, one.last_by_low, one.last_by_high, one.low.delivered,
                one.low.read, one.low.head_low, one.low.head_high, one.high.delivered,
                one.high.read, one.high.head_low, one.high.head_high, one.bond.low.asked,
                flags_of(one.bond.low), one.bond.high.asked, flags_of(one.bond.high));
        }
        for (auto const* row : sorted(newer.logs()))
            for (auto const& [seq, one] : row->second)
                put_entry_.run(one.pair.low, one.pair.high, seq, one.author, one.device, one.n,
                    one.feed_low, one.feed_high, one.time, one.kind, one.hash, as_bytes(one.body));
        for (auto const* row : sorted(newer.feeds()))
            for (auto const& [feed, place] : row->second)
                put_feed_.run(row->first, feed, place.other, place.seq);
    }

    void take_answers(Tables const& newer)
    {
        for (auto const* row : sorted(newer.answers())) {
            for (auto const& [n, one] : row->second) {
                if (one.refused.has_value())
                    put_refusal_.run(row->first, n, word(*one.refused), one.hash, one.time);
                else
                    put_said_.run(row->first, n, one.pair.low, one.pair.high, one.seq);
            }
        }
    }

    Sqlite& connection_;
    SqliteQuery empty_range_ {connection_,
        "UPDATE entry SET body = x'' WHERE low = ? AND high = ? AND seq BETWEEN ? AND ?"
        " AND length(body) > 0"};
    SqliteQuery pairs_of_ {connection_,
        "SELECT low, high FROM conversation WHERE low = ?"
        " UNION ALL SELECT low, high FROM conversation WHERE high = ?"};
    SqliteQuery empty_author_ {connection_,
        "UPDATE entry SET body = x'' WHERE low = ? AND high = ? AND author = ?"
        " AND length(body) > 0"};
    SqliteQuery put_person_ {connection_,
        "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " handle = excluded.handle, name = excluded.name, is_erased = excluded.is_erased,"
        " stored_bytes = excluded.stored_bytes, time = excluded.time,"
        " is_suspended = excluded.is_suspended, is_awaited = excluded.is_awaited,"
        " recovery = excluded.recovery"};
    SqliteQuery put_talk_ {connection_, "REPLACE INTO talk VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
    SqliteQuery forget_talks_ {connection_, "DELETE FROM talk WHERE person = ?"};
    SqliteQuery put_announcement_ {connection_, "REPLACE INTO announcement VALUES (?, ?, ?)"};
    SqliteQuery put_settings_ {connection_, "REPLACE INTO settings VALUES (?, ?)"};
    SqliteQuery put_device_ {connection_, "REPLACE INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
    SqliteQuery put_invitation_ {
        connection_, "REPLACE INTO invitation VALUES (?, ?, ?, ?, ?, ?, ?)"};
    SqliteQuery put_conversation_ {connection_,
        "INSERT INTO conversation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET"
        " are_contacts = excluded.are_contacts, contacts_since = excluded.contacts_since,"
        " last = excluded.last, last_by_low = excluded.last_by_low,"
        " last_by_high = excluded.last_by_high,"
        " low_delivered = excluded.low_delivered, low_read = excluded.low_read,"
        " low_head_low = excluded.low_head_low, low_head_high = excluded.low_head_high,"
        " high_delivered = excluded.high_delivered, high_read = excluded.high_read,"
        " high_head_low = excluded.high_head_low, high_head_high = excluded.high_head_high,"
        " low_asked = excluded.low_asked, low_stance = excluded.low_stance,"
        " high_asked = excluded.high_asked, high_stance = excluded.high_stance"};
    SqliteQuery put_entry_ {
        connection_, "REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    SqliteQuery put_feed_ {connection_, "REPLACE INTO feed VALUES (?, ?, ?, ?)"};
    SqliteQuery put_said_ {
        connection_, "REPLACE INTO answer (device, n, low, high, seq) VALUES (?, ?, ?, ?, ?)"};
    SqliteQuery put_refusal_ {
        connection_, "REPLACE INTO answer (device, n, error, hash, time) VALUES (?, ?, ?, ?, ?)"};
    SqliteQuery put_epoch_ {connection_, "UPDATE state SET epoch = ?"};
    SqliteQuery put_position_ {connection_, "UPDATE state SET position = ?"};
};

// Reading

/// A connection that reads, and its statements.
class SqliteIndex::Reader {
    std::unique_ptr<Sqlite> connection_;

public:
    explicit Reader(std::unique_ptr<Sqlite> connection) : connection_(std::move(connection)) { }

    [[nodiscard]] Sqlite& connection() { return *connection_; }

    SqliteQuery position {*connection_, "SELECT position FROM state"};
    SqliteQuery epoch {*connection_, "SELECT epoch FROM state"};
    SqliteQuery last_feed {
        *connection_, "SELECT feed FROM feed WHERE person = ? ORDER BY feed DESC LIMIT 1"};
    SqliteQuery last_n {
        *connection_, "SELECT n FROM answer WHERE device = ? ORDER BY n DESC LIMIT 1"};
    SqliteQuery last_person {
        *connection_, "SELECT person FROM person ORDER BY person DESC LIMIT 1"};
    SqliteQuery last_device {
        *connection_, "SELECT device FROM device ORDER BY device DESC LIMIT 1"};
    SqliteQuery answer {*connection_,
        "SELECT answer.error, answer.hash, answer.time, " DUET_ENTRY_COLUMNS
        " FROM answer LEFT JOIN entry ON entry.low = answer.low AND entry.high = answer.high"
        " AND entry.seq = answer.seq WHERE answer.device = ? AND answer.n = ?"};
    SqliteQuery feed {*connection_,
        "SELECT " DUET_ENTRY_COLUMNS ", entry.body FROM feed CROSS JOIN entry"
        " ON entry.low = min(feed.person, feed.other) AND entry.high = max(feed.person, feed.other)"
        " AND entry.seq = feed.seq"
        " WHERE feed.person = ? AND feed.feed BETWEEN ? AND ? ORDER BY feed.feed"};
    SqliteQuery log {*connection_,
        "SELECT " DUET_ENTRY_COLUMNS ", entry.body FROM entry"
        " WHERE low = ? AND high = ? AND seq BETWEEN ? AND ? ORDER BY seq"};
    SqliteQuery feed_entry {*connection_,
        "SELECT " DUET_ENTRY_COLUMNS " FROM feed CROSS JOIN entry"
        " ON entry.low = min(feed.person, feed.other) AND entry.high = max(feed.person, feed.other)"
        " AND entry.seq = feed.seq WHERE feed.person = ? AND feed.feed = ?"};
    SqliteQuery log_entry {*connection_,
        "SELECT " DUET_ENTRY_COLUMNS " FROM entry WHERE low = ? AND high = ? AND seq = ?"};
    SqliteQuery person {*connection_,
        "SELECT person, handle, name, is_erased, stored_bytes, time, is_suspended, is_awaited,"
        " recovery FROM person WHERE person = ?"};
    SqliteQuery person_of_handle {
        *connection_, "SELECT person FROM person WHERE handle = ? ORDER BY person DESC LIMIT 1"};
    SqliteQuery person_of_recovery {
        *connection_, "SELECT person FROM person WHERE recovery = ? ORDER BY person DESC LIMIT 1"};
    SqliteQuery talk {
        *connection_, "SELECT " DUET_TALK_COLUMNS " FROM talk WHERE person = ? AND other = ?"};
    SqliteQuery talks_since {
        *connection_, "SELECT " DUET_TALK_COLUMNS " FROM talk WHERE person = ? AND head >= ?"};
    SqliteQuery announcements {
        *connection_, "SELECT device, up_to, is_done FROM announcement WHERE NOT is_done"};
    SqliteQuery settings {*connection_, "SELECT settings FROM settings WHERE person = ?"};
    SqliteQuery device {
        *connection_, "SELECT " DUET_DEVICE_COLUMNS " FROM device WHERE device = ?"};
    SqliteQuery device_of_identity {
        *connection_, "SELECT device FROM device WHERE identity = ? ORDER BY device DESC LIMIT 1"};
    SqliteQuery device_of_secret {
        *connection_, "SELECT device FROM device WHERE secret = ? ORDER BY device DESC LIMIT 1"};
    SqliteQuery devices {*connection_,
        "SELECT " DUET_DEVICE_COLUMNS " FROM device WHERE person = ? ORDER BY device"};
    SqliteQuery invitation {*connection_,
        "SELECT secret, what, by_person, with_secret, expires, time, way FROM invitation"
        " WHERE secret = ?"};
    SqliteQuery conversation {*connection_,
        "SELECT " DUET_CONVERSATION_COLUMNS " FROM conversation WHERE low = ? AND high = ?"};
    // A person is the higher of those whose others have lower ids: so these come first.
    SqliteQuery with_lower {*connection_,
        "SELECT " DUET_CONVERSATION_COLUMNS " FROM conversation"
        " WHERE high = ?1 AND low > ?2" DUET_AMONG("high", "low") " ORDER BY low LIMIT ?4"};
    SqliteQuery with_higher {*connection_,
        "SELECT " DUET_CONVERSATION_COLUMNS " FROM conversation"
        " WHERE low = ?1 AND high > ?2" DUET_AMONG("low", "high") " ORDER BY high LIMIT ?4"};
    SqliteQuery lower_asked {*connection_,
        "SELECT " DUET_CONVERSATION_COLUMNS " FROM conversation"
        " WHERE high = ? AND high_asked <> 0 ORDER BY low"};
    SqliteQuery higher_asked {*connection_,
        "SELECT " DUET_CONVERSATION_COLUMNS " FROM conversation"
        " WHERE low = ? AND low_asked <> 0 ORDER BY high"};
    SqliteQuery body_bytes {*connection_,
        "SELECT author, sum(length(body)) FROM entry"
        " WHERE low = ? AND high = ? AND seq BETWEEN ? AND ? GROUP BY author"};
};

/// One look: a reader on loan.
class SqliteIndex::Look {
public:
    Look(SqliteIndex& index, std::unique_ptr<Reader> reader)
        : index_(index), reader_(std::move(reader))
    {
    }

    ~Look()
    {
        if (auto const fault = reader_->connection().take_fault())
            give_up(fmt::format("the index cannot be read: {}", fault->words).c_str());
        std::lock_guard const lock(index_.mutex_);
        index_.idle_readers_.push_back(std::move(reader_));
    }

    Look(Look const&) = delete;
    Look& operator=(Look const&) = delete;

    Reader* operator->() { return reader_.get(); }

private:
    SqliteIndex& index_;
    std::unique_ptr<Reader> reader_;
};

SqliteIndex::Look SqliteIndex::look()
{
    {
        std::lock_guard const lock(mutex_);
        if (not idle_readers_.empty()) {
            auto reader = std::move(idle_readers_.back());
            idle_readers_.pop_back();
            return {*this, std::move(reader)};
        }
    }
    auto connection = Sqlite::open(path_, Sqlite::Access::read);
    if (not connection.has_value())
        give_up(fmt::format("the index cannot be read: {}", connection.error().words).c_str());
    return {*this, std::make_unique<Reader>(std::move(*connection))};
}

// Opening and following

SqliteIndex::SqliteIndex(std::string path) : path_(std::move(path)) { }

SqliteIndex::~SqliteIndex() = default;

Result<std::unique_ptr<SqliteIndex>, IndexFault> SqliteIndex::open(std::string const& path)
{
    auto const named = [&path](SqliteFault fault) {
        return fail(IndexFault {fault.is_full, fmt::format("{}: {}", path, fault.words)});
    };
    auto connection = Sqlite::open(path, Sqlite::Access::write);
    if (not connection.has_value())
        return named(connection.error());
    Sqlite& writer = **connection;
    if (auto brought_up = bring_up_schema(writer, version); not brought_up.has_value())
        return named(brought_up.error());
    // FULL: what is committed survives a power loss; with NORMAL the journal's segments would be
    // removed for what is not there yet. What was erased is overwritten.
    writer.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
               "PRAGMA secure_delete = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
               "PRAGMA journal_size_limit = 134217728");
    auto index = std::unique_ptr<SqliteIndex>(new SqliteIndex(path));
    index->connection_ = std::move(*connection);
    index->writer_ = std::make_unique<Writer>(writer);
    if (auto fault = writer.take_fault())
        return named(std::move(*fault));
    return index;
}

Result<void, IndexFault> SqliteIndex::follow(Tables const& newer, std::uint64_t position)
{
    writer_->take(newer, position);
    if (auto fault = connection_->take_fault())
        return fail(fault_of(std::move(*fault)));

    if (connection_->log_pages() >= log_pages_mark)
        connection_->checkpoint();
    if (auto fault = connection_->take_fault())
        return fail(fault_of(std::move(*fault)));
    return {};
}

// Look-ups

std::uint64_t SqliteIndex::position()
{
    Look reader = look();
    SqliteRows rows(reader->position);
    return rows.next() ? rows.number() : 0;
}

std::optional<Epoch> SqliteIndex::epoch()
{
    Look reader = look();
    SqliteRows rows(reader->epoch);
    if (not rows.next() or rows.is_null())
        return std::nullopt;
    return rows.bytes<Epoch>();
}

namespace {

/// The one number of the one row that a query has, if it has one.
template <typename Number, typename... Values>
std::optional<Number> one_number(SqliteQuery& query, Values const&... values)
{
    SqliteRows rows(query, values...);
    if (not rows.next())
        return std::nullopt;
    return rows.number<Number>();
}

/// What is made of the one row that a query has, if it has one.
template <typename Make, typename... Values>
auto one_row(Make make, SqliteQuery& query, Values const&... values)
    -> std::optional<decltype(make(std::declval<SqliteRows&>()))>
{
    SqliteRows rows(query, values...);
    if (not rows.next())
        return std::nullopt;
    return make(rows);
}

} // namespace

std::optional<Feed> SqliteIndex::last_feed(PersonId person)
{
    return one_number<Feed>(look()->last_feed, person);
}

std::optional<N> SqliteIndex::last_n(DeviceId device)
{
    return one_number<N>(look()->last_n, device);
}

std::optional<PersonId> SqliteIndex::last_person()
{
    return one_number<PersonId>(look()->last_person);
}

std::optional<DeviceId> SqliteIndex::last_device()
{
    return one_number<DeviceId>(look()->last_device);
}

std::optional<Answer> SqliteIndex::answer(DeviceId device, N n)
{
    auto const answer_from = [](SqliteRows& rows) {
        Answer answer {};
        if (not rows.is_null()) {
            answer.refused = error_of(rows.text());
            check(answer.refused.has_value()); // a word of ours, or a newer index
            answer.hash = rows.bytes<BodyHash>();
            answer.time = rows.time();
            return answer;
        }
        rows.skip();
        rows.skip();
        rows.skip();
        Entry const entry = entry_from(rows);
        return Answer {entry.hash, std::nullopt, entry.pair, entry.seq, entry.feed_of(entry.author),
            entry.time};
    };
    return one_row(answer_from, look()->answer, device, n);
}

void SqliteIndex::feed(PersonId person, Feed from, Feed to, Blanks const& newer, EntryPage& page)
{
    Look reader = look();
    std::int64_t const end = at_most(to);
    SqliteRows rows(reader->feed, person, from, end);
    fill(page, rows, newer);
}

void SqliteIndex::log(Pair pair, Seq first, Seq last, Blanks const& newer, EntryPage& page)
{
    Look reader = look();
    std::int64_t const end = at_most(last);
    SqliteRows rows(reader->log, pair.low, pair.high, first, end);
    fill(page, rows, newer);
}

std::optional<Entry> SqliteIndex::feed_entry(PersonId person, Feed feed)
{
    return one_row(entry_from, look()->feed_entry, person, feed);
}

std::optional<Entry> SqliteIndex::log_entry(Pair pair, Seq seq)
{
    return one_row(entry_from, look()->log_entry, pair.low, pair.high, seq);
}

std::optional<Person> SqliteIndex::person(PersonId id)
{
    auto const person_from = [](SqliteRows& rows) {
        Person person {rows.number<PersonId>(), rows.text(), rows.text(), rows.truth(),
            rows.number(), rows.time(), rows.truth(), rows.truth()};
        if (not rows.is_null())
            person.recovery = rows.bytes<SecretHash>();
        return person;
    };
    return one_row(person_from, look()->person, id);
}

std::optional<PersonId> SqliteIndex::person_of_handle(std::string_view handle)
{
    return one_number<PersonId>(look()->person_of_handle, handle);
}

std::optional<PersonId> SqliteIndex::person_of_recovery(SecretHash const& phrase)
{
    return one_number<PersonId>(look()->person_of_recovery, phrase);
}

std::optional<TalkChanged> SqliteIndex::talk(PersonId person, PersonId other)
{
    return one_row(talk_from, look()->talk, person, other);
}

std::vector<TalkChanged> SqliteIndex::talks_since(PersonId person, Feed from)
{
    std::vector<TalkChanged> talks;
    Look reader = look();
    std::int64_t const first = at_most(from);
    for (SqliteRows rows(reader->talks_since, person, first); rows.next();)
        talks.push_back(talk_from(rows));
    return talks;
}

std::vector<DeviceAnnounced> SqliteIndex::announcements()
{
    std::vector<DeviceAnnounced> some;
    Look reader = look();
    for (SqliteRows rows(reader->announcements); rows.next();)
        some.push_back({rows.number<DeviceId>(), rows.number<PersonId>(), rows.truth()});
    return some;
}

std::optional<std::string> SqliteIndex::settings(PersonId person)
{
    auto const text_from = [](SqliteRows& rows) { return rows.text(); };
    return one_row(text_from, look()->settings, person);
}

std::optional<Device> SqliteIndex::device(DeviceId id)
{
    return one_row(device_from, look()->device, id);
}

std::optional<DeviceId> SqliteIndex::device_of_identity(Identity const& identity)
{
    return one_number<DeviceId>(look()->device_of_identity, identity);
}

std::optional<DeviceId> SqliteIndex::device_of_secret(SecretHash const& secret)
{
    return one_number<DeviceId>(look()->device_of_secret, secret);
}

std::vector<Device> SqliteIndex::devices(PersonId person)
{
    std::vector<Device> devices;
    Look reader = look();
    for (SqliteRows rows(reader->devices, person); rows.next();)
        devices.push_back(device_from(rows));
    return devices;
}

std::optional<Invitation> SqliteIndex::invitation(SecretHash const& secret)
{
    auto const invitation_from = [](SqliteRows& rows) {
        return Invitation {rows.bytes<SecretHash>(), rows.number<Invitation::For>(),
            rows.number<PersonId>(), rows.bytes<SecretHash>(), rows.time(), rows.time(),
            rows.number<Invitation::Way>()};
    };
    return one_row(invitation_from, look()->invitation, secret);
}

std::optional<Conversation> SqliteIndex::conversation(Pair pair)
{
    return one_row(conversation_from, look()->conversation, pair.low, pair.high);
}

std::vector<Conversation> SqliteIndex::conversations(
    PersonId person, PersonId after, Among which, std::size_t limit)
{
    std::vector<Conversation> some;
    Look reader = look();
    if (which == Among::asked) { // few, and by an index of their own
        for (SqliteQuery* query : {&reader->lower_asked, &reader->higher_asked})
            for (SqliteRows rows(*query, person); rows.next();)
                some.push_back(conversation_from(rows));
        return some;
    }
    for (SqliteQuery* query : {&reader->with_lower, &reader->with_higher}) {
        std::int64_t const left = at_most(limit - some.size());
        for (SqliteRows rows(*query, person, after, which, left); rows.next();)
            some.push_back(conversation_from(rows));
    }
    return some;
}

BodyBytes SqliteIndex::body_bytes(Pair pair, Seq first, Seq last)
{
    BodyBytes bytes;
    Look reader = look();
    std::int64_t const end = at_most(last);
    for (SqliteRows rows(reader->body_bytes, pair.low, pair.high, first, end); rows.next();) {
        auto const author = rows.number<PersonId>();
        (author == pair.low ? bytes.low : bytes.high) += rows.number();
    }
    return bytes;
}

} // namespace duet
