#include "store/disk.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace duet {

bool DiskError::is_full() const
{
    return code == ENOSPC or code == EDQUOT;
}

std::string DiskError::text() const
{
    // GNU's strerror_r, which knows threads and always gives a text.
    char room[128];
    char const* const words = ::strerror_r(code, room, sizeof room);
    if (offset == 0)
        return fmt::format("cannot {} {}: {}", tried, path, words);
    return fmt::format("cannot {} {} at {}: {}", tried, path, offset, words);
}

} // namespace duet
