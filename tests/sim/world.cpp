#include "tests/sim/world.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "core/planted.hpp"

#include <algorithm>

namespace duet::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t chatter = 40; // lines under way at once that a device says before it waits

} // namespace

World::World(std::uint64_t seed)
    : dice_(seed)
    , is_direct_(dice_.one_in(4))
    , may_restore_server_(not is_direct_ and dice_.one_in(3))
    , may_copy_devices_(not is_direct_ and dice_.one_in(3))
    , may_enrol_late_(not is_direct_ and not may_restore_server_ and dice_.one_in(2))
    , may_revoke_(not is_direct_ and not may_restore_server_ and dice_.one_in(4))
    , now_ {Time(1'700'000'000s), MonotonicTime(1000s)}
    , server_(dice_)
    , network_(dice_)
{
    check(not server_.start().has_value());
    server_.write_at_once({EpochDraft {dice_.bytes<16>(), now_.label}});
    if (is_direct_)
        be_direct();
    else
        add_people(2 + dice_.below(dice_.one_in(4) ? 7 : 3));
}

std::string World::live(std::size_t steps)
{
    for (std::size_t i = 0; i < steps and oracle_.broken().empty(); ++i)
        step();
    if (oracle_.broken().empty())
        calm_down();
    if (oracle_.broken().empty())
        check_promises();
    return oracle_.broken();
}

void World::step()
{
    now_.at += std::chrono::milliseconds(dice_.below(40));
    now_.label += 1ms;
    if (is_direct_ and dice_.one_in(30))
        dial(dice_.one_in(2));
    if (is_direct_ and dice_.one_in(8))
        meet();
    auto const wires = network_.wires();
    switch (dice_.below(14)) {
    case 0:
    case 1:
        return speak(any_device());
    case 2:
        return let_time_pass(1000);
    case 3:
        return write(1 + dice_.below(8));
    case 4:
        return tell(1 + dice_.below(8));
    case 5:
        return have_accident();
    case 6:
        return dice_.one_in(2) ? keep_up() : read(any_device());
    case 7:
    case 8:
    case 9:
        return wires.empty() ? void() : carry_to_server(wires[dice_.below(wires.size())]);
    default:
        return wires.empty() ? void() : carry_to_device(wires[dice_.below(wires.size())]);
    }
}

// People

DeviceActor& World::any_device()
{
    return *devices_[dice_.below(devices_.size())];
}

void World::speak(DeviceActor& device)
{
    std::string const to = dice_.one_in(20) ? "nobody" : any_device().person();
    if (to == device.person() or not device.is_on or device.disk().data.outbox.size() >= chatter)
        return;
    // Some are long, so that windows fill and what is behind comes from the store.
    std::size_t const more =
        dice_.one_in(4) ? 1 + dice_.below(limits::text_bytes_max - 32) : dice_.below(30);
    Step step;
    device.live().say(to, std::to_string(++texts_) + " " + std::string(more, 'x'), step);
    take(device, step);
}

void World::read(DeviceActor& device)
{
    for (auto const& [with, talk] : device.disk().data.talks) {
        Step step;
        if (device.is_on and talk.last != Seq {})
            device.live().read(with, talk.last, step);
        take(device, step);
    }
}

void World::let_time_pass(std::size_t milliseconds_most)
{
    now_.at += std::chrono::milliseconds(dice_.below(milliseconds_most));
    server_.chat().pass_time(now_, outbox_);
    deliver();
    for (auto const& device : devices_) {
        if (not device->is_on)
            continue;
        Step step;
        bool const is_due = device->live().pass_time(now_, step);
        if (is_due and is_direct_ and not is_scribes_own(*device))
            dial(false);
        else if (is_due)
            connect(*device);
        take(*device, step);
    }
}

// A device's step

/// What a step asks for: first the device's disk, then the wire. It may die anywhere.
void World::take(DeviceActor& device, Step const& step)
{
    std::vector<Request> says_yes; // to a further device of the same person
    for (Notice const& notice : step.notices) {
        device.is_ended = device.is_ended or std::holds_alternative<Ended>(notice);
        if (auto const* const asks = std::get_if<DeviceAsks>(&notice))
            says_yes.push_back({std::nullopt, Confirm {asks->ask, true}});
    }
    if (planted(Bug::got_before_stored))
        send(device, step);
    if (dies_now(device))
        return;
    if (planted(Bug::cursor_before_entry)) {
        for (Change const& change : step.changes) {
            if (std::holds_alternative<CursorMoved>(change))
                device.save(change);
        }
        if (dies_now(device))
            return;
    }
    for (Change const& change : step.changes) {
        if (not planted(Bug::sent_before_numbered)
            or not std::holds_alternative<SayNumbered>(change))
            device.save(change);
    }
    if (dies_now(device))
        return;
    send(device, step);
    for (Request const& request : says_yes)
        ask(device, request.body);
    if (not dies_now(device) and step.must_disconnect)
        device_leaves(device);
}

bool World::dies_now(DeviceActor& device)
{
    if (is_calm_ or not dice_.one_in(300))
        return false;
    ++accidents_;
    restart(device);
    return true;
}

/// What its user asks for, and nothing on its disk depends on.
void World::ask(DeviceActor& device, Request::Body body)
{
    Step step;
    step.requests.push_back({std::nullopt, std::move(body)});
    send(device, step);
}

void World::send(DeviceActor& device, Step const& step)
{
    Wire* const wire = device.wire().has_value() ? network_.find(*device.wire()) : nullptr;
    if (wire == nullptr or not wire->has_server)
        return;
    for (Request const& request : step.requests)
        encode(request, wire->to_server);
}

void World::connect(DeviceActor& device)
{
    SessionId const id = network_.open();
    device.connected(id);
    server_.chat().connected(id, now_);
    Step step;
    device.live().connected(now_, step);
    take(device, step);
}

// The server

void World::write(std::size_t most)
{
    if (now_.at < scribe_rests_until_ and not is_calm_)
        return;
    server_.write(most);
    if (server_.must_die())
        server_dies();
}

void World::tell(std::size_t most)
{
    for (Outcome const& outcome : server_.finished(most)) {
        server_.chat().finished(outcome, outbox_);
        deliver();
        if (auto const* const revoked = std::get_if<Revoked>(&outcome)) {
            DeviceId const device = device_of(revoked->device);
            revoked_.insert(device);
            oracle_.revoked(device);
        }
    }
}

/// The name in the world of whom the server knows by this id.
DeviceId World::device_of(DeviceId on_server)
{
    auto const identity = server_.store().device(on_server)->identity;
    auto const found = std::ranges::find_if(
        devices_, [&](auto const& device) { return device->identity() == identity; });
    return (*found)->device();
}

void World::keep_up()
{
    server_.chat().set_scribe_is_behind(not is_calm_ and dice_.one_in(8));
    server_.keep_up(is_calm_);
    if (server_.must_die())
        server_dies();
}

} // namespace duet::sim
