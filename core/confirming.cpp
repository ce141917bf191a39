// A further device waits for the yes of one that is there already, so that a link that was seen by others
// makes nobody a member of somebody else's person. What waits is in memory: a new device whose connection
// or server breaks asks again.

#include "core/chat.hpp"

#include "base/limits.hpp"
#include "core/scribe.hpp"

#include <algorithm>

namespace duet {

/// By a link or code of the person's own. What the operator made, and a recovery phrase, are a yes.
bool Chat::must_be_confirmed(Enrol const& enrol, Now now)
{
    SecretHash const secret = hash_of_secret(enrol.secret);
    auto const invitation = store_.invitation(secret);
    bool const is_for_device = invitation.has_value()
        and invitation->what == Invitation::For::device
        and invitation->way != Invitation::Way::operators;
    // What is no good the scribe refuses, and what was answered before it answers again.
    return is_for_device and now.label < invitation->expires and not has_all_devices(invitation->by)
        and not store_.device_by_secret(secret).has_value()
        and not store_.device_by_identity(enrol.identity).has_value();
}

bool Chat::has_all_devices(PersonId person)
{
    auto const live = std::ranges::count(store_.devices(person), false, &Device::is_revoked);
    return static_cast<std::size_t>(live) >= limits::devices_person_max;
}

void Chat::ask_others(Session& session, Enrol const& enrol, Now now, Outbox& outbox)
{
    PersonId const person = store_.invitation(hash_of_secret(enrol.secret))->by;
    auto const of_person = [this, person] {
        return std::ranges::subrange(
            asks_.lower_bound({person, 0}), asks_.lower_bound({next(person), 0}));
    };
    // The same device again, over a newer connection or this one, asks once.
    for (auto ask = of_person().begin(); ask != of_person().end();) {
        bool const is_same = not ask->second.confirmed_by.has_value()
            and (ask->second.session == session.id or ask->second.enrol.identity == enrol.identity);
        if (is_same and ask->second.session != session.id)
            find(ask->second.session)->ask = 0;
        ask = is_same ? asks_.erase(ask) : std::next(ask);
    }
    if (std::ranges::distance(of_person()) >= static_cast<std::ptrdiff_t>(limits::asks_person_max))
        return tell(session.id, Refused {N {}, Error::too_fast}, outbox);

    session.ask = ++last_ask_;
    MonotonicTime const until = now.at + limits::confirm_time_max;
    asks_[{person, session.ask}] = {session.id, enrol, answering_, std::nullopt, until};
    session.sign_in_until = until + limits::sign_in_time_max;
    wait_for(session.id, until);
    tell(session.id, Waiting {}, outbox);
    answering_.reset();
    for (SessionId const id : sessions_of(person)) {
        if (not find(id)->is_plain)
            tell(id, DeviceAsks {session.ask, enrol.device_name, session.address, enrol.identity},
                outbox);
    }
}

/// A device of the person's has come: whoever waits has waited for it.
void Chat::tell_asks(Session const& session, Outbox& outbox)
{
    for (auto ask = asks_.lower_bound({session.person, 0});
        ask != asks_.end() and ask->first.first == session.person; ++ask) {
        if (not ask->second.confirmed_by.has_value())
            tell(session.id,
                DeviceAsks {ask->first.second, ask->second.enrol.device_name,
                    find(ask->second.session)->address, ask->second.enrol.identity},
                outbox);
    }
}

void Chat::on(Session& session, Confirm const& confirm, Now now, Outbox& outbox)
{
    auto const found = asks_.find({session.person, confirm.ask});
    bool const is_there = found != asks_.end() and not found->second.confirmed_by.has_value()
        and not session.is_plain;
    if (not is_there)
        return tell(session.id, Refused {N {}, Error::no_such_request}, outbox);
    if (not may_ask(session, now, outbox))
        return;
    DeviceAsk& ask = found->second;
    Session& asking = *find(ask.session);
    Asker const by {session.id, answering_};
    if (not confirm.yes) {
        drafts_.push_back(EndInvitationDraft {by, hash_of_secret(ask.enrol.secret), now.label});
        answering_ = ask.request;
        tell(asking.id, Refused {N {}, Error::not_confirmed}, outbox);
        asking.ask = 0;
        asking.sign_in_until = now.at + limits::sign_in_time_max;
        wait_for(asking.id, asking.sign_in_until);
        asks_.erase(found);
        return;
    }
    ask.confirmed_by = by;
    ++asking.unanswered;
    drafts_.push_back(EnrolDraft {{asking.id, ask.request}, ask.enrol, now.label});
}

/// The scribe has decided about a device that was confirmed: whoever said yes is told.
void Chat::settle_ask(SessionId asking, std::optional<Error> refused, Outbox& outbox)
{
    auto const ask = std::ranges::find_if(asks_, [asking](auto const& one) {
        return one.second.session == asking and one.second.confirmed_by.has_value();
    });
    if (ask == asks_.end())
        return;
    Asker const by = *ask->second.confirmed_by;
    asks_.erase(ask);
    if (Session* const session = find(asking); session != nullptr) {
        session->ask = 0;
        session->sign_in_until = last_now_ + limits::sign_in_time_max;
        wait_for(asking, session->sign_in_until);
    }
    if (answered(by) == nullptr)
        return;
    answering_ = by.id;
    if (refused.has_value())
        tell(by.session, Refused {N {}, *refused}, outbox);
    else
        tell(by.session, Done {}, outbox);
}

/// Nobody has said anything for limits::confirm_time_max; the secret is still good.
void Chat::give_up_asking(Session& session, Now now, Outbox& outbox)
{
    auto const ask = std::ranges::find_if(
        asks_, [&session](auto const& one) { return one.second.session == session.id; });
    if (ask == asks_.end() or ask->second.confirmed_by.has_value()) {
        session.ask = 0; // the scribe has it
    } else if (ask->second.until > now.at) {
        return wait_for(session.id, ask->second.until);
    } else {
        answering_ = ask->second.request;
        asks_.erase(ask);
        session.ask = 0;
        tell(session.id, Refused {N {}, Error::not_confirmed}, outbox);
        answering_.reset();
    }
    wait_for(session.id, session.sign_in_until);
}

} // namespace duet
