#include "store/record_words.hpp"

#include <fmt/format.h>

namespace duet {

namespace {

std::string words(Pair pair)
{
    return fmt::format("{} and {}", number(pair.low), number(pair.high));
}

std::string words(Entry const& entry)
{
    return fmt::format(
        "entry {} of {}, by {} (device {}, n {}), feeds {} and {}, kind {}, {} bytes",
        number(entry.seq), words(entry.pair), number(entry.author), number(entry.device),
        number(entry.n), number(entry.feed_low), number(entry.feed_high),
        static_cast<int>(entry.kind), entry.body.size());
}

std::string words(Refusal const& refusal)
{
    return fmt::format("refused device {}, n {}: {}", number(refusal.device), number(refusal.n),
        word(refusal.error));
}

std::string words(PersonAdded const& added)
{
    return fmt::format("person {} begins: {}", number(added.person), added.handle);
}

std::string words(DeviceAdded const& added)
{
    return fmt::format("device {} of person {} begins{}", number(added.device),
        number(added.person), added.identity.has_value() ? "" : ", without a key");
}

std::string words(DeviceRevoked const& revoked)
{
    return fmt::format("device {} is revoked", number(revoked.device));
}

std::string words(Invitation const& invitation)
{
    return fmt::format("invitation, for {}, by {}",
        invitation.what == Invitation::For::person ? "a person" : "a device",
        number(invitation.by));
}

std::string words(ContactMade const& contact)
{
    return fmt::format("contacts: {}", words(contact.pair));
}

std::string words(Mark const& mark)
{
    return fmt::format("mark of {} in {}: delivered {}, read {}, at heads {} and {}",
        number(mark.who), words(mark.pair), number(mark.delivered), number(mark.read),
        number(mark.head_low), number(mark.head_high));
}

std::string words(PlainCursor const& cursor)
{
    return fmt::format("cursor of device {}: {}", number(cursor.device), number(cursor.feed));
}

std::string words(PersonErased const& erased)
{
    return fmt::format("person {} is erased", number(erased.person));
}

std::string words(Gone const& gone)
{
    return fmt::format(
        "gone: {} to {} of {}", number(gone.first), number(gone.last), words(gone.pair));
}

std::string words(EpochBegun const& begun)
{
    std::string digits;
    for (std::byte const byte : begun.epoch)
        digits += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    return "epoch " + digits;
}

std::string words(ContactAsked const& asked)
{
    return fmt::format("{} asks to be a contact, of {}{}", number(asked.who), words(asked.pair),
        asked.was_heard ? "" : ", unheard");
}

std::string words(StanceTaken const& taken)
{
    return fmt::format("{}, of {}: {}, {}", number(taken.who), words(taken.pair),
        taken.refuses ? "refuses to be asked" : "may be asked",
        taken.blocks ? "blocks" : "does not block");
}

std::string words(PersonAwaited const& awaited)
{
    return fmt::format("person {} is awaited: {}", number(awaited.person), awaited.handle);
}

std::string words(TalkChanged const& talk)
{
    return fmt::format("talk of {} with {} has changed, at head {}", number(talk.person),
        number(talk.other), number(talk.head));
}

std::string words(PersonSuspended const& suspended)
{
    return fmt::format("person {} is {}", number(suspended.person),
        suspended.is_suspended ? "suspended" : "let in again");
}

std::string words(RecoverySet const& set)
{
    return fmt::format("person {} has another recovery phrase", number(set.person));
}

std::string words(DeviceAnnounced const& announced)
{
    return fmt::format("device {} is announced up to contact {}{}", number(announced.device),
        number(announced.up_to), announced.is_done ? ", and done" : "");
}

std::string words(InvitationEnded const&)
{
    return "an invitation is dead before its time";
}

std::string words(SettingsChanged const& changed)
{
    return fmt::format("settings of {}, {} bytes", number(changed.person), changed.settings.size());
}

} // namespace

std::string in_words(Record const& record)
{
    return std::visit([](auto const& one) { return words(one); }, record);
}

} // namespace duet
