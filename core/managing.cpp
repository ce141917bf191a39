// Devices and invitations: one-time secrets out, devices in, devices gone.

#include "core/chat.hpp"

#include "base/limits.hpp"
#include "core/planted.hpp"

namespace duet {

/// Whether one more of what only the scribe can answer may wait.
bool Chat::may_ask(Session& session, Outbox& outbox)
{
    if (session.unanswered >= limits::unanswered_max or scribe_is_behind_) {
        tell(session.id, Refused {N {}, Error::too_fast}, outbox);
        return false;
    }
    ++session.unanswered;
    return true;
}

/// The same for what a device that is signed in changes: it has its pace.
bool Chat::may_ask(Session& session, Now now, Outbox& outbox)
{
    if (not session.is_plain and not paces_.allow(session.device, rules_.pace, now.at)) {
        tell(session.id, Refused {N {}, Error::too_fast}, outbox);
        return false;
    }
    return may_ask(session, outbox);
}

void Chat::on(Session& session, Invite const&, Now now, Outbox& outbox)
{
    if (not rules_.anyone_invites)
        return tell(session.id, Refused {N {}, Error::not_permitted}, outbox);
    if (not may_ask(session, now, outbox))
        return;
    drafts_.push_back(InviteDraft {{session.id, answering_}, make_secret(random_),
        Invitation::For::person, session.person, SecretHash {}, now.label});
}

void Chat::on(Session& session, LinkDevice const& link, Now now, Outbox& outbox)
{
    if (not may_ask(session, now, outbox))
        return;
    auto const what = link.plain ? Invitation::For::plain_device : Invitation::For::device;
    drafts_.push_back(InviteDraft {{session.id, answering_}, make_secret(random_), what,
        session.person, SecretHash {}, now.label});
}

void Chat::on(Session& session, Revoke const& revoke, Now now, Outbox& outbox)
{
    if (not may_ask(session, now, outbox))
        return;
    drafts_.push_back(
        RevokeDraft {{session.id, answering_}, session.person, revoke.device, now.label});
}

void Chat::became(DeviceEnrolled const& enrolled, Outbox& outbox)
{
    if (answered(enrolled.asker) != nullptr)
        tell(enrolled.asker.session, Enrolled {enrolled.person.handle, enrolled.device.id}, outbox);
    settle_ask(enrolled.asker.session, std::nullopt, outbox);
    if (enrolled.is_announced and not planted(Bug::device_added_in_silence))
        announce(enrolled.device.id);
}

/// The person's contacts are told of a device, some at a time.
void Chat::announce(DeviceId device)
{
    announcing_[device] = last_now_ + 5 * limits::space_retry;
    drafts_.push_back(AnnounceDraft {device});
}

void Chat::became(Announced const& announced, Outbox&)
{
    if (announced.is_done)
        announcing_.erase(announced.device);
    else
        announce(announced.device);
}

void Chat::became(Invited const& invited, Outbox& outbox)
{
    if (answered(invited.asker) != nullptr)
        tell(invited.asker.session, Linked {invited.secret, invited.expires}, outbox);
}

void Chat::became(Revoked const& revoked, Outbox& outbox)
{
    if (answered(revoked.asker) != nullptr)
        tell(revoked.asker.session, Done {}, outbox);
    auto const live = devices_.find(number(revoked.device));
    if (live == devices_.end())
        return;
    answering_.reset();
    let_go(live->second, Error::revoked, outbox);
}

void Chat::became(Erased const& erased, Outbox& outbox)
{
    if (answered(erased.asker) != nullptr)
        tell(erased.asker.session, Done {}, outbox);
    let_all_go(erased.person, Error::revoked, outbox);
}

void Chat::became(Denied const& denied, Outbox& outbox)
{
    if (answered(denied.asker) != nullptr)
        tell(denied.asker.session, Refused {N {}, denied.error}, outbox);
    settle_ask(denied.asker.session, denied.error, outbox);
}

} // namespace duet
