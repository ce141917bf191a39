// Devices: by which secret they come, and who is told of it.
//
// A further device of a person is told of in each of their conversations, by an entry that the scribe
// itself says. A person may have thousands of contacts, so it is done in batches, and how far it has got is
// a record too: a scribe that begins anew goes on from there.

#include "core/scribe.hpp"

#include "base/limits.hpp"
#include "core/planted.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace duet {

namespace {

/// As a text of JSON. Names have no control characters.
std::string quoted(std::string_view text)
{
    std::string result = "\"";
    for (char const letter : text) {
        if (letter == '"' or letter == '\\')
            result += '\\';
        result += letter;
    }
    return result + '"';
}

std::string digits_of(std::optional<Identity> const& identity)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result;
    if (not identity.has_value())
        return result;
    for (std::byte const byte : *identity) {
        result += digits[std::to_integer<std::size_t>(byte >> 4)];
        result += digits[std::to_integer<std::size_t>(byte & std::byte {15})];
    }
    return result;
}

/// How it came: by an invitation, or by a recovery phrase, which needs none.
std::string_view way_of(std::optional<Invitation> const& invitation)
{
    if (not invitation.has_value())
        return "recovery";
    switch (invitation->way) {
    case Invitation::Way::link:
        return "link";
    case Invitation::Way::code:
        return "code";
    case Invitation::Way::operators:
        return "operator";
    }
    return "";
}

} // namespace

// Coming

void Scribe::decide(EnrolDraft const& draft)
{
    SecretHash const secret = hash_of_secret(draft.enrol.secret);
    if (auto const device = store_.device_by_secret(secret); device.has_value()) {
        // The same secret with the same key gets the same answer again, so a lost one can be asked for.
        auto const person = store_.person(device->person);
        if (device->identity == draft.enrol.identity and person.has_value())
            outcomes_.push_back(DeviceEnrolled {draft.asker, *person, *device});
        else
            outcomes_.push_back(Denied {draft.asker, Error::secret_unknown});
        return;
    }
    if (auto const person = store_.person_by_recovery(secret); person.has_value())
        return recover(draft, *person);
    auto const invitation = store_.invitation(secret);
    bool const is_good = invitation.has_value() and draft.time < invitation->expires
        and not store_.device_by_identity(draft.enrol.identity).has_value();
    if (not is_good)
        return deny(draft.asker, Error::secret_unknown);
    enrol_by(draft, *invitation);
}

void Scribe::enrol_by(EnrolDraft const& draft, Invitation const& invitation)
{
    if (invitation.what == Invitation::For::person)
        return enrol_new_person(draft, invitation);
    auto const person = store_.person(invitation.by);
    bool const is_good =
        person.has_value() and not person->is_erased and invitation.what == Invitation::For::device;
    if (not is_good)
        return deny(draft.asker, Error::secret_unknown);
    add_further_device(draft, *person);
}

/// A phrase is good once, and only together with the next: nobody is ever left without one.
void Scribe::recover(EnrolDraft const& draft, Person const& person)
{
    if (store_.device_by_identity(draft.enrol.identity).has_value())
        return deny(draft.asker, Error::secret_unknown);
    if (not draft.enrol.recovery.has_value())
        return deny(draft.asker, Error::recovery_missing);
    if (not is_unused(*draft.enrol.recovery))
        return deny(draft.asker, Error::secret_unknown);
    if (not planted(Bug::recovery_good_twice))
        records_.push_back(RecoverySet {person.id, *draft.enrol.recovery, draft.time});
    // Lost devices count no more: whoever has lost 64 of them could never come back.
    add_device(draft, person, true);
}

void Scribe::enrol_new_person(EnrolDraft const& draft, Invitation const& invitation)
{
    for (auto const& checked : {check_handle(draft.enrol.handle), check_name(draft.enrol.name)}) {
        if (not checked.has_value())
            return deny(draft.asker, checked.error());
    }
    auto const holder = store_.anybody_by_handle(draft.enrol.handle);
    if (holder.has_value() and not holder->is_awaited)
        return deny(draft.asker, Error::handle_taken);
    PersonId const id = holder.has_value() ? holder->id : next(store_.last_person());
    Person const person {.id = id, .handle = draft.enrol.handle, .name = draft.enrol.name};
    records_.push_back(PersonAdded {person.id, person.handle, person.name, draft.time});
    if (draft.enrol.recovery.has_value() and is_unused(*draft.enrol.recovery))
        records_.push_back(RecoverySet {person.id, *draft.enrol.recovery, draft.time});
    add_device(draft, person, false);

    PersonId contact = invitation.by;
    if (auto const partner = store_.device_by_secret(invitation.with); partner.has_value())
        contact = partner->person;
    if (contact != PersonId {})
        records_.push_back(ContactMade {Pair::of(person.id, contact), draft.time});
}

