// A journal, verified from its oldest segment on, and held against the store: what it says is what is told.
//
// Whoever calls this holds the journal (Journal::hold) or has it alone, so that no segment goes meanwhile.

#pragma once

#include "core/store.hpp"
#include "store/audit.hpp"
#include "store/journal_reader.hpp"

#include <cstdint>

namespace duet {

struct JournalCounts {
    std::uint64_t segments = 0;
    std::uint64_t records = 0;
};

/// Reads every batch up to `until`, which `store` must show by now: each is whole and follows the one
/// before, each record is one, and the store says the same. What differs is told as a fault.
///
/// Errors  the journal is damaged, or cannot be read: with the place.
JournalResult<JournalCounts> audit_journal(
    Disk& disk, BatchNumber until, Store& store, AuditEars const& ears);

} // namespace duet
