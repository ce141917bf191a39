// Devices and invitations: one-time secrets out, devices in, devices gone.

#include "core/chat.hpp"

#include <array>
#include <string_view>

namespace duet {

void Chat::on(Session& session, Invite const&, Now now, Outbox&)
{
    drafts_.push_back(InviteDraft {{session.id, answering_}, make_secret(), Invitation::For::person,
        session.person, SecretHash {}, now.label});
}

void Chat::on(Session& session, LinkDevice const& link, Now now, Outbox&)
{
    auto const what = link.plain ? Invitation::For::plain_device : Invitation::For::device;
    drafts_.push_back(InviteDraft {
        {session.id, answering_}, make_secret(), what, session.person, SecretHash {}, now.label});
}

void Chat::on(Session& session, Revoke const& revoke, Now now, Outbox&)
{
    drafts_.push_back(
        RevokeDraft {{session.id, answering_}, session.person, revoke.device, now.label});
}

void Chat::became(DeviceEnrolled const& enrolled, Outbox& outbox)
{
    if (find(enrolled.asker.session) != nullptr)
        tell(enrolled.asker.session, Enrolled {enrolled.person.handle, enrolled.device.id}, outbox);
}

void Chat::became(Invited const& invited, Outbox& outbox)
{
    if (find(invited.asker.session) != nullptr)
        tell(invited.asker.session, Linked {invited.secret, invited.expires}, outbox);
}

void Chat::became(Revoked const& revoked, Outbox& outbox)
{
    if (find(revoked.asker.session) != nullptr)
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
    // No say is answered so but a revoked device's, which is let go: nothing to count.
    if (find(denied.asker.session) != nullptr)
        tell(denied.asker.session, Refused {N {}, denied.error}, outbox);
}

/// 128 bits as 26 letters and digits (base 32 of RFC 4648, in small letters).
std::string Chat::make_secret()
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
    std::array<std::byte, 26> bytes;
    random_.fill(bytes);
    std::string secret;
    for (std::byte const byte : bytes)
        secret += letters[std::to_integer<std::size_t>(byte) % letters.size()];
    return secret;
}

} // namespace duet
