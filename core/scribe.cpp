#include "core/scribe.hpp"

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/limits.hpp"
#include "core/planted.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace duet {

namespace {

/// So many heads of each kind are kept in memory between batches; then all are asked for anew.
constexpr std::size_t heads_max = 1'000'000;

/// Rare, and decided by looking up what others of its kind may have written: each in a batch of its
/// own, so that everything looked up is on disk.
bool stands_alone(Draft const& draft)
{
    return not std::holds_alternative<SayDraft>(draft)
        and not std::holds_alternative<MarkDraft>(draft)
        and not std::holds_alternative<PlainCursorDraft>(draft)
        and not std::holds_alternative<GoneDraft>(draft);
}

Asker asker_of(Draft const& draft)
{
    return std::visit(
        [](auto const& one) {
            if constexpr (requires { one.asker; })
                return one.asker;
            else
                return Asker {};
        },
        draft);
}

/// Not stored with a refusal: whoever asks again says the same text again.
std::optional<std::uint64_t> offset_of(Say const& say, Error error)
{
    return error == Error::control_character ? control_character_in(say.text) : std::nullopt;
}

Result<void> check_said(Say const& say)
{
    if (say.kind == Kind::request)
        return check_request(say.text);
    if (say.kind != Kind::text)
        return fail(Error::kind_unknown);
    return check_message(say.text);
}

} // namespace

BodyHash hash_of(Say const& say)
{
    char const kind = static_cast<char>(say.kind);
    return hash_128({say.to, std::string_view(&kind, 1), say.text});
}

bool is_open(Stance const& stance, Time now)
{
    return stance.asked != Time {} and now < stance.asked + limits::request_life;
}

SecretHash hash_of_secret(std::string const& secret)
{
    return hash_256({"duet/1 secret", secret});
}

Scribe::Scribe(Store& store) : store_(store) { }

std::vector<Outcome> Scribe::write(std::span<Draft const> drafts)
{
    for (Draft const& draft : drafts) {
        bool const is_alone = stands_alone(draft);
        if (is_alone)
            commit();
        batch_.push_back(&draft);
        std::visit([this](auto const& one) { decide(one); }, draft);
        if (is_alone)
            commit();
    }
    commit();
    return std::exchange(done_, {});
}

// Saying

void Scribe::decide(SayDraft const& draft)
{
    Head& head = head_of(draft.device);
    N const expected = next(head.last_n);
    BodyHash const hash = hash_of(draft.say);
    if (head.is_revoked) {
        outcomes_.push_back(Denied {draft.asker, Error::device_revoked});
        return;
    }
    bool const is_again = planted(Bug::n_taken_twice) and draft.say.n == head.last_n;
    if (draft.say.n < expected and not is_again)
        return answer_again(draft, hash, head.last_n);
    if (draft.say.n > expected) {
        outcomes_.push_back(Postponed {draft.asker, expected, Error::n_skipped});
        return;
    }

    head.last_n = draft.say.n;
    auto const to = receiver_of(draft);
    if (not to.has_value())
        return refuse(draft, hash, to.error());
    append_entry(draft, hash, *to);
}

Result<Scribe::Receiver> Scribe::receiver_of(SayDraft const& draft)
{
    TRY_VOID(check_said(draft.say));
    if (stored_bytes_of(draft.person) + draft.say.text.size() > limits::stored_bytes_person_max)
        return fail(Error::over_quota);
    if (draft.say.kind == Kind::request)
        return asked_of(draft);
    auto const to = holder_of(draft.say.to);
    // Nobody of that name, and somebody who is no contact: alike, so that names cannot be tried out.
    if (not to.has_value())
        return fail(Error::not_connected);
    if (to->id == draft.person)
        return fail(Error::to_oneself);
    Bond const& bond = bond_of(Pair::of(draft.person, to->id));
    Stance const& own = bond.of(draft.person);
    if (own.blocks)
        return fail(Error::blocked);
    if (not bond.are_contacts)
        return fail(is_open(own, draft.time) ? Error::request_waiting : Error::not_connected);
    // Whoever has left, and whoever wants to hear nothing: alike, too.
    if (to->is_erased or (bond.of(to->id).blocks and not planted(Bug::blocked_is_heard)))
        return fail(Error::not_reachable);
    return Receiver {to->id};
}

void Scribe::append_entry(SayDraft const& draft, BodyHash const& hash, Receiver to)
{
    Pair const pair = Pair::of(draft.person, to.id);
    Entry entry {pair, {}, draft.person, draft.device, draft.say.n, {}, {}, draft.time,
        draft.say.kind, hash, draft.say.text};
    give_numbers(entry, to.hears);
    answers_[number(draft.device)][number(draft.say.n)] = {
        hash, std::nullopt, pair, entry.seq, entry.feed_of(draft.person), draft.time};
    records_.push_back(entry);
    outcomes_.push_back(Appended {draft.asker, std::move(entry)});
}

