#include "store/index_file.hpp"

#include "store/sqlite.hpp"

#include <utility>

namespace duet {

namespace {

IndexFault index_fault(SqliteFault fault)
{
    return {fault.is_full, std::move(fault.words)};
}

std::vector<std::string> quick_check(Sqlite& connection)
{
    std::vector<std::string> faults;
    SqliteQuery query(connection, "PRAGMA quick_check");
    SqliteRows rows(query);
    while (rows.next())
        if (auto words = rows.text(); words != "ok")
            faults.push_back(std::move(words));
    return faults;
}

std::uint64_t position_of(Sqlite& connection)
{
    SqliteQuery query(connection, "SELECT position FROM state");
    SqliteRows rows(query);
    return rows.next() ? rows.number() : 0;
}

} // namespace

Result<std::vector<std::string>, IndexFault> faults_of_index(std::string const& path)
{
    auto connection = Sqlite::open(path, Sqlite::Access::read);
    if (not connection.has_value())
        return fail(index_fault(connection.error()));
    auto faults = quick_check(**connection);
    if (auto fault = (*connection)->take_fault())
        return fail(index_fault(std::move(*fault)));
    return faults;
}

Result<std::uint64_t, IndexFault> copy_index(std::string const& path, std::string const& copy)
{
    auto connection = Sqlite::open(path, Sqlite::Access::read);
    if (not connection.has_value())
        return fail(index_fault(connection.error()));
    // In one transaction with the copy, so that both are of one moment.
    (*connection)->run("BEGIN");
    std::uint64_t const position = position_of(**connection);
    auto const copied = (*connection)->copy_to(copy);
    (*connection)->run("COMMIT");
    if (auto fault = (*connection)->take_fault())
        return fail(index_fault(std::move(*fault)));
    if (not copied.has_value())
        return fail(index_fault(copied.error()));
    return position;
}

} // namespace duet
