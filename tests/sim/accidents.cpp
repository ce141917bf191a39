// What goes wrong in a life.

#include "tests/sim/world.hpp"

#include <algorithm>

namespace duet::sim {

void World::have_accident()
{
    ++accidents_;
    switch (dice_.below(24)) {
    case 0:
        return server_dies();
    case 1:
    case 2:
        return server_.expect_accident();
    case 3:
    case 4:
        return restart(any_device());
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
        return cut(any_device());
    case 11:
        return jump_clock();
    case 12:
        return may_restore_server_ and (dice_.one_in(2) or not server_.has_backup())
            ? server_.back_up()
            : restore_server();
    case 13:
        return any_device().back_up();
    case 14:
        return restore(any_device());
    case 15:
        return clone(any_device());
    case 16:
        return revoke(any_device());
    case 17: // the disk is slow, and what is drafted waits
        scribe_rests_until_ = now_.at + std::chrono::seconds(dice_.below(20));
        return;
    default:
        --accidents_;
        return;
    }
}

/// A device's process dies, and begins anew from its disk; or its user starts it again.
void World::restart(DeviceActor& device)
{
    if (not device.is_on)
        return;
    if (is_direct_ and is_scribes_own(device)) // one process
        return server_dies();
    if (device.wire().has_value())
        network_.leave_as_device(*device.wire());
    device.start(server_.keys().identity, dice_);
}

/// Who learns of it now, and who later?
void World::cut(DeviceActor& device)
{
    if (not device.wire().has_value())
        return;
    SessionId const id = *device.wire();
    std::size_t const who = dice_.below(3);
    if (who != 0)
        device_leaves(device);
    if (who != 1)
        server_leaves(id);
}

void World::device_leaves(DeviceActor& device)
{
    if (not device.wire().has_value())
        return;
    network_.leave_as_device(*device.wire());
    device.disconnected(now_);
}

void World::server_leaves(SessionId id)
{
    network_.leave_as_server(id);
    server_.chat().disconnected(id, outbox_);
    deliver();
}

/// What was not written is lost, and what was not told, too.
void World::server_dies()
{
    server_.die(dice_.one_in(2));
    outbox_.clear();
    network_.lose_server();
    if (auto const why = server_.start(); why.has_value())
        return oracle_.breaks("the server cannot start: " + *why);
    if (is_direct_ and not devices_.empty())
        devices_.front()->start(server_.keys().identity, dice_);
}

void World::restore_server()
{
    if (not may_restore_server_ or not server_.has_backup())
        return;
    outbox_.clear();
    network_.lose_all();
    if (auto const why = server_.restore(now_.label); why.has_value())
        return oracle_.breaks("a restored server cannot start: " + *why);
    oracle_.restored(server_.store());
}

void World::restore(DeviceActor& device)
{
    if (not may_copy_devices_ or not device.has_backup() or device.has_clone or device.is_clone)
        return;
    if (device.wire().has_value())
        network_.leave_as_device(*device.wire());
    device.restore(server_.store().epoch());
    device.start(server_.keys().identity, dice_);
}

void World::clone(DeviceActor& device)
{
    if (not may_copy_devices_ or device.has_clone or device.is_clone)
        return;
    devices_.push_back(device.clone(server_.store().epoch()));
    devices_.back()->start(server_.keys().identity, dice_);
}

/// Another device of the same person asks for it.
void World::revoke(DeviceActor& device)
{
    if (not may_revoke_)
        return;
    auto const asks = std::ranges::find_if(devices_, [&](auto const& other) {
        return other->person() == device.person() and other->device() != device.device()
            and other->live().is_signed_in();
    });
    auto const on_server = server_.store().device_by_identity(device.identity());
    if (asks == devices_.end() or not on_server.has_value())
        return;
    for (auto const& each : devices_) // a clone, too
        each->is_cut_short = each->is_cut_short or each->device() == device.device();
    oracle_.maybe_revoked(device.device());
    Step step;
    step.requests.push_back({std::nullopt, Revoke {on_server->id}});
    take(**asks, step);
}

/// The clock on the wall; what waits does not look at it, but secrets do.
void World::jump_clock()
{
    if (may_enrol_late_)
        return;
    using namespace std::chrono_literals;
    now_.label += 24h * (static_cast<int>(dice_.below(800)) - 400);
}

} // namespace duet::sim
