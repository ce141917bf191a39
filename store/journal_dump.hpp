// A journal in words: every segment that is there, every record in it, and what lies between them.
//
// It is for the eyes of whoever looks for what went wrong: so it reads on behind damage, and judges
// nothing. On a journal that is being written it may see half of the newest batch.

#pragma once

#include "store/journal_error.hpp"
#include "store/journal_format.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace duet {

/// What a payload says, on one line. `hex` is one that always can.
using PayloadPrinter = std::function<std::string(JournalRecord const& record)>;

/// "68656c6c6f"
std::string hex(JournalRecord const& record);

/// Gives `print` one line after another, without its \n:
///
///   segment-0000000007  67108864 bytes, from batch 120, salt 8a2f00c3d1e4b596
///     batch 120 at 64, kind 1, 5 bytes: 68656c6c6f
///     batch 120 at 104, kind 1, 2 bytes, last: 6869
///     from 144: zeros to the end
///
/// Errors  those of the disk alone.
JournalResult<void> dump_journal(Disk& disk, PayloadPrinter const& payload,
    std::function<void(std::string_view line)> const& print);

} // namespace duet
