#include "store/journal_audit.hpp"

#include "store/record_codec.hpp"
#include "store/record_words.hpp"

#include <fmt/format.h>

#include <optional>
#include <variant>

namespace duet {

namespace {

/// Whether the store says what a record says. What later records may have altered is not looked at.
class Agreement {
public:
    explicit Agreement(Store& store) : store_(store) { }

    bool operator()(Entry const& entry)
    {
        auto const found = store_.feed_entry(entry.author, entry.feed_of(entry.author));
        bool const is_there = found.has_value() and found->pair == entry.pair
            and found->seq == entry.seq and found->device == entry.device and found->n == entry.n
            and found->hash == entry.hash;
        if (not is_there or entry.device == DeviceId {})
            return is_there;
        Answer const right {entry.hash, std::nullopt, entry.pair, entry.seq,
            entry.feed_of(entry.author), entry.time};
        return store_.answer(entry.device, entry.n) == right;
    }

    bool operator()(Refusal const& refusal)
    {
        auto const answer = store_.answer(refusal.device, refusal.n);
        return answer.has_value() and answer->refused == refusal.error
            and answer->hash == refusal.hash;
    }

    bool operator()(PersonAdded const& added)
    {
        auto const person = store_.person(added.person);
        return person.has_value() and person->handle == added.handle;
    }

    bool operator()(PersonAwaited const& awaited)
    {
        auto const person = store_.person(awaited.person);
        return person.has_value() and person->handle == awaited.handle;
    }

    bool operator()(DeviceAdded const& added)
    {
        auto const device = store_.device(added.device);
        return device.has_value() and device->person == added.person
            and device->identity == added.identity and device->secret == added.secret;
    }

    bool operator()(DeviceRevoked const& revoked)
    {
        auto const device = store_.device(revoked.device);
        return device.has_value() and device->is_revoked;
    }

    bool operator()(Invitation const& invitation)
    {
        auto const found = store_.invitation(invitation.secret);
        return found.has_value() and found->what == invitation.what and found->by == invitation.by
            and found->with == invitation.with and found->way == invitation.way;
    }

    bool operator()(ContactMade const& made) { return store_.are_contacts(made.pair); }

    bool operator()(Mark const& mark)
    {
        Mark const now = store_.mark(mark.pair, mark.who);
        return now.delivered >= mark.delivered and now.read >= mark.read;
    }

    bool operator()(PlainCursor const& cursor)
    {
        auto const device = store_.device(cursor.device);
        return device.has_value() and device->plain_cursor >= cursor.feed;
    }

    bool operator()(PersonErased const& erased)
    {
        auto const person = store_.person(erased.person);
        return person.has_value() and person->is_erased;
    }

    bool operator()(EpochBegun const& begun)
    {
        last_epoch = begun.epoch;
        return true;
    }

    template <typename Other>
    bool operator()(Other const&)
    {
        return true;
    }

    std::optional<Epoch> last_epoch;

private:
    Store& store_;
};

/// The batch before the first that the oldest segment may hold.
JournalResult<BatchNumber> before_the_oldest(Disk& disk, std::vector<SegmentNumber> const& segments)
{
    if (segments.empty())
        return BatchNumber {0};
    auto reader = TRY(in_journal(SegmentReader::open(disk, segments.front())));
    auto const header = TRY(in_journal(reader.header()));
    if (not header.has_value())
        return fail(JournalError {JournalError::Kind::damaged, "the oldest segment has no header",
            disk.path(segment_name(segments.front()))});
    return BatchNumber {number(header->first) - 1};
}

} // namespace

JournalResult<JournalCounts> audit_journal(
    Disk& disk, BatchNumber until, Store& store, AuditEars const& ears)
{
    JournalCounts counts;
    Agreement agrees(store);
    auto const visit = [&](JournalBatch const& batch) -> JournalResult<void> {
        for (JournalRecord const& encoded : batch.records) {
            ++counts.records;
            auto const record = decode_record(encoded.kind, encoded.payload);
            if (not record.has_value())
                ears.fault(
                    fmt::format("batch {} of the journal has a record of kind {} that is none",
                        number(batch.number), encoded.kind));
            else if (not std::visit(agrees, *record))
                ears.fault(
                    fmt::format("the store does not say what batch {} of the journal says: {}",
                        number(batch.number), in_words(*record)));
        }
        return {};
    };
    auto const segments = TRY(segments_in(disk));
    counts.segments = segments.size();
    BatchNumber const after = TRY(before_the_oldest(disk, segments));
    auto reader = TRY(JournalReader::open(disk, after));
    TRY_VOID(reader.read(visit, until));
    if (agrees.last_epoch.has_value() and *agrees.last_epoch != store.epoch())
        ears.fault("the store has another epoch than the journal");
    return counts;
}

} // namespace duet
