#include "store/journal.hpp"

#include "base/check.hpp"
#include "core/planted.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <tuple>
#include <utility>

namespace duet {

namespace {

constexpr char const* spare_name = "spare";

// The segment that a start is writing; it gets its number when all of it is there.
constexpr char const* unfinished_name = "segment.new";

constexpr std::size_t block_bytes = 1024 * 1024; // written at once
constexpr std::size_t buffer_bytes_kept = 4 * 1024 * 1024;

/// Writes one after the other, in large blocks.
class Writer {
public:
    explicit Writer(File& file) : file_(file) { }

    std::vector<std::byte>& bytes() { return bytes_; }
    [[nodiscard]] std::uint64_t end() const { return written_ + bytes_.size(); }

    DiskResult<void> flush(std::size_t bytes_least)
    {
        if (bytes_.size() < bytes_least)
            return {};
        TRY_VOID(file_.write(written_, bytes_));
        written_ += bytes_.size();
        bytes_.clear();
        return {};
    }

private:
    File& file_;
    std::uint64_t written_ = 0;
    std::vector<std::byte> bytes_;
};

} // namespace

Journal::Journal(Disk& disk, JournalStart const& start)
    : disk_(disk)
    , salt_(start.salt)
    , segment_bytes_(start.segment_bytes)
    , end_(start.segment_bytes) // full: the first append takes a new one
    , last_(start.indexed)
{
    check(segment_bytes_ % record_unit_bytes == 0);
    check(segment_bytes_ > segment_header_bytes);
    check(segment_bytes_ <= segment_bytes_most);
}

JournalResult<std::unique_ptr<Journal>> Journal::open(
    Disk& disk, JournalStart const& start, BatchVisitor const& visit)
{
    std::unique_ptr<Journal> journal(new Journal(disk, start));
    TRY_VOID(journal->begin(visit));
    return journal;
}

JournalResult<void> Journal::begin(BatchVisitor const& visit)
{
    auto const before = TRY(segments_in(disk_));
    std::optional<JournalReader> reader;
    if (not before.empty() or number(last()) != 0)
        reader.emplace(TRY(JournalReader::open(disk_, last())));
    TRY_VOID(remove_leftovers());

    SegmentNumber const segment = before.empty() ? SegmentNumber {1} : next(before.back());
    segments_.push_back({segment, next(last())});
    newest_ = segment;
    auto const written = write_again(reader.has_value() ? &*reader : nullptr, visit);
    if (not written.has_value()) {
        // Its space may be needed before the next start. That start removes it if this does not.
        std::ignore = disk_.remove(unfinished_name);
        return written;
    }

    // From here on the new segment is the journal; what is older was all written again, or is indexed.
    TRY_VOID(in_journal(disk_.rename(unfinished_name, segment_name(segment))));
    TRY_VOID(in_journal(disk_.sync_directory()));
    for (SegmentNumber const older : before)
        TRY_VOID(in_journal(disk_.remove(segment_name(older))));
    return in_journal(disk_.sync_directory());
}

/// Writes what `reader` gives into a segment without a name.
JournalResult<void> Journal::write_again(JournalReader* reader, BatchVisitor const& visit)
{
    file_ = TRY(in_journal(disk_.create(unfinished_name)));
    Writer writer(*file_);
    encode_header({segments_.back().number, salt_, segments_.back().first}, writer.bytes());

    auto const again = [&](JournalBatch const& batch) -> JournalResult<void> {
        if (writer.end() + batch.bytes > segment_bytes_most)
            return fail(JournalError {JournalError::Kind::failed,
                "what is not indexed is more than a segment can hold",
                disk_.path(segment_name(batch.place.segment)), batch.place.offset});
        Place const place {segments_.back().number, writer.end()};
        encode_batch(place, salt_, batch.number, batch.records, writer.bytes());
        TRY_VOID(in_journal(writer.flush(block_bytes)));
        ++found_.batches;
        return visit(batch);
    };
    if (reader != nullptr) {
        JournalEnd const end = TRY(reader->read(again));
        last_ = end.last;
        found_.torn = end.torn;
    }
    TRY_VOID(in_journal(writer.flush(0)));
    if (planted(Bug::tail_not_synced))
        return {};
    return in_journal(file_->sync());
}

/// Removes what a process that died was about to make.
JournalResult<void> Journal::remove_leftovers()
{
    for (std::string const& name : TRY(in_journal(disk_.names())))
        if (name == spare_name or name == unfinished_name)
            TRY_VOID(in_journal(disk_.remove(name)));
    return {};
}

JournalResult<BatchNumber> Journal::append(std::span<JournalRecord const> records)
{
    if (has_failed_)
        return fail(failed_before());
    std::uint64_t const bytes = batch_bytes(records);
    if (bytes > batch_bytes_max())
        return fail(JournalError {JournalError::Kind::batch_too_large,
            fmt::format(
                "a batch of {} bytes does not fit into a segment of {} (journal_segment_bytes)",
                bytes, segment_bytes_),
            disk_.path("")});

    BatchNumber const batch = next(last());
    buffer_.clear();
    if (end_ + bytes > segment_bytes_) {
        TRY_VOID(take_spare());
        encode_header({newest_, salt_, batch}, buffer_);
    }
    Place const place {newest_, end_ + buffer_.size()};
    encode_batch(place, salt_, batch, records, buffer_);

    // One write, one sync; and no second try after either.
    if (auto const written = file_->write(end_, buffer_); not written.has_value())
        return fail(has_failed(journal_failed(written.error())));
    auto const synced = planted(Bug::told_before_stored) ? DiskResult<void> {} : file_->sync();
    if (not synced.has_value())
        return fail(has_failed(journal_failed(synced.error())));
    end_ += buffer_.size();
    last_ = batch;
    if (buffer_.capacity() > buffer_bytes_kept)
        buffer_ = {};
    return batch;
}

/// Makes the spare segment the newest.
JournalResult<void> Journal::take_spare()
{
    std::lock_guard const lock(mutex_);
    if (not spare_)
        TRY_VOID(make_spare());
    SegmentNumber const segment = next(segments_.back().number);
    if (auto const renamed = disk_.rename(spare_name, segment_name(segment));
        not renamed.has_value()) {
        // A name that found no room has changed nothing, and is tried again with the next batch.
        JournalError const why = journal_error(renamed.error());
        return fail(why.kind == JournalError::Kind::store_full ? why : has_failed(why));
    }
    if (auto const synced = disk_.sync_directory(); not synced.has_value())
        return fail(has_failed(journal_failed(synced.error())));
    file_ = std::move(spare_);
    has_spare_ = false;
    segments_.push_back({segment, next(last())});
    newest_ = segment;
    end_ = 0;
    return {};
}

JournalResult<void> Journal::make_ahead()
{
    std::lock_guard const lock(mutex_);
    if (has_failed_)
        return fail(failed_before());
    if (spare_)
        return {};
    return make_spare();
}

/// The lock is held.
JournalResult<void> Journal::make_spare()
{
    if (auto const filled = fill_spare(); not filled.has_value()) {
        JournalError const why = journal_error(filled.error());
        spare_.reset();
        if (why.kind != JournalError::Kind::store_full)
            return fail(has_failed(why));
        // What there is of it takes space that others need more.
        if (auto const removed = disk_.remove(spare_name);
            not removed.has_value() and removed.error().code != ENOENT)
            return fail(has_failed(journal_failed(removed.error())));
        return fail(why);
    }
    has_spare_ = true;
    return {};
}

/// Zeros that are really written: of blocks that were only promised, a sync would have to write down that
/// they are in use now.
DiskResult<void> Journal::fill_spare()
{
    static constexpr std::array<std::byte, 64 * 1024> zeros {};
    spare_ = TRY(disk_.create(spare_name));
    for (std::uint64_t offset = 0; offset < segment_bytes_; offset += zeros.size()) {
        std::uint64_t const rest = segment_bytes_ - offset;
        TRY_VOID(
            spare_->write(offset, Bytes(zeros).first(std::min<std::uint64_t>(zeros.size(), rest))));
    }
    return spare_->sync();
}

JournalResult<void> Journal::remove_before(BatchNumber indexed)
{
    std::lock_guard const lock(mutex_);
    if (has_failed_)
        return fail(failed_before());
    if (holds_ > 0)
        return {};
    std::size_t gone = 0;
    while (gone + 1 < segments_.size() and segments_[gone + 1].first <= next(indexed)) {
        auto const removed = disk_.remove(segment_name(segments_[gone].number));
        if (not removed.has_value())
            return fail(has_failed(journal_failed(removed.error())));
        ++gone;
    }
    if (gone == 0)
        return {};
    segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(gone));
    if (auto const synced = disk_.sync_directory(); not synced.has_value())
        return fail(has_failed(journal_failed(synced.error())));
    return {};
}

Journal::Hold Journal::hold()
{
    return Hold(*this);
}

std::uint64_t Journal::batch_bytes_max() const
{
    return segment_bytes_ - segment_header_bytes;
}

JournalError Journal::has_failed(JournalError error)
{
    has_failed_ = true;
    error.kind = JournalError::Kind::failed;
    return error;
}

JournalError Journal::failed_before() const
{
    return {JournalError::Kind::failed, "the journal has failed before, and takes nothing any more",
        disk_.path("")};
}

Journal::Hold::Hold(Journal& journal) : journal_(&journal)
{
    std::lock_guard const lock(journal_->mutex_);
    ++journal_->holds_;
}

Journal::Hold::Hold(Hold&& other) noexcept : journal_(std::exchange(other.journal_, nullptr)) { }

Journal::Hold::~Hold()
{
    if (journal_ == nullptr)
        return;
    std::lock_guard const lock(journal_->mutex_);
    --journal_->holds_;
}

} // namespace duet
