// Strangers: a request to be a contact, and what the other makes of it.
//
// The one who asks must not be able to tell apart who never answers, who refuses, who blocks and who does
// not exist: the same is looked up for each, the same is written but for a few bytes, and it shares a sync
// with all that came meanwhile (docs/decisions/0015-strangers.md).

#include "core/scribe.hpp"

#include "base/limits.hpp"
#include "core/planted.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace duet {

// Asking

/// Notes the request, and says whether it is heard. Both who ask each other are contacts by that.
Result<Scribe::Receiver> Scribe::asked_of(SayDraft const& draft)
{
    auto to = holder_of(draft.say.to);
    TRY_VOID(check_may_ask(draft, to));
    if (not to.has_value())
        to = await(draft.say.to, draft.time);

    Pair const pair = Pair::of(draft.person, to->id);
    Bond& bond = bond_of(pair);
    Stance const& theirs = bond.of(to->id);
    bool const is_deaf = (theirs.blocks and not planted(Bug::request_heard_by_blocker))
        or theirs.refuses or to->is_awaited or to->is_erased;
    if (is_open(theirs, draft.time) and not is_deaf) {
        make_contacts(pair, draft.time);
        outcomes_.push_back(StanceMoved {{}, draft.person, to->id, StanceDraft::Step::accept});
        return Receiver {to->id};
    }
    records_.push_back(ContactAsked {pair, draft.person, not is_deaf, draft.time});
    bond.of(draft.person).asked = draft.time;
    bond.of(draft.person).was_heard = not is_deaf;
    if (auto const asked = asked_.find(number(draft.person)); asked != asked_.end())
        asked->second[to->id] = draft.time;
    return Receiver {to->id, not is_deaf};
}

Result<void> Scribe::check_may_ask(SayDraft const& draft, std::optional<Holder> const& to)
{
    TRY_VOID(check_handle(draft.say.to));
    if (to.has_value()) {
        if (to->id == draft.person)
            return fail(Error::to_oneself);
        Bond const& bond = bond_of(Pair::of(draft.person, to->id));
        if (bond.of(draft.person).blocks)
            return fail(Error::blocked);
        if (bond.are_contacts)
            return fail(Error::already_connected);
        if (is_open(bond.of(draft.person), draft.time))
            return fail(Error::request_waiting);
    }
    if (open_requests_of(draft.person, draft.time) >= limits::requests_open_max)
        return fail(Error::requests_full);
    return {};
}

/// Somebody may have this handle one day: then they are this person, and nobody before.
Scribe::Holder Scribe::await(std::string const& handle, Time time)
{
    last_person() = next(last_person());
    Holder const holder {last_person(), false, true};
    records_.push_back(PersonAwaited {holder.id, handle, time});
    handles_[handle] = holder;
    return holder;
}

std::size_t Scribe::open_requests_of(PersonId person, Time now)
{
    auto found = asked_.find(number(person));
    if (found == asked_.end()) {
        found = asked_.emplace(number(person), std::map<PersonId, Time>()).first;
        for (Relation const& one : store_.asked(person))
            found->second[one.person] = one.bond.of(person).asked;
    }
    return static_cast<std::size_t>(std::ranges::count_if(
        found->second, [now](auto const& one) { return now < one.second + limits::request_life; }));
}

void Scribe::make_contacts(Pair pair, Time time)
{
    records_.push_back(ContactMade {pair, time});
    Bond& bond = bond_of(pair);
    bond.are_contacts = true;
    for (PersonId const who : {pair.low, pair.high}) {
        bond.of(who) = {.blocks = bond.of(who).blocks};
        if (auto const asked = asked_.find(number(who)); asked != asked_.end())
            asked->second.erase(pair.other(who));
    }
    note_change(pair.low, pair.high);
    note_change(pair.high, pair.low);
}

/// The person's devices hear how the two stand now, those too that come back later.
void Scribe::note_change(PersonId person, PersonId other)
{
    records_.push_back(
        TalkChanged {person, other, store_.talk(person, other).choices, feed_of(person)});
}

// Answering

void Scribe::decide(StanceDraft const& draft)
{
    using Step = StanceDraft::Step;
    bool const is_answer = draft.step == Step::accept or draft.step == Step::refuse;
    Error const unknown = is_answer ? Error::no_such_request : Error::not_connected;
    auto const other = holder_of(draft.with);
    if (not other.has_value() or other->id == draft.person)
        return deny(draft.asker, unknown);
    Bond const bond = bond_of(Pair::of(draft.person, other->id));
    // Of whom this person cannot know, and of nobody, the same is told.
    if (not bond.is_known_to(draft.person))
        return deny(draft.asker, unknown);
    Stance const& own = bond.of(draft.person);
    Stance const& theirs = bond.of(other->id);
    bool const is_asked = is_open(theirs, draft.time) and theirs.was_heard and not other->is_erased;
    switch (draft.step) {
    case Step::accept:
        return bond.are_contacts or is_asked ? accept(draft, bond, *other)
                                             : deny(draft.asker, unknown);
    case Step::refuse:
        return is_asked ? take_stance(draft, bond, true, own.blocks) : deny(draft.asker, unknown);
    case Step::block:
        return take_stance(draft, bond, own.refuses, true);
    case Step::unblock:
        return take_stance(draft, bond, own.refuses, false);
    }
}

void Scribe::accept(StanceDraft const& draft, Bond const& bond, Holder const& other)
{
    if (bond.of(draft.person).blocks) // who is to be heard is blocked no more
        records_.push_back(StanceTaken {bond.pair, draft.person, false, false, draft.time});
    if (not bond.are_contacts)
        make_contacts(bond.pair, draft.time);
    outcomes_.push_back(StanceMoved {draft.asker, draft.person, other.id, draft.step});
}

void Scribe::take_stance(StanceDraft const& draft, Bond const& bond, bool refuses, bool blocks)
{
    PersonId const other = bond.pair.other(draft.person);
    Stance const& own = bond.of(draft.person);
    if (own.refuses != refuses or own.blocks != blocks) {
        records_.push_back(StanceTaken {bond.pair, draft.person, refuses, blocks, draft.time});
        note_change(draft.person, other);
    }
    outcomes_.push_back(StanceMoved {draft.asker, draft.person, other, draft.step});
}

} // namespace duet
