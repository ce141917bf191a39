#include "core/chat.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"

#include <algorithm>

namespace duet {

namespace {

constexpr std::uint64_t protocol_version = 1;

/// So many handles are remembered before all are asked for anew.
constexpr std::size_t handles_max = 1'000'000;

/// Long after the scribe should have told some of a new device, it is asked again.
constexpr limits::Duration announce_again = 5 * limits::space_retry;

/// What may be asked before the device is known.
bool is_for_strangers(Request::Body const& body)
{
    return std::holds_alternative<Hello>(body) or std::holds_alternative<Enrol>(body)
        or std::holds_alternative<SignIn>(body) or std::holds_alternative<Ping>(body);
}

} // namespace

Chat::Chat(Store& store, Random& random, KeyPair const& keys, std::string server_name)
    : store_(store)
    , random_(random)
    , keys_(keys)
    , server_name_(std::move(server_name))
    , marks_(store)
{
    for (DeviceAnnounced const& one : store_.announcements()) // begun by another process
        announce(one.device);
}

void Chat::connected(SessionId id, Now now, std::string address)
{
    Session session {.id = id,
        .address = std::move(address),
        .came_as = ++connections_,
        .heard_at = now.at,
        .sign_in_until = now.at + limits::sign_in_time_max};
    random_.fill(session.server_nonce);
    bool const is_new = sessions_.emplace(static_cast<std::uint64_t>(id), session).second;
    check(is_new);
    wait_for(id, session.sign_in_until);
}

void Chat::disconnected(SessionId id, Outbox& outbox)
{
    forget(id, outbox);
}

void Chat::handle(SessionId id, Request const& request, Bytes exporter, Now now, Outbox& outbox)
{
    Session* const session = find(id);
    if (session == nullptr)
        return; // it was let go; what it had said before it knew is not heard
    last_now_ = now.at;
    last_label_ = now.label;
    session->heard_at = now.at;
    answering_ = request.id;
    if (session->stage != Session::Stage::signed_in and not is_for_strangers(request.body)) {
        let_go(id, Error::not_signed_in, outbox);
        answering_.reset();
        return;
    }

    std::visit(
        [&](auto const& body) {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (std::is_same_v<Body, Hello>)
                on(*session, body, exporter, outbox);
            else if constexpr (std::is_same_v<Body, SignIn>)
                on(*session, body, exporter, outbox);
            else if constexpr (std::is_same_v<Body, Enrol>)
                on(*session, body, exporter, now, outbox);
            else if constexpr (requires { on(*session, body, now, outbox); })
                on(*session, body, now, outbox);
            else
                on(*session, body, outbox);
        },
        request.body);
    answering_.reset();
    if (marks_.has_news() and not marks_due_.has_value())
        marks_due_ = now.at + limits::mark_interval;
}

void Chat::reject(SessionId id, Error error, Outbox& outbox)
{
    let_go(id, error, outbox);
}

void Chat::finished(Outcome const& outcome, Outbox& outbox)
{
    std::visit(
        [&](auto const& one) {
            answering_ = one.asker.id;
            became(one, outbox);
        },
        outcome);
    answering_.reset();
}

void Chat::on(Session& session, Hello const& hello, Bytes exporter, Outbox& outbox)
{
    if (session.stage != Session::Stage::greeting)
        return let_go(session.id, Error::out_of_order, outbox);
    if (hello.version != protocol_version)
        return let_go(session.id, Error::version_unknown, outbox);
    session.stage = Session::Stage::greeted;
    session.client_nonce = hello.nonce;
    Challenge const challenge {
        Prover::server, hello.nonce, session.server_nonce, keys_.identity, exporter};
    tell(session.id,
        Greeted {protocol_version, session.server_nonce, store_.epoch(), keys_.identity,
            prove(keys_, challenge)},
        outbox);
}

void Chat::on(Session& session, Typing const& typing, Outbox& outbox)
{
    auto const to = store_.person_by_handle(typing.to);
    bool const may_be_told = to.has_value() and to->id != session.person
        and store_.bond(Pair::of(session.person, to->id)).is_open()
        and choices_of(session.person).typing;
    if (not may_be_told)
        return; // a signal: dropped, and nobody learns who exists
    answering_.reset();
    for (SessionId const id : sessions_of(to->id))
        tell(id, TypingEvent {handle_of(session.person)}, outbox);
}

void Chat::on(Session& session, Ping const&, Outbox& outbox)
{
    tell(session.id, Pong {}, outbox);
}

void Chat::on(Session& session, UnknownRequest const&, Outbox& outbox)
{
    tell(session.id, Refused {N {}, Error::unknown_request}, outbox);
}

// Time

void Chat::pass_time(Now now, Outbox& outbox)
{
    last_now_ = now.at;
    last_label_ = now.label;
    while (not deadlines_.empty() and deadlines_.begin()->first <= now.at) {
        SessionId const id = deadlines_.begin()->second;
        deadlines_.erase(deadlines_.begin());
        Session const* const session = find(id);
        if (session == nullptr)
            continue;
        bool const is_stranger = session->stage != Session::Stage::signed_in;
        if (is_stranger and session->ask != 0)
            give_up_asking(*find(id), now, outbox);
        else if (is_stranger and session->sign_in_until > now.at)
            wait_for(id, session->sign_in_until);
        else if (is_stranger)
            let_go(id, Error::signed_in_too_late, outbox);
        else if (session->is_plain)
            continue; // a person need not type; that the connection broke is told by the system
        else if (session->heard_at + limits::silence_max <= now.at)
            let_go(id, Error::silent_too_long, outbox);
        else // it has said something since
            wait_for(id, session->heard_at + limits::silence_max);
    }
    if (handles_.size() > handles_max)
        handles_.clear(); // here nobody holds one; they are asked for again
    if (choices_.size() > handles_max)
        choices_.clear();
    for (auto& [device, again_at] : announcing_) {
        if (again_at > now.at)
            continue;
        again_at = now.at + announce_again;
        drafts_.push_back(AnnounceDraft {device});
    }
    if (marks_due_.has_value() and *marks_due_ <= now.at) {
        marks_due_.reset();
        move_marks(outbox);
    }
}

std::optional<MonotonicTime> Chat::next_deadline() const
{
    std::optional<MonotonicTime> next = marks_due_;
    for (auto const& [device, again_at] : announcing_)
        next = std::min(next.value_or(MonotonicTime::max()), again_at);
    if (not deadlines_.empty())
        next = std::min(next.value_or(MonotonicTime::max()), deadlines_.begin()->first);
    return next;
}

bool Chat::is_signed_in(SessionId id) const
{
    auto const found = sessions_.find(static_cast<std::uint64_t>(id));
    return found != sessions_.end() and found->second.stage == Session::Stage::signed_in;
}

void Chat::move_to(std::string address, Outbox& outbox)
{
    moved_to_ = std::move(address);
    if (not moved_to_.empty())
        let_all_go(Error::moved, outbox);
}

void Chat::say_goodbye(Outbox& outbox)
{
    let_all_go(Error::server_stopping, outbox);
}

void Chat::let_all_go(Error reason, Outbox& outbox)
{
    while (not sessions_.empty())
        let_go(static_cast<SessionId>(sessions_.begin()->first), reason, outbox);
}

// Sessions

Session* Chat::find(SessionId id)
{
    auto const found = sessions_.find(static_cast<std::uint64_t>(id));
    return found == sessions_.end() ? nullptr : &found->second;
}

void Chat::tell(SessionId id, Event::Body body, Outbox& outbox)
{
    outbox.push_back({id, {answering_, std::move(body)}});
}

void Chat::let_go(SessionId id, Error reason, Outbox& outbox)
{
    tell(id, Bye {reason, limits::later_wait, reason == Error::moved ? moved_to_ : ""}, outbox);
    forget(id, outbox);
}

void Chat::forget(SessionId id, Outbox& outbox)
{
    Session const* const session = find(id);
    if (session == nullptr)
        return;
    PersonId const person = session->person;
    bool const was_signed_in = session->stage == Session::Stage::signed_in;
    if (was_signed_in)
        devices_.erase(number(session->device));
    std::erase_if(asks_, [id](auto const& ask) {
        return ask.second.session == id and not ask.second.confirmed_by.has_value();
    });
    sessions_.erase(static_cast<std::uint64_t>(id));
    if (not was_signed_in)
        return;
    auto const signed_in = people_.find(number(person));
    std::erase(signed_in->second, id);
    if (not signed_in->second.empty())
        return;
    people_.erase(signed_in);
    answering_.reset();
    tell_presence(person, false, outbox);
}

void Chat::wait_for(SessionId id, MonotonicTime when)
{
    deadlines_.emplace(when, id);
}

EntryEvent Chat::event_of(Entry const& entry, Session const& session, Feed feed)
{
    bool const is_from_here = entry.device == session.device;
    if (entry.feed_of(session.person) == Feed {}) // nobody said it to this person
        return {feed, handle_of(entry.pair.other(session.person)), entry.seq,
            handle_of(entry.author), Kind {}, {}, entry.time, N {}};
    return {feed, handle_of(entry.pair.other(session.person)), entry.seq, handle_of(entry.author),
        entry.kind, entry.body, entry.time, is_from_here ? entry.n : N {}};
}

std::vector<SessionId> Chat::sessions_of(PersonId person) const
{
    auto const signed_in = people_.find(number(person));
    return signed_in == people_.end() ? std::vector<SessionId> {} : signed_in->second;
}

void Chat::let_all_go(PersonId person, Error reason, Outbox& outbox)
{
    answering_.reset();
    for (SessionId const id : sessions_of(person))
        let_go(id, reason, outbox);
}

std::string const& Chat::handle_of(PersonId person)
{
    auto const found = handles_.find(number(person));
    if (found != handles_.end())
        return found->second;
    auto const known = store_.person(person);
    check(known.has_value());
    return handles_.emplace(number(person), known->handle).first->second;
}

} // namespace duet
