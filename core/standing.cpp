// How two persons stand to each other: what each may know of it, and what either is told when it changes.

#include "core/chat.hpp"
#include "core/scribe.hpp"

#include <utility>

namespace duet {

void Chat::on(Session& session, Accept const& accept, Now now, Outbox& outbox)
{
    ask_for(session, accept.with, StanceDraft::Step::accept, now, outbox);
}

void Chat::on(Session& session, Refuse const& refuse, Now now, Outbox& outbox)
{
    ask_for(session, refuse.with, StanceDraft::Step::refuse, now, outbox);
}

void Chat::on(Session& session, Block const& block, Now now, Outbox& outbox)
{
    ask_for(session, block.with, StanceDraft::Step::block, now, outbox);
}

void Chat::on(Session& session, Unblock const& unblock, Now now, Outbox& outbox)
{
    ask_for(session, unblock.with, StanceDraft::Step::unblock, now, outbox);
}

void Chat::ask_for(
    Session& session, std::string const& with, StanceDraft::Step step, Now now, Outbox& outbox)
{
    if (may_ask(session, now, outbox))
        drafts_.push_back(
            StanceDraft {{session.id, answering_}, session.person, with, step, now.label});
}

void Chat::became(StanceMoved const& moved, Outbox& outbox)
{
    if (answered(moved.asker) != nullptr)
        tell(moved.asker.session, Done {}, outbox);
    answering_.reset();
    tell_talk(moved.by, moved.other, outbox);
    bool const is_accepted = moved.step == StanceDraft::Step::accept;
    if (is_accepted) // all else is a secret from the other
        tell_talk(moved.other, moved.by, outbox);
    Bond const bond = store_.bond(Pair::of(moved.by, moved.other));
    if (bond.is_open())
        meet(moved.by, moved.other, outbox);
    else if (bond.are_contacts)
        part(moved.by, moved.other, outbox);
}

/// From here on each is told of the other: first what was kept from them.
void Chat::meet(PersonId person, PersonId other, Outbox& outbox)
{
    Pair const pair = Pair::of(person, other);
    for (auto const& [one, another] : {std::pair(person, other), std::pair(other, person)}) {
        for (SessionId const id : sessions_of(one)) {
            Session& session = *find(id);
            if (Mark const mark = store_.mark(pair, another); mark.delivered != Seq {})
                session.marks.push_back(mark);
            tell_marks(session, outbox);
            if (is_seen(another))
                tell(id, Presence {handle_of(another), true}, outbox);
        }
    }
}

/// Each is as if they had left.
void Chat::part(PersonId person, PersonId other, Outbox& outbox)
{
    for (auto const& [one, another] : {std::pair(person, other), std::pair(other, person)}) {
        if (not is_seen(another))
            continue;
        for (SessionId const id : sessions_of(one))
            tell(id, Presence {handle_of(another), false}, outbox);
    }
}

void Chat::tell_talk(PersonId person, PersonId other, Outbox& outbox)
{
    auto const sessions = sessions_of(person);
    if (sessions.empty())
        return;
    TalkEvent const event = talk_of(store_.talk(person, other));
    for (SessionId const id : sessions)
        tell(id, event, outbox);
}

TalkEvent Chat::talk_of(TalkChanged const& talk)
{
    Bond const bond = store_.bond(Pair::of(talk.person, talk.other));
    Relation const relation {talk.other, {}, {}, {}, bond};
    return {handle_of(talk.other), state_of(talk.person, relation, last_label_), talk.choices};
}

TalkState Chat::state_of(PersonId person, Relation const& relation, Time now)
{
    Bond const& bond = relation.bond;
    Stance const& own = bond.of(person);
    Stance const& theirs = bond.of(relation.person);
    if (own.blocks)
        return TalkState::blocked;
    if (bond.are_contacts)
        return TalkState::contact;
    bool const is_asked = is_open(theirs, now) and theirs.was_heard and not own.refuses;
    if (is_asked and not store_.person(relation.person)->is_erased)
        return TalkState::asks;
    return is_open(own, now) ? TalkState::asked : TalkState::none;
}

/// Somebody of whom this person may know, by whatever name: also one who is nobody.
std::optional<PersonId> Chat::acquaintance_of(PersonId person, std::string const& handle)
{
    auto const other = store_.anybody_by_handle(handle);
    bool const is_known = other.has_value() and other->id != person
        and store_.bond(Pair::of(person, other->id)).is_known_to(person);
    return is_known ? std::optional(other->id) : std::nullopt;
}

} // namespace duet
