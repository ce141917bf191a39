#include "store/journal_store.hpp"

#include "core/planted.hpp"
#include "store/record_codec.hpp"

#include <fmt/format.h>

#include <utility>

namespace duet {

namespace {

constexpr std::uint64_t records_to_progress = 100'000;

JournalError undecodable(JournalRecord const& record, BatchNumber batch, RecordFault fault)
{
    if (fault == RecordFault::unknown_kind)
        return {JournalError::Kind::newer_format,
            fmt::format("batch {} has a record of kind {}, which this duet does not know",
                number(batch), record.kind),
            "journal"};
    return {JournalError::Kind::damaged,
        fmt::format("batch {} has a record of kind {} that is none", number(batch), record.kind),
        "journal"};
}

} // namespace

// Start

JournalStore::JournalStore(Index& index, JournalStoreStart const& start)
    : LayeredStore(index), start_(start)
{
}

JournalStore::~JournalStore() = default;

JournalResult<std::unique_ptr<JournalStore>> JournalStore::open(
    Disk& journal, Index& index, JournalStoreStart const& start)
{
    auto store = std::unique_ptr<JournalStore>(new JournalStore(index, start));
    store->journal_ = TRY(
        Journal::open(journal, {BatchNumber {index.position()}, start.salt, start.segment_bytes},
            [&store](JournalBatch const& batch) { return store->replay(batch); }));
    return store;
}

JournalResult<void> JournalStore::replay(JournalBatch const& batch)
{
    std::vector<Record> records;
    for (JournalRecord const& encoded : batch.records) {
        auto record = decode_record(encoded.kind, encoded.payload);
        if (not record.has_value())
            return fail(undecodable(encoded, batch.number, record.error()));
        records.push_back(std::move(*record));
        if (++replayed_ % records_to_progress == 0 and start_.progress)
            start_.progress(replayed_);
    }
    apply(records, number(batch.number));
    return {};
}

// Appending

Result<void> JournalStore::append(std::span<Record const> batch)
{
    if (batch.empty())
        return {};
    if (failure().has_value() or unindexed_bytes() >= start_.unindexed_bytes_max)
        return fail(Error::store_full);

    // The payloads have their places when all are there: until then the bytes may move.
    payloads_.clear();
    std::vector<std::size_t> ends;
    for (Record const& record : batch) {
        encode_record(record, payloads_);
        ends.push_back(payloads_.size());
    }
    records_.clear();
    std::size_t begin = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        Bytes const payload = Bytes(payloads_).subspan(begin, ends[i] - begin);
        records_.push_back({record_kind(batch[i]), payload});
        begin = ends[i];
    }

    auto const appended = journal_->append(records_);
    if (not appended.has_value()) {
        has_failed(appended.error());
        return fail(Error::store_full);
    }
    apply(batch, number(*appended));
    wake();
    return {};
}

// Upkeep

JournalStore::Upkeep JournalStore::bring_up_index()
{
    if (failure().has_value())
        return Upkeep::failed;
    if (not freeze())
        return Upkeep::nothing_to_do;
    if (auto const followed = follow(); not followed.has_value())
        return followed.error().is_full ? has_no_space() : has_failed(followed.error().words);
    // Not before: what is in the index now is synced there.
    bool const is_too_early = planted(Bug::segment_removed_too_early);
    auto const removed =
        journal_->remove_before(is_too_early ? journal_->last() : BatchNumber {index().position()});
    return removed.has_value() ? Upkeep::done : has_failed(removed.error());
}

JournalStore::Upkeep JournalStore::make_ahead()
{
    if (failure().has_value())
        return Upkeep::failed;
    if (not journal_->needs_ahead())
        return Upkeep::nothing_to_do;
    auto const made = journal_->make_ahead();
    return made.has_value() ? Upkeep::done : has_failed(made.error());
}

bool JournalStore::wait_for_unindexed(std::stop_token const& stop)
{
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [this] { return unindexed_bytes() > 0; })
        and not stop.stop_requested();
}

bool JournalStore::wait_for_segment_taken(std::stop_token const& stop)
{
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [this] { return journal_->needs_ahead(); })
        and not stop.stop_requested();
}

void JournalStore::wake()
{
    // With the lock, or it could come between a waiter's look and its sleep.
    std::lock_guard const lock(mutex_);
    changed_.notify_all();
}

// Failure

JournalStore::Upkeep JournalStore::has_failed(std::string words)
{
    std::lock_guard const lock(mutex_);
    if (not failure_.has_value()) // the first is the cause of the others
        failure_ = std::move(words);
    return Upkeep::failed;
}

JournalStore::Upkeep JournalStore::has_failed(JournalError const& error)
{
    return error.kind == JournalError::Kind::store_full ? has_no_space() : has_failed(error.text());
}

JournalStore::Upkeep JournalStore::has_no_space()
{
    ++times_without_space_;
    return Upkeep::no_space;
}

std::optional<std::string> JournalStore::failure()
{
    std::lock_guard const lock(mutex_);
    return failure_;
}

} // namespace duet