void Scribe::add_further_device(EnrolDraft const& draft, Person const& person)
{
    auto const devices = store_.devices(person.id);
    auto const live = std::ranges::count(devices, false, &Device::is_revoked);
    if (static_cast<std::size_t>(live) >= limits::devices_person_max)
        return deny(draft.asker, Error::devices_full);
    add_device(draft, person, true);
}

void Scribe::add_device(EnrolDraft const& draft, Person const& person, bool is_further)
{
    Device const device {next(store_.last_device()), person.id, draft.enrol.identity,
        draft.enrol.device_name, hash_of_secret(draft.enrol.secret), false, {}, draft.time};
    records_.push_back(DeviceAdded {
        device.id, person.id, device.identity, device.name, device.secret, draft.time});
    if (is_further)
        records_.push_back(DeviceAnnounced {device.id, PersonId {}, false});
    outcomes_.push_back(DeviceEnrolled {draft.asker, person, device, is_further});
}

/// Whose plain device the code is for; nullopt if it is no such code, or no longer.
std::optional<Person> Scribe::plain_person_of(PlainSignInDraft const& draft)
{
    SecretHash const secret = hash_of_secret(draft.secret);
    auto const invitation = store_.invitation(secret);
    bool const is_good = invitation.has_value() and draft.time < invitation->expires
        and invitation->what == Invitation::For::plain_device
        and not store_.device_by_secret(secret).has_value();
    if (not is_good)
        return std::nullopt;
    auto person = store_.person(invitation->by);
    return person.has_value() and not person->is_erased ? person : std::nullopt;
}

/// A person has one plain device at a time: the new one takes the place of the older, and goes on from
/// its cursor. The code is used up, so nothing that lasts was sent in clear.
void Scribe::decide(PlainSignInDraft const& draft)
{
    auto const person = plain_person_of(draft);
    if (not person.has_value()) {
        outcomes_.push_back(Denied {draft.asker, Error::secret_unknown});
        return;
    }
    Feed cursor = store_.last_feed(person->id);
    for (Device const& older : store_.devices(person->id)) {
        if (older.is_revoked or older.identity.has_value())
            continue;
        cursor = older.plain_cursor;
        records_.push_back(DeviceRevoked {older.id, draft.time});
        outcomes_.push_back(Revoked {{}, older.id});
    }
    Device const device {next(store_.last_device()), person->id, std::nullopt, "plain lines",
        hash_of_secret(draft.secret), false, cursor, draft.time};
    records_.push_back(
        DeviceAdded {device.id, person->id, std::nullopt, device.name, device.secret, draft.time});
    records_.push_back(PlainCursor {device.id, cursor});
    outcomes_.push_back(PlainSignedIn {draft.asker, *person, device});
}

// Telling of it

void Scribe::decide(AnnounceDraft const& draft)
{
    auto const open = store_.announcements();
    auto const announced = std::ranges::find(open, draft.device, &DeviceAnnounced::device);
    if (announced == open.end()) {
        outcomes_.push_back(Announced {{}, draft.device, true});
        return;
    }
    Device const device = store_.device(draft.device).value();
    bool const is_of_interest = not device.is_revoked;
    auto const page = is_of_interest
        ? store_.contacts(device.person, announced->up_to, limits::announced_at_once_max)
        : std::vector<Relation> {};
    std::string const body = "{\"device\":" + quoted(device.name) + ",\"identity\":\""
        + digits_of(device.identity) + "\",\"by\":\""
        + std::string(way_of(store_.invitation(device.secret))) + "\"}";
    for (Relation const& contact : page) {
        if (contact.bond.is_open())
            announce(device, contact.person, body);
    }
    bool const is_done = page.size() < limits::announced_at_once_max;
    PersonId const up_to = page.empty() ? announced->up_to : page.back().person;
    records_.push_back(DeviceAnnounced {draft.device, up_to, is_done});
    outcomes_.push_back(Announced {{}, draft.device, is_done});
}

void Scribe::announce(Device const& device, PersonId to, std::string const& body)
{
    Entry entry {Pair::of(device.person, to), {}, device.person, DeviceId {}, N {}, {}, {},
        device.time, Kind::device_added, BodyHash {}, body};
    give_numbers(entry, true);
    records_.push_back(entry);
    outcomes_.push_back(Appended {{}, std::move(entry)});
}

} // namespace duet
