// Who is this? Enrolment and sign-in, the two requests that are heard from strangers.

#include "core/chat.hpp"

#include "base/limits.hpp"
#include "core/planted.hpp"
#include "core/text.hpp"

namespace duet {

namespace {

/// Presence is told to so many contacts and no more: a signal, and the first thing to be dropped.
constexpr std::size_t presence_contacts_max = 1000;

} // namespace

void Chat::on(Session& session, Enrol const& enrol, Bytes exporter, Now now, Outbox& outbox)
{
    if (session.stage != Session::Stage::greeted)
        return let_go(session.id, Error::out_of_order, outbox);
    Challenge const challenge {
        Prover::device, session.client_nonce, session.server_nonce, keys_.identity, exporter};
    if (not is_proof(enrol.proof, enrol.identity, challenge))
        return let_go(session.id, Error::proof_wrong, outbox);
    if (not moved_to_.empty())
        return let_go(session.id, Error::moved, outbox);
    if (auto const name = check_name(enrol.device_name); not name.has_value())
        return tell(session.id, Refused {N {}, name.error()}, outbox);
    if (must_be_confirmed(enrol, now))
        return ask_others(session, enrol, now, outbox);
    if (not may_ask(session, outbox))
        return;
    drafts_.push_back(EnrolDraft {{session.id, answering_}, enrol, now.label});
}

void Chat::on(Session& session, SignIn const& sign_in, Bytes exporter, Outbox& outbox)
{
    if (session.stage != Session::Stage::greeted)
        return let_go(session.id, Error::out_of_order, outbox);
    Challenge const challenge {
        Prover::device, session.client_nonce, session.server_nonce, keys_.identity, exporter};
    if (not is_proof(sign_in.proof, sign_in.identity, challenge))
        return let_go(session.id, Error::proof_wrong, outbox);
    if (not moved_to_.empty()) // it knows by our proof that it is us who say so
        return let_go(session.id, Error::moved, outbox);
    auto const device = store_.device_by_identity(sign_in.identity);
    if (not device.has_value())
        return let_go(session.id, Error::device_unknown, outbox);
    if (device->is_revoked and not planted(Bug::revoked_device_served))
        return let_go(session.id, Error::device_revoked, outbox);
    auto const person = store_.person(device->person);
    if (not person.has_value() or person->is_erased)
        return let_go(session.id, Error::device_unknown, outbox);
    if (person->is_suspended)
        return let_go(session.id, Error::suspended, outbox);
    bool const knows_this_life = sign_in.epoch == store_.epoch();
    if (knows_this_life and sign_in.feed > store_.last_feed(person->id))
        return let_go(session.id, Error::feed_ahead, outbox);
    // A sign-in that was long under way must not end a connection that was made after it.
    auto const live = devices_.find(number(device->id));
    bool const is_late = live != devices_.end() and find(live->second)->came_as > session.came_as;
    if (is_late and not planted(Bug::late_sign_in_wins))
        return let_go(session.id, Error::replaced, outbox);

    replace(device->id, outbox);
    begin(session, *person, *device, knows_this_life ? sign_in.feed : std::nullopt, outbox);
}

void Chat::greet_plain(SessionId id)
{
    Session* const session = find(id);
    if (session == nullptr or session->stage == Session::Stage::signed_in)
        return;
    session->is_plain = true;
    session->sign_in_until += limits::plain_sign_in_time_max - limits::sign_in_time_max;
}

void Chat::sign_in_plain(SessionId id, std::string secret, Now now, Outbox& outbox)
{
    Session* const session = find(id);
    if (session == nullptr)
        return;
    session->heard_at = now.at;
    if (session->stage == Session::Stage::signed_in)
        return tell(id, Refused {N {}, Error::out_of_order}, outbox);
    if (not moved_to_.empty())
        return let_go(id, Error::moved, outbox);
    if (may_ask(*session, outbox))
        drafts_.push_back(PlainSignInDraft {{id, std::nullopt}, std::move(secret), now.label});
}

void Chat::became(PlainSignedIn const& signed_in, Outbox& outbox)
{
    Session* const session = answered(signed_in.asker);
    if (session == nullptr or session->stage == Session::Stage::signed_in)
        return;
    if (signed_in.person.is_suspended)
        return let_go(session->id, Error::suspended, outbox);
    begin(*session, signed_in.person, signed_in.device, signed_in.device.plain_cursor, outbox);
}

/// The device is known: it is told where it stands, and hears what it has missed.
void Chat::begin(Session& session, Person const& person, Device const& device,
    std::optional<Feed> from, Outbox& outbox)
{
    session.stage = Session::Stage::signed_in;
    session.person = person.id;
    session.device = device.id;
    devices_[number(device.id)] = session.id;
    auto& signed_in = people_[number(person.id)];
    signed_in.push_back(session.id);
    wait_for(session.id, session.heard_at + limits::silence_max);

    Feed const head = store_.last_feed(person.id); // asked once: the scribe writes meanwhile
    tell(session.id,
        Welcome {person.handle, person.name, device.id, head, store_.last_n(device.id),
            store_.epoch(), server_name_, limits::unanswered_max},
        outbox);
    answering_.reset();
    begin_feed(session, from, head);
    tell_what_was_chosen(session, outbox);
    tell_marks(session, outbox);
    catch_up(session, outbox);
    tell_who_is_here(session, outbox);
    if (device.identity.has_value())
        tell_asks(session, outbox);
    if (signed_in.size() == 1)
        tell_presence(person.id, true, outbox);
}

/// Where the session begins: behind what the device has, or at the head when it is new or knows
/// another life of this store.
void Chat::begin_feed(Session& session, std::optional<Feed> from, Feed head)
{
    bool const goes_on = from.has_value();
    session.sent = from.value_or(head);
    session.confirmed = session.sent;
    session.is_behind = goes_on;
    // First those that have just moved: the store is asked behind them, so that none is missed.
    session.marks = marks_.under_way(session.person);
    for (Mark const& mark : store_.marks_since(session.person, session.sent))
        session.marks.push_back(mark);
    if (not goes_on)
        return;
    // What this device has was delivered, also when nobody wrote it down before the server stopped.
    for (Mark const& mark : store_.undelivered_marks(session.person, session.sent))
        marks_.note(mark.pair, mark.who, mark.delivered, Seq {});
}

void Chat::replace(DeviceId device, Outbox& outbox)
{
    auto const older = devices_.find(number(device));
    if (older == devices_.end() or planted(Bug::replaced_session_served))
        return;
    auto const answering = std::exchange(answering_, std::nullopt);
    let_go(older->second, Error::replaced, outbox);
    answering_ = answering;
}

/// Whether others may be told that this person is there, or is not.
bool Chat::is_seen(PersonId person)
{
    return people_.contains(number(person)) and choices_of(person).presence;
}

void Chat::tell_who_is_here(Session const& session, Outbox& outbox)
{
    for (Relation const& contact :
        store_.contacts(session.person, PersonId {}, presence_contacts_max)) {
        if (contact.bond.is_open() and is_seen(contact.person))
            tell(session.id, Presence {handle_of(contact.person), true}, outbox);
    }
}

void Chat::tell_presence(PersonId person, bool is_online, Outbox& outbox)
{
    if (choices_of(person).presence)
        spread_presence(person, is_online, outbox);
}

void Chat::spread_presence(PersonId person, bool is_online, Outbox& outbox)
{
    for (Relation const& contact : store_.contacts(person, PersonId {}, presence_contacts_max)) {
        if (not contact.bond.is_open())
            continue;
        for (SessionId const id : sessions_of(contact.person))
            tell(id, Presence {handle_of(person), is_online}, outbox);
    }
}

} // namespace duet
