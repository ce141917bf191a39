// The end of a life: nothing fails any more, and all that waits must come to its end.

#include "tests/sim/world.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace duet::sim {

namespace {

constexpr int rounds_max = 600;
constexpr int rounds_in_quiet = 4; // for what is told late, such as marks

} // namespace

void World::calm_down()
{
    is_calm_ = true;
    bool const has_clones =
        std::ranges::any_of(devices_, [](auto const& device) { return device->is_clone; });
    if (not has_clones)
        return come_to_the_end();
    // Of two devices that have the same key the server hears one: first the one, then its clone, then
    // the one again, which must have all that the clone has said.
    for (bool const clones : {false, true, false}) {
        switch_to(clones);
        come_to_the_end();
    }
}

void World::switch_to(bool clones)
{
    server_dies();
    network_.lose_all();
    for (auto const& device : devices_) {
        device->is_on = clones ? not device->has_clone : not device->is_clone;
        device->start(server_.keys().identity, dice_);
    }
}

void World::come_to_the_end()
{
    int quiet = 0;
    for (int round = 0; round < rounds_max and quiet < rounds_in_quiet; ++round) {
        calm_round();
        quiet = is_quiet() ? quiet + 1 : 0;
    }
    for (auto const& device : devices_) {
        bool const is_done =
            device->disk().data.outbox.empty() or not device->is_on or device->is_cut_short;
        if (not is_done)
            oracle_.breaks(
                fmt::format("something waits for ever on device {}", number(device->device())));
    }
}

void World::calm_round()
{
    now_.at += limits::mark_interval;
    while (not dials_.empty())
        meet();
    let_time_pass(1000);
    keep_up();
    for (SessionId const id : network_.wires()) {
        carry_to_server(id);
        write(64);
        tell(64);
        carry_to_device(id);
    }
    for (auto const& device : devices_) {
        Wire const* const wire =
            device->wire().has_value() ? network_.find(*device->wire()) : nullptr;
        auto const hole = device->hole();
        if (wire == nullptr or not hole.has_value() or not wire->to_server.empty()
            or not wire->to_device.empty())
            continue;
        Step step;
        device->live().fetch_missing(*hole, step);
        take(*device, step);
    }
}

bool World::is_quiet()
{
    bool const is_still = std::ranges::all_of(network_.wires(), [this](SessionId id) {
        Wire const& wire = *network_.find(id);
        return wire.to_server.empty() and wire.to_device.empty();
    });
    return is_still and server_.is_idle() and std::ranges::all_of(devices_, [](auto const& device) {
        return not device->is_on or device->is_cut_short
            or (device->live().is_signed_in() and device->disk().data.outbox.empty()
                and not device->hole().has_value());
    });
}

void World::check_promises()
{
    std::set<std::string> people;
    for (auto const& device : devices_)
        people.insert(device->person());
    for (auto one = people.begin(); one != people.end(); ++one) {
        for (auto other = std::next(one); other != people.end(); ++other) {
            Log const truth = oracle_.log(*one, *other, server_.store());
            for (auto const& device : devices_) {
                if (device->is_cut_short or device->is_clone)
                    continue;
                if (device->person() == *one)
                    check_log(*device, *other, truth);
                else if (device->person() == *other)
                    check_log(*device, *one, truth);
            }
        }
    }
    oracle_.check_texts();
}

void World::check_log(DeviceActor const& device, std::string const& with, Log const& truth)
{
    auto const& logs = device.disk().logs;
    auto const log = logs.find(with);
    Log const kept = log == logs.end() ? Log {} : log->second;
    if (kept != truth)
        oracle_.breaks(fmt::format("device {} has {} texts of its talk with {}, there are {}",
            number(device.device()), kept.size(), with, truth.size()));
    check_marks(device, with, truth);
}

/// How far both have got is what the device was told; and nothing less than is true.
void World::check_marks(DeviceActor const& device, std::string const& with, Log const& truth)
{
    PersonId const me = server_.store().person_by_handle(device.person())->id;
    PersonId const other = server_.store().person_by_handle(with)->id;
    Mark const mine = server_.store().mark(Pair::of(me, other), me);
    Mark const theirs = server_.store().mark(Pair::of(me, other), other);
    auto const& talks = device.disk().data.talks;
    auto const talk = talks.find(with);
    if (talk == talks.end())
        return;
    auto const& told = talk->second;
    if (told.mine.read < mine.read or told.theirs.read < theirs.read
        or told.theirs.delivered < theirs.delivered)
        oracle_.breaks(fmt::format("device {} was told less of {} than the marks that are stored",
            number(device.device()), with));
    if (told.mine.read < told.read_wanted)
        oracle_.breaks(fmt::format("device {} has read what its talk with {} does not show",
            number(device.device()), with));
    Seq last {};
    for (auto const& [seq, text] : truth)
        last = oracle_.author(text) == device.person() ? seq : last;
    bool const is_heard = not may_restore_server_ and std::ranges::any_of(devices_, [&](auto& one) {
        return one->person() == with and one->begins_with_the_first and not one->is_cut_short;
    });
    if (is_heard and told.theirs.delivered < last)
        oracle_.breaks(fmt::format(
            "{} has all of its talk with {}, and no mark says so", with, device.person()));
}

} // namespace duet::sim
