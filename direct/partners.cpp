#include "direct/partners.hpp"

#include "base/limits.hpp"
#include "net/descriptor.hpp"
#include "store/sqlite_form.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace duet {

namespace {

constexpr std::int64_t application_id = 0x64756470; // "dudp": whom duet talks with directly

constexpr std::array steps = {
    R"(
CREATE TABLE self (
    id INTEGER PRIMARY KEY CHECK (id = 1), seed BLOB NOT NULL, name TEXT NOT NULL);

CREATE TABLE partner (
    id INTEGER PRIMARY KEY, identity BLOB NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL, seen TEXT NOT NULL, paired INTEGER NOT NULL, met INTEGER NOT NULL,
    is_forgotten INTEGER NOT NULL);

CREATE TABLE link (secret BLOB PRIMARY KEY, expires INTEGER NOT NULL, used_by BLOB) WITHOUT ROWID;

CREATE TABLE code (
    name INTEGER PRIMARY KEY, secret INTEGER NOT NULL, expires INTEGER NOT NULL,
    tries INTEGER NOT NULL);
)",
};

Failure failure(SqliteFault const& fault)
{
    return {"store", "the list of partners: " + fault.words};
}

/// So that a file that was just made is found again after the machine has lost its power.
void sync_directory(std::string const& directory)
{
    Descriptor const folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.is_open())
        ::fsync(folder.number());
}

Partner read_partner(SqliteRows& rows)
{
    Partner partner;
    partner.id = rows.number<PartnerId>();
    partner.identity = rows.bytes<Identity>();
    partner.name = rows.text();
    partner.place = rows.text();
    partner.seen = rows.text();
    partner.paired = rows.time();
    partner.met = rows.time();
    partner.is_forgotten = rows.truth();
    return partner;
}

bool is_letter_or_digit(char letter)
{
    return (letter >= 'a' and letter <= 'z') or (letter >= '0' and letter <= '9');
}

} // namespace

std::string handle_like(std::string const& name)
{
    std::string handle;
    for (char letter : name) {
        if (letter >= 'A' and letter <= 'Z')
            letter = static_cast<char>(letter - 'A' + 'a');
        bool const may_stand = is_letter_or_digit(letter) or letter == '.' or letter == '_';
        if (may_stand)
            handle += letter;
        else if (not handle.ends_with('-'))
            handle += '-';
    }
    auto const first = std::ranges::find_if(handle, is_letter_or_digit);
    handle.erase(handle.begin(), first);
    handle.resize(std::min(handle.size(), limits::handle_bytes_max));
    while (handle.ends_with('-'))
        handle.pop_back();
    return handle.empty() ? "friend" : handle;
}

struct Partners::Queries {
    explicit Queries(Sqlite& connection) : at(connection) { }

    Sqlite& at;

#define DUET_PARTNER                                                                               \
    "SELECT id, identity, name, place, seen, paired, met, is_forgotten FROM partner "
    SqliteQuery self {at, "SELECT seed, name FROM self"};
    SqliteQuery begin_self {at, "INSERT OR IGNORE INTO self VALUES (1, ?, '')"};
    SqliteQuery set_name {at, "UPDATE self SET name = ?"};
    SqliteQuery all {at, DUET_PARTNER "ORDER BY id"};
    SqliteQuery by_id {at, DUET_PARTNER "WHERE id = ?"};
    SqliteQuery by_identity {at, DUET_PARTNER "WHERE identity = ?"};
    SqliteQuery by_name {at, DUET_PARTNER "WHERE name = ?"};
    SqliteQuery by_place {
        at, DUET_PARTNER "WHERE (place = ?1 OR seen = ?1) AND NOT is_forgotten ORDER BY met DESC"};
    SqliteQuery count {at, "SELECT count(*) FROM partner WHERE NOT is_forgotten"};
    SqliteQuery pair {at,
        "INSERT INTO partner (identity, name, place, seen, paired, met, is_forgotten) "
        "VALUES (?1, ?2, '', '', ?3, ?3, 0) ON CONFLICT (identity) DO UPDATE SET "
        "name = excluded.name, paired = excluded.paired, is_forgotten = 0"};
    SqliteQuery note_met {at,
        "UPDATE partner SET place = CASE WHEN ?2 = '' THEN place ELSE ?2 END, "
        "seen = CASE WHEN ?3 = '' THEN seen ELSE ?3 END, met = ?4 WHERE id = ?1"};
    SqliteQuery forget {
        at, "UPDATE partner SET is_forgotten = 1, name = ?2, place = '', seen = '' WHERE id = ?1"};
    SqliteQuery add_link {at, "INSERT OR REPLACE INTO link VALUES (?, ?, NULL)"};
    SqliteQuery use_link {
        at, "UPDATE link SET used_by = ?2 WHERE secret = ?1 AND expires > ?3 AND used_by IS NULL"};
    SqliteQuery used_by {at, "SELECT 1 FROM link WHERE secret = ? AND used_by = ?"};
    SqliteQuery last_code {at, "SELECT coalesce(max(name), 0) FROM code"};
    SqliteQuery end_codes {at, "UPDATE code SET tries = 0, secret = 0"};
    SqliteQuery drop_codes {at, "DELETE FROM code WHERE expires <= ?"};
    SqliteQuery add_code {at, "INSERT INTO code VALUES (?, ?, ?, ?)"};
    SqliteQuery take_try {at,
        "UPDATE code SET tries = tries - 1 WHERE name = ? AND tries > 0 AND expires > ? "
        "RETURNING secret"};
    SqliteQuery use_code {at, "UPDATE code SET tries = 0, secret = 0 WHERE name = ?"};
    SqliteQuery drop_links {at, "DELETE FROM link WHERE expires <= ?"};
#undef DUET_PARTNER
};

