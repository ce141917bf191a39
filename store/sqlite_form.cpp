#include "store/sqlite_form.hpp"

#include <fmt/format.h>

namespace duet {

namespace {

bool is_empty(Sqlite& connection)
{
    SqliteQuery query(connection, "SELECT count(*) FROM sqlite_schema");
    SqliteRows rows(query);
    return rows.next() and rows.number() == 0;
}

} // namespace

Result<void, SqliteFault> bring_up(Sqlite& connection, SqliteForm const& form)
{
    auto const newest = static_cast<std::int64_t>(form.steps.size());
    std::int64_t const found = connection.pragma("user_version");
    bool const is_ours = connection.pragma("application_id") == form.application_id;
    bool const is_new = not is_ours and is_empty(connection);
    if (auto fault = connection.take_fault())
        return fail(std::move(*fault));
    if (not is_ours and not is_new)
        return fail(SqliteFault {false, fmt::format("this is a database, but not {}", form.what)});
    if (found > newest)
        return fail(SqliteFault {false,
            fmt::format("a newer duet has written it: it has form {}, and this duet knows {}",
                found, newest)});
    if (found == newest)
        return {};

    connection.run("BEGIN IMMEDIATE");
    for (char const* const step : form.steps.subspan(static_cast<std::size_t>(found)))
        connection.run(step);
    auto const end = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
        form.application_id, newest);
    connection.run(end.c_str());
    if (auto fault = connection.take_fault())
        return fail(std::move(*fault));
    return {};
}

} // namespace duet
