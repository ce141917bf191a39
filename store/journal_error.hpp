// Why a journal did not do what it was asked: what kind of trouble it is, which decides what is to be
// done, and where.

#pragma once

#include "store/disk.hpp"

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace duet {

struct JournalError {
    enum class Kind {
        store_full,      // no space for a new segment: nothing was written, try again later
        batch_too_large, // it fits into no segment: nothing was written
        failed,       // the disk said no. Nobody knows what it holds: stop the process, start again
        damaged,      // what is on disk is not what was written there: a human must look
        newer_format, // a newer duet has written it; nothing was changed
    };

    Kind kind;
    std::string words; // without its place: "batch 7 is damaged: …"
    std::string path;
    std::uint64_t offset = 0;
    int code = 0; // errno, or 0 if no call of the system is to blame

    /// "data/journal/segment-0000000002 at 4096: batch 7 is damaged: …"
    [[nodiscard]] std::string text() const;
};

template <typename Value>
using JournalResult = Result<Value, JournalError>;

/// What an error of the disk means where no segment in use is at stake: `store_full` or `failed`.
JournalError journal_error(DiskError const& error);

/// What every error of the disk means for a segment in use: `failed`.
JournalError journal_failed(DiskError const& error);

/// The same result, with the error of a journal: so TRY can be used on it.
template <typename Value>
JournalResult<Value> in_journal(DiskResult<Value> result)
{
    if (not result.has_value())
        return fail(journal_error(result.error()));
    if constexpr (std::is_void_v<Value>)
        return {};
    else
        return std::move(result).value();
}

} // namespace duet
