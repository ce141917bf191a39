#include "store/journal_error.hpp"

#include <fmt/format.h>

#include <cstring>

namespace duet {

std::string JournalError::text() const
{
    if (offset == 0)
        return fmt::format("{}: {}", path, words);
    return fmt::format("{} at {}: {}", path, offset, words);
}

JournalError journal_error(DiskError const& error)
{
    JournalError why = journal_failed(error);
    if (error.is_full())
        why.kind = JournalError::Kind::store_full;
    return why;
}

JournalError journal_failed(DiskError const& error)
{
    char room[128];
    return {JournalError::Kind::failed,
        fmt::format("cannot {} it: {}", error.tried, ::strerror_r(error.code, room, sizeof room)),
        error.path, error.offset, error.code};
}

} // namespace duet
