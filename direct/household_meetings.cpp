// Those who are about to prove who they are.

#include "direct/household.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "core/scribe.hpp"
#include "doors/lines.hpp"

#include <algorithm>
#include <utility>

namespace duet {

namespace {

/// Where somebody who calls us can be called: their address, with the port that they have told.
std::string place_of_caller(std::string const& peer, std::uint16_t port)
{
    auto endpoint = Endpoint::parse(peer);
    if (port == 0 or not endpoint.has_value() or endpoint->is_unix())
        return "";
    endpoint->port = port;
    return endpoint->text();
}

} // namespace

// Coming and going

void Household::accepted(Socket socket)
{
    if (meetings_.size() >= limits::direct_meetings_max)
        return log_info("closed a caller's connection: too many are about to prove who they are");
    ConnectionHandler& handler = *this;
    ConnectionId const id = connections_.add(std::move(socket), handler);
    meet(id, Preface::Side::listening);
    connections_.secure_as_server(id, *as_server_, {});
}

Household::Meeting& Household::meet(ConnectionId id, Preface::Side side)
{
    Meeting& meeting = meetings_[id.slot];
    meeting = {.connection = id,
        .side = side,
        .until = std::chrono::steady_clock::now() + limits::sign_in_time_max};
    return meeting;
}

Household::Meeting* Household::find_meeting(ConnectionId id)
{
    auto const found = meetings_.find(id.slot);
    return found == meetings_.end() or found->second.connection != id ? nullptr : &found->second;
}

void Household::secured(ConnectionId id)
{
    Meeting* const meeting = find_meeting(id);
    TlsExporter const* const exporter = connections_.find(id)->exporter();
    if (meeting == nullptr or exporter == nullptr)
        return;
    Nonce nonce {};
    random_.fill(nonce);
    std::uint16_t const port =
        acceptor_.has_value() ? acceptor_->listeners().front().address().port() : 0;
    meeting->preface =
        std::make_unique<Preface>(meeting->side, partners_->keys(), port, nonce, *exporter);
    if (meeting->side == Preface::Side::listening)
        return;
    std::string hello;
    meeting->preface->begin(hello);
    connections_.send(id, as_bytes(hello));
}

void Household::ended(ConnectionId id, Bytes)
{
    if (Meeting* const meeting = find_meeting(id))
        finish(*meeting, "the other side has ended the connection");
    else
        connections_.close(id, CloseReason::peer_left);
}

void Household::lost(ConnectionId id, Loss const& loss)
{
    if (Meeting* const meeting = find_meeting(id))
        finish(*meeting, loss.error == nullptr ? name(loss.reason) : loss.error->text());
}

/// It comes to nothing.
void Household::finish(Meeting& meeting, std::string const& words)
{
    ConnectionId const id = meeting.connection;
    bool const was_call = calling_.has_value() and calling_->meeting == id;
    meetings_.erase(id.slot);
    if (connections_.find(id) != nullptr)
        departures_.show_out(id, "");
    if (was_call)
        call_has_failed(words);
}

void Household::end_late_meetings()
{
    std::vector<ConnectionId> late;
    auto const at = std::chrono::steady_clock::now();
    for (auto const& [slot, meeting] : meetings_) {
        if (meeting.until <= at)
            late.push_back(meeting.connection);
    }
    for (ConnectionId const id : late)
        finish(*find_meeting(id), name(CloseReason::silent_too_long));
}

// What they say

std::size_t Household::received(ConnectionId id, Bytes input)
{
    std::size_t used = 0;
    for (;;) {
        Meeting* const meeting = find_meeting(id);
        if (meeting == nullptr)
            return connections_.find(id) == nullptr ? input.size() : used;
        if (meeting->preface == nullptr or not meeting->preface->waits_for_line())
            return used; // it is our turn
        std::string_view const rest = as_text(input.subspan(used));
        auto const end = rest.find('\n');
        if (meeting->bytes + std::min(end, rest.size()) >= preface_bytes_max) {
            finish(*meeting, sentence(Error::line_too_long));
            return input.size();
        }
        if (end == std::string_view::npos)
            return used;
        used += end + 1;
        meeting->bytes += end + 1;
        hear(*meeting, as_bytes(rest.substr(0, end)));
    }
}

void Household::hear(Meeting& meeting, Bytes line)
{
    ConnectionId const id = meeting.connection;
    std::string answer;
    meeting.preface->take(line, answer);
    if (not meeting.preface->waits_for_line())
        decide(meeting, answer);
    connections_.send(id, as_bytes(answer));
    // What stands in `answer` is on its way, so whoever takes over speaks behind it.
    Meeting* const still = find_meeting(id);
    if (still == nullptr)
        return;
    if (still->preface->stage() == Preface::Stage::done)
        return come_to_know(*still);
    if (still->preface->stage() != Preface::Stage::over)
        return;
    Preface const& preface = *still->preface;
    bool const is_answer = preface.was_refused() and still->side == Preface::Side::calling;
    Failure const why {word(preface.why()), sentence(preface.why())};
    if (log_takes(LogLevel::info))
        log_info("somebody was turned away, or we were: " + why.sentence);
    bool const was_call = calling_.has_value() and calling_->meeting == id;
    finish(*still, why.sentence);
    if (is_answer and was_call)
        stop_calling(why);
}

/// It is our turn.
void Household::decide(Meeting& meeting, std::string& answer)
{
    switch (meeting.preface->stage()) {
    case Preface::Stage::met:
        return greet(meeting, answer);
    case Preface::Stage::tried:
        return let_try(meeting, answer);
    case Preface::Stage::known:
    case Preface::Stage::asked:
        return admit(meeting, answer);
    default:
        return;
    }
}

/// Who is there where we have called is proved.
void Household::greet(Meeting& meeting, std::string& answer)
{
    Preface& preface = *meeting.preface;
    if (auto const why = stranger_there(meeting); why.has_value()) {
        preface.refuse(Error::proof_wrong, answer);
        stop_calling(*why);
        return;
    }
    auto const known = partners_->find(preface.identity());
    std::string const secret = calling_.has_value() ? calling_->order.secret : "";
    if (known.has_value())
        return preface.prove_known(answer);
    if (not secret.empty())
        return preface.prove_and_pair(secret, partners_->name(), answer);
    if (calling_.has_value() and calling_->order.code.has_value())
        return preface.prove_and_try(
            *calling_->order.code, partners_->name(), pairing_random(), answer);
    preface.refuse(Error::secret_unknown, answer);
    stop_calling({"link_needed", meeting.place});
}

/// Somebody else than was to be there: nothing that could be tried again.
std::optional<Failure> Household::stranger_there(Meeting const& meeting)
{
    Identity const& there = meeting.preface->identity();
    CallOrder const order = calling_.has_value() ? calling_->order : CallOrder {};
    auto const known = partners_->find_at(meeting.place);
    std::optional<IdentityHash> expected = order.identity_hash;
    if (order.identity.has_value())
        expected = hash_of(*order.identity);
    // At a place where one partner was met another one may answer, if that is a partner too.
    if (known.has_value() and not partners_->find(there).has_value())
        expected = hash_of(known->identity);
    if (not expected.has_value() or *expected == hash_of(there))
        return std::nullopt;
    return Failure {"another_identity", text_of(*expected) + '\n' + text_of(hash_of(there))};
}

/// Who calls is proved; whether they may come in is for us to say.
void Household::admit(Meeting& meeting, std::string& answer)
{
    Preface& preface = *meeting.preface;
    if (preface.stage() == Preface::Stage::known) {
        if (partners_->find(preface.identity()).has_value())
            return preface.accept(partners_->name(), answer);
        return preface.refuse(Error::device_unknown, answer);
    }
    bool const is_by_code = preface.pairing() == Pairing::code;
    bool const is_good = is_by_code
        or (pairs_
            and partners_->use_link(hash_of_secret(preface.secret()), preface.identity(), now()));
    if (not is_good)
        return preface.refuse(Error::secret_unknown, answer);
    if (is_by_code)
        partners_->use_code(preface.code_name());
    auto const partner = partners_->pair(preface.identity(), preface.name(), now());
    if (not partner.has_value())
        return preface.refuse(Error::store_full, answer);
    preface.accept(partners_->name(), answer);
}

/// A code is tried. The try is gone before anything is said about it, and one runs at a time: so nobody gets
/// more of them by being quick, or by making us start again.
void Household::let_try(Meeting& meeting, std::string& answer)
{
    Preface& preface = *meeting.preface;
    bool const is_busy = std::ranges::any_of(meetings_, [&](auto const& place) {
        Meeting const& other = place.second;
        return other.connection != meeting.connection and other.preface != nullptr
            and other.side == Preface::Side::listening and other.preface->pairing() == Pairing::code
            and other.preface->stage() == Preface::Stage::pairing and other.has_tried;
    });
    if (is_busy)
        return preface.refuse(Error::too_fast, answer);
    auto const code = pairs_ ? partners_->take_try(preface.code_name(), now()) : std::nullopt;
    if (not code.has_value())
        return preface.refuse(Error::secret_unknown, answer);
    meeting.has_tried = true;
    preface.answer(*code, pairing_random(), answer);
}

PairingRandom Household::pairing_random()
{
    PairingRandom random {};
    random_.fill(random);
    return random;
}

/// Both know each other now, and it is on our disk before anything else is said.
void Household::come_to_know(Meeting& meeting)
{
    Preface const& preface = *meeting.preface;
    ConnectionId const id = meeting.connection;
    auto known = partners_->find(preface.identity());
    bool const is_new = not known.has_value();
    if (is_new) {
        auto paired = partners_->pair(preface.identity(), preface.name(), now());
        if (not paired.has_value())
            return finish(meeting, paired.error().sentence);
        known = std::move(*paired);
    }
    bool const was_call = meeting.side == Preface::Side::calling;
    partners_->note_met(known->id, meeting.place,
        was_call ? "" : place_of_caller(connections_.find(id)->socket().peer(), preface.port()),
        now());
    if (calling_.has_value() and calling_->meeting == id) {
        calling_->is_under_way = false;
        calling_->meeting.reset();
        calling_->failures = 0;
        calling_->partner = known->id;
        calling_->order.identity = known->identity;
        calling_->order.secret.clear();
        calling_->order.code.reset();
    }
    if (is_new or preface.pairing() != Pairing::none)
        handler_.paired(*known);
    auto const opened = client(*known);
    if (not opened.has_value())
        return finish(meeting, opened.error().sentence);
    meeting.partner = known->id;
    connections_.set_reading(id, false); // until it is let in
}

/// The scribe's own preparations take a while, the first time.
void Household::let_in_who_waits()
{
    std::vector<Meeting> ready;
    for (auto& [slot, meeting] : meetings_) {
        if (not meeting.partner.has_value())
            continue;
        bool const is_ready =
            not members_[*meeting.partner].we_are_scribe or scribe_->is_prepared(*meeting.partner);
        if (is_ready)
            ready.push_back(std::move(meeting));
    }
    for (Meeting const& meeting : ready) {
        meetings_.erase(meeting.connection.slot);
        if (connections_.find(meeting.connection) != nullptr)
            let_in(meeting, members_[*meeting.partner]);
    }
}

} // namespace duet