Result<std::unique_ptr<Partners>, Failure> Partners::open(
    std::string const& directory, std::array<std::byte, 32> const& seed)
{
    auto connection = Sqlite::open(directory + "/partners.sqlite", Sqlite::Access::write);
    if (not connection.has_value())
        return fail(failure(connection.error()));
    (*connection)->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    SqliteForm const form {application_id, "a list of duet's partners", steps};
    if (auto const made = bring_up(**connection, form); not made.has_value())
        return fail(failure(made.error()));
    auto partners = std::unique_ptr<Partners>(new Partners(std::move(*connection)));
    TRY_VOID(partners->read_self(seed));
    sync_directory(directory);
    return partners;
}

Partners::Partners(std::unique_ptr<Sqlite> connection)
    : connection_(std::move(connection)), queries_(std::make_unique<Queries>(*connection_))
{
}

Partners::~Partners() = default;

Result<void, Failure> Partners::read_self(std::array<std::byte, 32> const& seed)
{
    queries_->begin_self.run(seed);
    if (SqliteRows rows(queries_->self); rows.next()) {
        seed_ = rows.bytes<std::array<std::byte, 32>>();
        name_ = rows.text();
    }
    if (auto const broken = take_failure())
        return fail(*broken);
    keys_ = key_pair_from(seed_);
    return {};
}

void Partners::set_name(std::string const& name)
{
    name_ = name;
    queries_->set_name.run(name);
}

std::vector<Partner> Partners::all()
{
    std::vector<Partner> partners;
    SqliteRows rows(queries_->all);
    while (rows.next())
        partners.push_back(read_partner(rows));
    return partners;
}

std::optional<Partner> Partners::find(PartnerId id)
{
    SqliteRows rows(queries_->by_id, id);
    return rows.next() ? std::optional(read_partner(rows)) : std::nullopt;
}

std::optional<Partner> Partners::find(Identity const& identity)
{
    SqliteRows rows(queries_->by_identity, identity);
    if (not rows.next())
        return std::nullopt;
    auto partner = read_partner(rows);
    return partner.is_forgotten ? std::nullopt : std::optional(std::move(partner));
}

std::optional<Partner> Partners::find(std::string const& name)
{
    SqliteRows rows(queries_->by_name, name);
    return rows.next() ? std::optional(read_partner(rows)) : std::nullopt;
}

std::optional<Partner> Partners::find_at(std::string const& place)
{
    SqliteRows rows(queries_->by_place, place);
    return rows.next() ? std::optional(read_partner(rows)) : std::nullopt;
}

std::string Partners::free_name(std::string const& wanted)
{
    std::string name = wanted;
    for (std::size_t number = 2; find(name).has_value() or name == name_; ++number) {
        std::string const end = '-' + std::to_string(number);
        name = wanted.substr(0, limits::handle_bytes_max - end.size()) + end;
    }
    return name;
}

Result<Partner, Failure> Partners::pair(
    Identity const& identity, std::string const& told_name, Time now)
{
    if (auto known = find(identity); known.has_value())
        return *known;
    std::uint64_t partners = 0;
    if (SqliteRows rows(queries_->count); rows.next())
        partners = rows.number();
    if (partners >= limits::partners_max)
        return fail(Failure {"partners_full", "there are too many partners already"});
    queries_->pair.run(identity, free_name(handle_like(told_name)), now);
    auto paired = find(identity);
    if (auto broken = take_failure())
        return fail(std::move(*broken));
    return *paired;
}

void Partners::note_met(PartnerId id, std::string const& place, std::string const& seen, Time now)
{
    queries_->note_met.run(id, place, seen, now);
}

Result<std::string, Failure> Partners::forget(PartnerId id)
{
    auto const partner = find(id);
    std::string const name = free_name(partner.has_value() ? partner->name + ".old" : "old");
    queries_->forget.run(id, name);
    if (auto broken = take_failure())
        return fail(std::move(*broken));
    return name;
}

void Partners::add_link(SecretHash const& secret, Time expires)
{
    queries_->add_link.run(secret, expires);
}

bool Partners::use_link(SecretHash const& secret, Identity const& identity, Time now)
{
    queries_->drop_links.run(now);
    queries_->use_link.run(secret, identity, now);
    SqliteRows rows(queries_->used_by, secret, identity);
    return rows.next() and not connection_->has_failed();
}

ShortCode Partners::make_code(std::uint32_t secret, Time now)
{
    queries_->drop_codes.run(now);
    queries_->end_codes.run();
    std::uint32_t last = 0;
    if (SqliteRows rows(queries_->last_code); rows.next())
        last = rows.number<std::uint32_t>();
    // So long as an older one might be meant its name is not given again.
    ShortCode const code {last % ShortCode::name_max + 1, secret % ShortCode::secret_count};
    queries_->add_code.run(code.name, code.secret, now + code_life, code_tries_max);
    return code;
}

std::optional<ShortCode> Partners::take_try(std::uint64_t name, Time now)
{
    if (name == 0 or name > ShortCode::name_max)
        return std::nullopt;
    std::optional<ShortCode> code;
    {
        SqliteRows rows(queries_->take_try, name, now);
        if (rows.next())
            code = ShortCode {static_cast<std::uint32_t>(name), rows.number<std::uint32_t>()};
        while (rows.next()) { } // only then it is on disk
    }
    return connection_->has_failed() ? std::nullopt : code;
}

void Partners::use_code(std::uint64_t name)
{
    queries_->use_code.run(name);
}

std::optional<Failure> Partners::take_failure()
{
    auto const fault = connection_->take_fault();
    return fault.has_value() ? std::optional(failure(*fault)) : std::nullopt;
}

} // namespace duet