/// The next numbers of its conversation and of the feeds of those who hear it: its author always does.
void Scribe::give_numbers(Entry& entry, bool is_heard)
{
    Seq& seq = seq_of(entry.pair);
    seq = next(seq);
    entry.seq = seq;
    for (PersonId const person : {entry.pair.low, entry.pair.high}) {
        if (person != entry.author and not is_heard)
            continue;
        Feed& feed = feed_of(person);
        feed = next(feed);
        (person == entry.pair.low ? entry.feed_low : entry.feed_high) = feed;
    }
    stored_bytes_of(entry.author) += entry.body.size();
}

void Scribe::refuse(SayDraft const& draft, BodyHash const& hash, Error error)
{
    answers_[number(draft.device)][number(draft.say.n)] = {hash, error, {}, {}, {}, draft.time};
    if (not planted(Bug::refusal_not_stored))
        records_.push_back(Refusal {draft.device, draft.say.n, error, hash, draft.time});
    outcomes_.push_back(
        RefusedForGood {draft.asker, draft.say.n, error, offset_of(draft.say, error)});
}

void Scribe::answer_again(SayDraft const& draft, BodyHash const& hash, N last_n)
{
    auto const& of_device = answers_[number(draft.device)];
    auto const in_batch = of_device.find(number(draft.say.n));
    auto const answer = in_batch != of_device.end() ? std::optional(in_batch->second)
                                                    : store_.answer(draft.device, draft.say.n);
    check(answer.has_value()); // every n up to the last was answered, and answers are never lost
    if (answer->hash != hash and not planted(Bug::answer_for_another_body))
        outcomes_.push_back(Reused {draft.asker, draft.say.n, last_n});
    else if (answer->refused.has_value())
        outcomes_.push_back(RefusedForGood {
            draft.asker, draft.say.n, *answer->refused, offset_of(draft.say, *answer->refused)});
    else
        outcomes_.push_back(Repeated {draft.asker, draft.say.n, *answer});
}

// People, and what the operator does

void Scribe::decide(InviteDraft const& draft)
{
    Time const expires = draft.time + limits::invitation_life;
    records_.push_back(Invitation {hash_of_secret(draft.secret), draft.what, draft.by, draft.with,
        expires, draft.time, draft.way});
    outcomes_.push_back(Invited {draft.asker, draft.secret, expires});
}

void Scribe::decide(EndInvitationDraft const& draft)
{
    records_.push_back(InvitationEnded {draft.secret, draft.time});
    outcomes_.push_back(Completed {draft.asker});
}

void Scribe::decide(SuspendDraft const& draft)
{
    records_.push_back(PersonSuspended {draft.person, draft.is_suspended, draft.time});
    outcomes_.push_back(Suspended {draft.asker, draft.person, draft.is_suspended});
}

void Scribe::decide(RevokeDraft const& draft)
{
    auto const device = store_.device(draft.device);
    if (not device.has_value() or device->person != draft.person) {
        outcomes_.push_back(Denied {draft.asker, Error::device_unknown});
        return;
    }
    if (not device->is_revoked)
        records_.push_back(DeviceRevoked {draft.device, draft.time});
    outcomes_.push_back(Revoked {draft.asker, draft.device});
}

void Scribe::decide(EraseDraft const& draft)
{
    for (Device const& device : store_.devices(draft.person)) {
        if (not device.is_revoked)
            records_.push_back(DeviceRevoked {device.id, draft.time});
    }
    records_.push_back(PersonErased {draft.person, draft.time});
    outcomes_.push_back(Erased {draft.asker, draft.person});
}

void Scribe::decide(MarkDraft const& draft)
{
    records_.push_back(draft.mark);
}

void Scribe::decide(PlainCursorDraft const& draft)
{
    records_.push_back(PlainCursor {draft.device, draft.feed});
}

void Scribe::decide(EpochDraft const& draft)
{
    records_.push_back(EpochBegun {draft.epoch, draft.time});
}

void Scribe::decide(GoneDraft const& draft)
{
    records_.push_back(draft.gone);
}

void Scribe::deny(Asker const& asker, Error error)
{
    outcomes_.push_back(Denied {asker, error});
}

// The batch

void Scribe::commit()
{
    if (not records_.empty()) {
        for (auto const& [whose, mark] : kept_marks_)
            records_.push_back(mark);
        if (store_.append(records_).has_value())
            kept_marks_.clear();
        else
            postpone_batch();
    }
    for (Record const& record : records_)
        forget_what_changed(record);
    for (Outcome& outcome : outcomes_)
        done_.push_back(std::move(outcome));
    outcomes_.clear();
    records_.clear();
    answers_.clear();
    batch_.clear();
    if (heads_.size() + feeds_.size() + seqs_.size() + bonds_.size() + handles_.size()
            + asked_.size()
        > heads_max)
        forget();
}

