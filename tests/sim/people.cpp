// Who there is in a life: everybody is everybody's contact, with one to three devices each.

#include "tests/sim/world.hpp"

#include "base/check.hpp"

#include <string>
#include <variant>

namespace duet::sim {

void World::add_people(std::size_t count)
{
    std::vector<PersonId> people;
    for (std::size_t i = 0; i < count; ++i) {
        std::string const handle(1, static_cast<char>('a' + i));
        PersonId const person = enrol(handle, Invitation::For::person, PersonId {});
        for (PersonId const other : people)
            check(server_.store()
                    .append(std::vector<Record> {ContactMade {Pair::of(person, other), now_.label}})
                    .has_value());
        people.push_back(person);
        for (std::size_t more = is_direct_ ? 0 : dice_.below(3); more > 0; --more)
            enrol(handle, Invitation::For::device, person);
    }
}

PersonId World::enrol(std::string const& handle, Invitation::For what, PersonId by)
{
    KeyPair const keys = key_pair_from(dice_.bytes<32>());
    std::string const secret = "secret " + std::to_string(devices_.size() + 1);
    DeviceId const name {devices_.size() + 1};
    devices_.push_back(std::make_unique<DeviceActor>(handle, name, keys, oracle_));
    DeviceActor& device = *devices_.back();
    if (may_enrol_late_ and what == Invitation::For::device and dice_.one_in(2)) {
        server_.write_at_once({InviteDraft {{}, secret, what, by, {}, now_.label}});
        device.enrol({secret, "", "", "device"});
        device.start(server_.keys().identity, dice_);
        return by;
    }
    Enrol const enrol {secret, keys.identity, {}, handle, handle, "device"};
    auto const outcomes = server_.write_at_once(
        {InviteDraft {{}, secret, what, by, {}, now_.label}, EnrolDraft {{}, enrol, now_.label}});
    auto const& enrolled = std::get<DeviceEnrolled>(outcomes.back());
    device.save(BelongsTo {handle});
    device.begins_with_the_first = dice_.one_in(2);
    if (device.begins_with_the_first)
        device.save(LifeKnown {server_.store().epoch(), N {}, Feed {}});
    device.start(server_.keys().identity, dice_);
    return enrolled.person.id;
}

} // namespace duet::sim
