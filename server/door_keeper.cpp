#include "server/door_keeper.hpp"

#include "server/session_ids.hpp"

#include <optional>

namespace duet {

namespace {

Admission::Id name_of(ConnectionId id)
{
    return static_cast<Admission::Id>(session_of(id));
}

/// What a stranger has to bear for being told this; nothing for what anybody may run into.
std::optional<Offence> offence_of(Error error)
{
    switch (error) {
    case Error::proof_wrong:
    case Error::device_unknown:
    case Error::device_revoked:
    case Error::secret_unknown:
        return Offence::failed_proof;
    case Error::line_too_long:
    case Error::not_utf8:
    case Error::not_json:
    case Error::field_missing:
    case Error::field_doubled:
    case Error::field_wrong:
    case Error::not_signed_in:
    case Error::out_of_order:
        return Offence::broke_protocol;
    default:
        return std::nullopt;
    }
}

} // namespace

DoorKeeper::DoorKeeper(
    Loop const& loop, Connections& connections, AdmissionRules const& rules, Metrics& metrics)
    : loop_(loop), connections_(connections), metrics_(metrics), admission_(rules)
{
}

bool DoorKeeper::come(ConnectionId id, Source const& source)
{
    switch (admission_.come(name_of(id), source, loop_.now())) {
    case Admission::Verdict::begins:
        return true;
    case Admission::Verdict::waits:
        connections_.set_reading(id, false);
        return true;
    case Admission::Verdict::sent_away:
        break;
    }
    metrics_.sent_away();
    return false;
}

void DoorKeeper::heard(ConnectionId id)
{
    admission_.heard(name_of(id), loop_.now());
}

void DoorKeeper::told(ConnectionId id, Event const& event)
{
    if (std::holds_alternative<Welcome>(event.body)) {
        admission_.forget(name_of(id), loop_.now());
    } else if (auto const* const refused_for = std::get_if<Refused>(&event.body)) {
        metrics_.refused(word(refused_for->error));
        refused(id, refused_for->error);
    } else if (auto const* const later = std::get_if<Later>(&event.body)) {
        metrics_.refused(word(later->error));
    } else if (auto const* const bye = std::get_if<Bye>(&event.body)) {
        refused(id, bye->reason);
        left(id, word(bye->reason));
    }
}

void DoorKeeper::refused(ConnectionId id, Error error)
{
    // Of a device that is signed in admission knows nothing: nobody bears what it does wrong.
    if (auto const offence = offence_of(error); offence.has_value())
        admission_.failed(name_of(id), *offence, loop_.now());
}

void DoorKeeper::broke_protocol(ConnectionId id)
{
    admission_.failed(name_of(id), Offence::broke_protocol, loop_.now());
}

void DoorKeeper::left(ConnectionId id, std::string_view reason)
{
    metrics_.closed(reason);
    admission_.forget(name_of(id), loop_.now());
}

std::vector<ConnectionId> DoorKeeper::take_turns()
{
    auto const turns = admission_.turns(loop_.now());
    for (Admission::Id const id : turns.pause)
        connections_.set_reading(connection_of(SessionId {id}), false);
    std::vector<ConnectionId> begun;
    for (Admission::Id const id : turns.begin) {
        begun.push_back(connection_of(SessionId {id}));
        connections_.set_reading(begun.back(), true);
    }
    return begun;
}

} // namespace duet