void Scribe::postpone_batch()
{
    // Our heads are ahead of what is true: ask the store again, and decide by that.
    if (not planted(Bug::numbers_kept_after_failed_append))
        forget();
    outcomes_.clear();
    answers_.clear();
    for (Draft const* const draft : batch_) {
        if (auto const* const say = std::get_if<SayDraft>(draft)) {
            N const last_n = head_of(say->device).last_n;
            if (say->say.n <= last_n)
                answer_again(*say, hash_of(say->say), last_n);
            else
                outcomes_.push_back(Postponed {say->asker, next(last_n), Error::store_full});
        } else if (auto const* const mark = std::get_if<MarkDraft>(draft)) {
            keep(mark->mark);
        } else if (std::holds_alternative<AnnounceDraft>(*draft)) {
            continue; // whoever wants it asks again
        } else if (stands_alone(*draft)) {
            outcomes_.push_back(Denied {asker_of(*draft), Error::store_full});
        }
    }
}

/// It was told, and nobody says it again: it goes with the next batch.
void Scribe::keep(Mark const& mark)
{
    Mark& kept = kept_marks_.try_emplace({mark.pair, mark.who}, mark).first->second;
    Mark const older = kept;
    kept = mark;
    kept.delivered = std::max(older.delivered, mark.delivered);
    kept.read = std::max(older.read, mark.read);
}

void Scribe::forget_what_changed(Record const& record)
{
    auto const forget_bond = [this](Pair pair) {
        bonds_.erase(pair);
        asked_.erase(number(pair.low));
        asked_.erase(number(pair.high));
    };
    if (auto const* const contact = std::get_if<ContactMade>(&record))
        forget_bond(contact->pair);
    else if (auto const* const asked = std::get_if<ContactAsked>(&record))
        forget_bond(asked->pair);
    else if (auto const* const stance = std::get_if<StanceTaken>(&record))
        forget_bond(stance->pair);
    else if (auto const* const added = std::get_if<PersonAdded>(&record))
        handles_.erase(added->handle), last_person_.reset();
    else if (auto const* const revoked = std::get_if<DeviceRevoked>(&record))
        heads_.erase(number(revoked->device));
    else if (auto const* const gone = std::get_if<Gone>(&record))
        for (PersonId const person : {gone->pair.low, gone->pair.high})
            stored_bytes_.erase(number(person));
    else if (std::holds_alternative<PersonErased>(record))
        forget();
}

void Scribe::forget()
{
    heads_.clear();
    feeds_.clear();
    seqs_.clear();
    bonds_.clear();
    handles_.clear();
    asked_.clear();
    last_person_.reset();
    stored_bytes_.clear();
}

Scribe::Head& Scribe::head_of(DeviceId device)
{
    auto const found = heads_.find(number(device));
    if (found != heads_.end())
        return found->second;
    auto const known = store_.device(device);
    bool const is_revoked = not known.has_value() or known->is_revoked;
    return heads_.emplace(number(device), Head {store_.last_n(device), is_revoked}).first->second;
}

Feed& Scribe::feed_of(PersonId person)
{
    auto const found = feeds_.find(number(person));
    if (found != feeds_.end())
        return found->second;
    return feeds_.emplace(number(person), store_.last_feed(person)).first->second;
}

Seq& Scribe::seq_of(Pair pair)
{
    auto const found = seqs_.find(pair);
    return found != seqs_.end() ? found->second
                                : seqs_.emplace(pair, store_.last_seq(pair)).first->second;
}

Bond& Scribe::bond_of(Pair pair)
{
    auto const found = bonds_.find(pair);
    return found != bonds_.end() ? found->second
                                 : bonds_.emplace(pair, store_.bond(pair)).first->second;
}

std::optional<Scribe::Holder> Scribe::holder_of(std::string const& handle)
{
    auto const found = handles_.find(handle);
    if (found != handles_.end())
        return found->second;
    if (not check_handle(handle).has_value())
        return std::nullopt;
    auto const person = store_.anybody_by_handle(handle);
    if (not person.has_value())
        return std::nullopt; // not remembered: there are as many such names as anybody cares to say
    Holder const holder {person->id, person->is_erased, person->is_awaited};
    return handles_.emplace(handle, holder).first->second;
}

PersonId& Scribe::last_person()
{
    if (not last_person_.has_value())
        last_person_ = store_.last_person();
    return *last_person_;
}

std::uint64_t& Scribe::stored_bytes_of(PersonId person)
{
    auto const found = stored_bytes_.find(number(person));
    if (found != stored_bytes_.end())
        return found->second;
    auto const known = store_.person(person);
    std::uint64_t const bytes = known.has_value() ? known->stored_bytes : 0;
    return stored_bytes_.emplace(number(person), bytes).first->second;
}

} // namespace duet
