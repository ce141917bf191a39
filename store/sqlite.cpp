#include "store/sqlite.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace duet {

namespace {

// Nothing of ours waits for a lock for long: one connection writes, and readers are not in its way.
constexpr int busy_ms_max = 10'000;

/// Whether a failure has a reason of the system's behind it.
bool is_of_system(int code)
{
    return (code & 0xFF) == SQLITE_IOERR or (code & 0xFF) == SQLITE_CANTOPEN;
}

/// Whether a failure means that there is no space, and nothing worse. A failed sync always is worse.
bool means_full(sqlite3* handle, int code)
{
    if (code == SQLITE_FULL)
        return true;
    bool const is_of_sync = code == SQLITE_IOERR_FSYNC or code == SQLITE_IOERR_DIR_FSYNC;
    int const reason = sqlite3_system_errno(handle);
    return is_of_system(code) and not is_of_sync and (reason == ENOSPC or reason == EDQUOT);
}

SqliteFault fault_of(sqlite3* handle, int code)
{
    std::string words = fmt::format("{} (SQLite's code {})", sqlite3_errmsg(handle), code);
    if (is_of_system(code))
        words += fmt::format(", system's error {}", sqlite3_system_errno(handle));
    return {means_full(handle, code), std::move(words)};
}

} // namespace

// Connections

Result<std::unique_ptr<Sqlite>, SqliteFault> Sqlite::open(std::string const& path, Access access)
{
    if (access == Access::write) {
        // SQLite would make it readable for everybody; the files that it puts beside it follow suit.
        int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0) {
            int const reason = errno;
            return fail(SqliteFault {reason == ENOSPC or reason == EDQUOT,
                fmt::format("cannot open {}, system's error {}", path, reason)});
        }
        ::close(descriptor);
    }

    auto connection = std::unique_ptr<Sqlite>(new Sqlite);
    int const flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        | (access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    int const code = sqlite3_open_v2(path.c_str(), &connection->handle_, flags, nullptr);
    if (connection->handle_ == nullptr)
        give_up("no memory for a connection to the index");
    if (code != SQLITE_OK)
        return fail(fault_of(connection->handle_, code));

    sqlite3_busy_timeout(connection->handle_, busy_ms_max);
    sqlite3_db_config(
        connection->handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, static_cast<int*>(nullptr));
    // This takes the place of SQLite's own hook, which would move the log by itself after commits.
    // (PRAGMA wal_autocheckpoint would bring it back, even with 0.)
    sqlite3_wal_hook(
        connection->handle_,
        [](void* self, sqlite3*, char const*, int pages) {
            static_cast<Sqlite*>(self)->log_pages_ = pages;
            return SQLITE_OK;
        },
        connection.get());
    return connection;
}

Sqlite::~Sqlite()
{
    // All its queries are gone by now, so this closes it at once.
    if (handle_ != nullptr)
        check(sqlite3_close(handle_) == SQLITE_OK);
}

void Sqlite::run(char const* statements)
{
    if (not has_failed())
        note(sqlite3_exec(handle_, statements, nullptr, nullptr, nullptr));
}

std::int64_t Sqlite::pragma(std::string_view name)
{
    std::string const statement = fmt::format("PRAGMA {}", name);
    SqliteQuery query(*this, statement.c_str());
    SqliteRows rows(query);
    return rows.next() ? rows.number<std::int64_t>() : 0;
}

void Sqlite::checkpoint()
{
    if (has_failed())
        return;
    int const code =
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_BUSY and not means_full(handle_, code))
        note(code);
}

Result<void, SqliteFault> Sqlite::copy_to(std::string const& path)
{
    auto const target = TRY(open(path, Access::write));
    target->run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    sqlite3_backup* const copy = sqlite3_backup_init(target->handle_, "main", handle_, "main");
    if (copy == nullptr)
        return fail(fault_of(target->handle_, sqlite3_extended_errcode(target->handle_)));
    int const step = sqlite3_backup_step(copy, -1); // in one step: so it is one moment's
    int const finish = sqlite3_backup_finish(copy);
    // A step that met a lock ends early, and finish does not say so.
    if (int const code = step == SQLITE_DONE ? finish : step; code != SQLITE_OK)
        return fail(fault_of(target->handle_, code));
    return {};
}

void Sqlite::note(int code)
{
    if (code != SQLITE_OK and code != SQLITE_ROW and code != SQLITE_DONE and not has_failed())
        fault_ = fault_of(handle_, code);
}

std::optional<SqliteFault> Sqlite::take_fault()
{
    if (has_failed() and sqlite3_get_autocommit(handle_) == 0)
        sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    return std::exchange(fault_, std::nullopt);
}

// Statements

SqliteQuery::SqliteQuery(Sqlite& connection, char const* statement) : connection_(connection)
{
    if (not connection_.has_failed())
        connection_.note(sqlite3_prepare_v3(
            connection_.handle_, statement, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr));
}

SqliteQuery::~SqliteQuery()
{
    sqlite3_finalize(handle_); // of nothing: does nothing
}

// Rows

SqliteRows::~SqliteRows()
{
    sqlite3_reset(query_.handle_); // its failure has been noted by `next`
}

bool SqliteRows::next()
{
    if (query_.connection_.has_failed())
        return false;
    column_ = 0;
    int const code = sqlite3_step(query_.handle_);
    query_.connection_.note(code);
    return code == SQLITE_ROW;
}

bool SqliteRows::is_null() const
{
    return sqlite3_column_type(query_.handle_, column_) == SQLITE_NULL;
}

void SqliteRows::bind_null()
{
    if (not query_.connection_.has_failed())
        query_.connection_.note(sqlite3_bind_null(query_.handle_, ++values_));
}

void SqliteRows::bind_integer(std::int64_t value)
{
    if (not query_.connection_.has_failed())
        query_.connection_.note(sqlite3_bind_int64(query_.handle_, ++values_, value));
}

void SqliteRows::bind_text(std::string_view value)
{
    if (query_.connection_.has_failed())
        return;
    char const* const data = value.empty() ? "" : value.data(); // nullptr would be a null
    query_.connection_.note(sqlite3_bind_text64(
        query_.handle_, ++values_, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void SqliteRows::bind_bytes(Bytes value)
{
    if (query_.connection_.has_failed())
        return;
    void const* const data = value.empty() ? static_cast<void const*>("") : value.data();
    query_.connection_.note(
        sqlite3_bind_blob64(query_.handle_, ++values_, data, value.size(), SQLITE_STATIC));
}

std::int64_t SqliteRows::integer()
{
    return sqlite3_column_int64(query_.handle_, column_++);
}

Bytes SqliteRows::blob()
{
    // The pointer first, then the size: the other way round the size may be of another form.
    auto const* const data =
        static_cast<std::byte const*>(sqlite3_column_blob(query_.handle_, column_));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(query_.handle_, column_));
    ++column_;
    return {data, size};
}

void SqliteRows::copy(Bytes from, std::span<std::byte> to)
{
    if (from.size() == to.size())
        std::ranges::copy(from, to.begin());
}

} // namespace duet
