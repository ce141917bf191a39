// SQLite, as much of it as an index needs: a connection, prepared statements, and rows.
//
// A connection and its statements belong to one thread at a time. The first thing that goes wrong on a
// connection is kept; from then on its statements do nothing and have no rows, until it is asked for by
// `take_fault`. So a run of statements is looked at once, at its end, and nothing false is read before.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/ids.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace duet {

struct SqliteFault {
    bool is_full; // no space: the transaction is undone, nothing is broken
    std::string words;
};

class Sqlite {
public:
    enum class Access { read, write };

    /// Opens a file, which is made (readable by its owner alone) if it is to be written. Nothing is done
    /// when the connection closes that could take long: the write-ahead log is left as it is.
    static Result<std::unique_ptr<Sqlite>, SqliteFault> open(
        std::string const& path, Access access);

    ~Sqlite();
    Sqlite(Sqlite const&) = delete;
    Sqlite& operator=(Sqlite const&) = delete;

    /// Runs statements that have no values and no rows of interest.
    void run(char const* statements);

    /// The value of a pragma that is a number.
    std::int64_t pragma(std::string_view name);

    /// Moves what is committed from the write-ahead log into the file, as far as no reader is in the
    /// way. No space is no fault here: it is done another time.
    void checkpoint();

    /// Copies the whole database, as this connection sees it, into a file that has nothing yet. Nothing of
    /// it is synced.
    Result<void, SqliteFault> copy_to(std::string const& path);

    /// How many pages the write-ahead log had after the last commit of this connection.
    [[nodiscard]] int log_pages() const { return log_pages_; }

    [[nodiscard]] bool has_failed() const { return fault_.has_value(); }

    /// What went wrong since it was last asked, if anything. Any transaction is undone by then.
    std::optional<SqliteFault> take_fault();

private:
    friend class SqliteQuery;
    friend class SqliteRows;

    Sqlite() = default;
    void note(int code);

    sqlite3* handle_ = nullptr;
    std::optional<SqliteFault> fault_;
    int log_pages_ = 0;
};

/// A prepared statement, kept for as long as its connection.
class SqliteQuery {
public:
    SqliteQuery(Sqlite& connection, char const* statement);
    ~SqliteQuery();
    SqliteQuery(SqliteQuery const&) = delete;
    SqliteQuery& operator=(SqliteQuery const&) = delete;

    /// Runs it once with these values, as SqliteRows does; for statements without rows.
    template <typename... Values>
    void run(Values const&... values);

private:
    friend class SqliteRows;

    Sqlite& connection_;
    sqlite3_stmt* handle_ = nullptr;
};

/// One run of a query, and its rows. Its end is the end of what it reads, so it should be short.
///
/// Values that are given stand for the statement's `?`s in their order (no value: a null), and must
/// outlive this. Columns are taken from the left to the right, each once.
class SqliteRows {
public:
    template <typename... Values>
    explicit SqliteRows(SqliteQuery& query, Values const&... values) : query_(query)
    {
        (bind(values), ...);
    }

    ~SqliteRows();
    SqliteRows(SqliteRows const&) = delete;
    SqliteRows& operator=(SqliteRows const&) = delete;

    /// Goes to the next row; false if there is none.
    bool next();

    template <typename Number = std::uint64_t>
    Number number()
    {
        return static_cast<Number>(static_cast<std::uint64_t>(integer()));
    }

    bool truth() { return integer() != 0; }
    Time time() { return Time(std::chrono::milliseconds(integer())); }
    std::string text() { return std::string(as_text(blob())); }

    /// So many bytes; zeros if the column does not have exactly so many.
    template <typename Array>
    Array bytes()
    {
        Array array {};
        copy(blob(), array);
        return array;
    }

    /// Whether the next column is null. It is not taken.
    [[nodiscard]] bool is_null() const;

    void skip() { ++column_; }

private:
    template <typename Value>
    void bind(Value const& value)
    {
        if constexpr (requires { value.has_value(); })
            value.has_value() ? bind(*value) : bind_null();
        else if constexpr (std::same_as<Value, Time>)
            bind_integer(value.time_since_epoch().count());
        else if constexpr (std::is_enum_v<Value> or std::integral<Value>)
            bind_integer(static_cast<std::int64_t>(value));
        else if constexpr (std::convertible_to<Value const&, std::string_view>)
            bind_text(value);
        else
            bind_bytes(value);
    }

    void bind_null();
    void bind_integer(std::int64_t value);
    void bind_text(std::string_view value);
    void bind_bytes(Bytes value);

    std::int64_t integer();
    Bytes blob();
    static void copy(Bytes from, std::span<std::byte> to);

    SqliteQuery& query_;
    int values_ = 0;
    int column_ = 0;
};

template <typename... Values>
void SqliteQuery::run(Values const&... values)
{
    SqliteRows(*this, values...).next();
}

} // namespace duet
