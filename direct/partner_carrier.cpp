#include "direct/partner_carrier.hpp"

#include "base/limits.hpp"

#include <utility>

namespace duet {

PartnerCarrier::PartnerCarrier(std::unique_ptr<Machine> machine, Loop& loop,
    Connections& connections, ClientHandler& handler, TalkNames names, bool we_are_scribe)
    : Carrier(std::move(machine), connections, handler)
    , loop_(loop)
    , names_(std::move(names))
    , we_are_scribe_(we_are_scribe)
{
}

void PartnerCarrier::give(ConnectionId connection)
{
    if (has_connection()) {
        given_at_ = now().at;
        end("");
    }
    machine().connecting();
    begin(connection);
    take_over(connection);
}

void PartnerCarrier::note_away(std::string const& words)
{
    if (connectedness() == Connectedness::away)
        handler().connection(Connectedness::away, words);
}

void PartnerCarrier::turn(std::chrono::milliseconds)
{
    act(); // when to call again is not its matter
}

std::optional<MonotonicTime> PartnerCarrier::next_deadline() const
{
    auto const deadline = Carrier::next_deadline();
    bool const is_at_rest = not has_connection() and not machine().has_happenings()
        and machine().must_disconnect().empty();
    return is_at_rest ? std::nullopt : deadline;
}

// The end of a connection

void PartnerCarrier::ended(ConnectionId id, Bytes tail)
{
    departure_ = Departure {true};
    Carrier::ended(id, tail);
}

void PartnerCarrier::lost(ConnectionId id, Loss const& loss)
{
    departure_ = Departure {false};
    Carrier::lost(id, loss);
}

// How things are called, and how they stand

std::string PartnerCarrier::name_of(std::string const& handle) const
{
    if (handle == names_.partners_handle)
        return names_.partners_name;
    return handle == names_.own_handle ? names_.own_name : handle;
}

std::string PartnerCarrier::handle_of(std::string const& person) const
{
    return person == names_.partners_name ? names_.partners_handle : person;
}

Message PartnerCarrier::shown(Message message) const
{
    message.with = name_of(message.with);
    message.from = message.is_mine ? names_.own_name : name_of(message.from);
    if (we_are_scribe_ and message.is_mine and message.state == MessageState::sent)
        message.state = MessageState::waiting;
    return message;
}

Contact PartnerCarrier::shown(Contact contact) const
{
    contact.handle = name_of(contact.handle);
    contact.name = contact.handle;
    contact.is_online = connectedness() == Connectedness::here;
    if (contact.last.has_value())
        contact.last = shown(std::move(*contact.last));
    return contact;
}

std::vector<Message> PartnerCarrier::outbox() const
{
    std::vector<Message> waiting = machine().file().outbox();
    for (Message& message : waiting)
        message = shown(std::move(message));
    return waiting;
}

Connectedness PartnerCarrier::connectedness() const
{
    if (not we_are_scribe_)
        return machine().connectedness();
    return is_partner_here_ ? Connectedness::here : Connectedness::away;
}

// What the user is told

bool PartnerCarrier::was_replaced_by_ourselves(Happening const& happening) const
{
    auto const* const ended = std::get_if<EndedForGood>(&happening);
    return ended != nullptr and ended->why.word == word(Error::replaced)
        and now().at < given_at_ + limits::sign_in_time_max;
}

void PartnerCarrier::tell(Happening const& happening)
{
    if (was_replaced_by_ourselves(happening))
        return; // two connections were made at once: the partner calls again, or we do
    if (auto const* const heard = std::get_if<EntryHeard>(&happening))
        handler().heard(shown(heard->message));
    else if (auto const* const changed = std::get_if<MessageChanged>(&happening))
        handler().changed(shown(changed->message));
    else if (auto const* const fetched = std::get_if<OlderFetched>(&happening))
        handler().fetched(name_of(fetched->with), fetched->more);
    else if (auto const* const typing = std::get_if<TypingEvent>(&happening))
        handler().typing(name_of(typing->from));
    else if (auto const* const presence = std::get_if<Presence>(&happening))
        tell_presence(*presence);
    else if (auto const* const moved = std::get_if<ConnectionMoved>(&happening))
        tell_connection(*moved);
    else if (auto const* const people = std::get_if<PeopleAnswer>(&happening)) {
        std::vector<Contact> all;
        for (Contact const& contact : people->all)
            all.push_back(shown(contact));
        handler().people(people->asked, all);
    } else {
        Carrier::tell(happening);
    }
}

void PartnerCarrier::tell_connection(ConnectionMoved const& moved)
{
    if (not we_are_scribe_ and moved.words == sentence(Error::server_stopping))
        departure_ = Departure {true};
    if (not we_are_scribe_)
        handler().connection(moved.now, moved.words);
    else if (moved.now == Connectedness::away and std::exchange(is_partner_here_, false))
        handler().connection(Connectedness::away, moved.words);
}

/// Where we are the scribe, whether the partner is there.
void PartnerCarrier::tell_presence(Presence const& presence)
{
    if (presence.who != names_.partners_handle)
        return;
    bool const is_news = std::exchange(is_partner_here_, presence.online) != presence.online;
    if (we_are_scribe_ and is_news)
        handler().connection(presence.online ? Connectedness::here : Connectedness::away, "");
    handler().presence(names_.partners_name, presence.online);
}

} // namespace duet
