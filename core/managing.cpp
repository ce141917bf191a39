// Devices and invitations: one-time secrets out, devices in, devices gone.

#include "core/chat.hpp"

#include "base/limits.hpp"

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

void Chat::on(Session& session, Invite const&, Now now, Outbox& outbox)
{
    if (not may_ask(session, outbox))
        return;
    drafts_.push_back(InviteDraft {{session.id, answering_}, make_secret(random_),
        Invitation::For::person, session.person, SecretHash {}, now.label});
}

void Chat::on(Session& session, LinkDevice const& link, Now now, Outbox& outbox)
{
    if (not may_ask(session, outbox))
        return;
    auto const what = link.plain ? Invitation::For::plain_device : Invitation::For::device;
    drafts_.push_back(InviteDraft {{session.id, answering_}, make_secret(random_), what,
        session.person, SecretHash {}, now.label});
}

void Chat::on(Session& session, Revoke const& revoke, Now now, Outbox& outbox)
{
    if (not may_ask(session, outbox))
        return;
    drafts_.push_back(
        RevokeDraft {{session.id, answering_}, session.person, revoke.device, now.label});
}

void Chat::became(DeviceEnrolled const& enrolled, Outbox& outbox)
{
    if (answered(enrolled.asker) != nullptr)
        tell(enrolled.asker.session, Enrolled {enrolled.person.handle, enrolled.device.id}, outbox);
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
    if (find(erased.asker.session) != nullptr)
        tell(erased.asker.session, Done {}, outbox);
    auto const signed_in = people_.find(number(erased.person));
    if (signed_in == people_.end())
        return;
    answering_.reset();
    for (SessionId const id : std::vector(signed_in->second))
        let_go(id, Error::revoked, outbox);
}

void Chat::became(Denied const& denied, Outbox& outbox)
{
    if (answered(denied.asker) != nullptr)
        tell(denied.asker.session, Refused {N {}, denied.error}, outbox);
}

} // namespace duet
