// How bytes come from devices to the server and back, through the real door.

#include "tests/sim/world.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "doors/lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace duet::sim {

namespace {

template <typename Use>
void for_each_line(std::string const& bytes, Use use)
{
    Bytes rest = as_bytes(bytes);
    while (not rest.empty()) {
        Line const line = next_line(rest, limits::json_line_bytes_max).value().value();
        use(as_bytes(line.text));
        rest = rest.subspan(line.used);
    }
}

/// Which ends of a connection are nobody's mistake.
bool may_end_so(Error reason)
{
    return reason == Error::replaced or reason == Error::revoked or reason == Error::device_revoked
        or reason == Error::silent_too_long or reason == Error::signed_in_too_late;
}

bool is_for_members(Event const& event)
{
    return std::holds_alternative<Welcome>(event.body)
        or std::holds_alternative<EntryEvent>(event.body)
        or std::holds_alternative<Said>(event.body);
}

} // namespace

DeviceActor* World::device_on(SessionId wire)
{
    auto const found = std::ranges::find_if(
        devices_, [wire](auto const& device) { return device->wire() == wire; });
    return found == devices_.end() ? nullptr : found->get();
}

void World::carry_to_server(SessionId id)
{
    Wire* const wire = network_.find(id);
    if (wire == nullptr or not wire->has_server)
        return;
    bool const is_on_its_own = not wire->has_device; // what it was given last may come very late
    if (is_on_its_own and not is_calm_ and not dice_.one_in(12))
        return;
    std::string const arrived = network_.arrive(wire->to_server, is_calm_ or dice_.one_in(2));
    for_each_line(arrived, [&](Bytes line) {
        auto const request = door_.decode_request(line);
        check(request.has_value());
        server_.chat().handle(id, *request, {}, now_, outbox_);
    });
    deliver();
    Wire const* const left = network_.find(id); // unless that was the end of it
    if (left != nullptr and not left->has_device and (left->to_server.empty() or dice_.one_in(4)))
        server_leaves(id);
}

void World::carry_to_device(SessionId id)
{
    Wire* const wire = network_.find(id);
    DeviceActor* const device = device_on(id);
    if (wire == nullptr or device == nullptr)
        return;
    std::string const arrived = network_.arrive(wire->to_device, is_calm_ or dice_.one_in(2));
    bool const is_cut = not wire->has_server and (wire->to_device.empty() or dice_.one_in(4));
    hear(*device, arrived);
    if (is_cut and device->wire() == id)
        device_leaves(*device);
}

void World::hear(DeviceActor& device, std::string const& lines)
{
    Step step;
    for_each_line(lines, [&](Bytes line) {
        auto const event = door_.decode_event(line);
        check(event.has_value());
        if (not step.must_disconnect) // what comes behind that is not read
            hear(device, **event, step);
    });
    device.live().settle(step);
    take(device, step);
}

void World::hear(DeviceActor& device, Event const& event, Step& step)
{
    if (auto const* const bye = std::get_if<Bye>(&event.body);
        bye != nullptr and not may_end_so(bye->reason))
        oracle_.breaks(fmt::format(
            "device {} was let go, and had done nothing wrong", number(device.device())));
    if (auto const* const mark = std::get_if<MarkEvent>(&event.body))
        oracle_.told_mark(device.person(), *mark, device.live().data(), server_.store());
    device.hear(event, now_, step);
}

void World::deliver()
{
    server_.draft(server_.chat().take_drafts());
    for (Outgoing const& outgoing : std::exchange(outbox_, {}))
        deliver(outgoing);
}

void World::deliver(Outgoing const& outgoing)
{
    SessionId const id = outgoing.to;
    auto const* const bye = std::get_if<Bye>(&outgoing.event.body);
    bool const is_bye = bye != nullptr;
    DeviceActor const* const device = device_on(id);
    bool const is_alone = device != nullptr and not device->has_clone and not device->is_clone;
    if (is_alone and is_bye and bye->reason == Error::replaced)
        oracle_.breaks("a device was replaced by an older connection of its own");
    if (std::holds_alternative<Welcome>(outgoing.event.body) and device != nullptr) {
        welcomed_[id] = device->device();
        newest_session_[device->device()] = id;
    }
    if (auto const known = welcomed_.find(id); known != welcomed_.end() and not is_bye) {
        if (newest_session_[known->second] != id)
            oracle_.breaks("a session that was replaced is still served");
        if (revoked_.contains(known->second) and is_for_members(outgoing.event))
            oracle_.breaks("a device that was revoked is still served");
    }
    Wire* const wire = network_.find(id);
    if (wire == nullptr)
        return;
    if (wire->has_device)
        encode(outgoing.event, wire->to_device);
    if (is_bye)
        network_.leave_as_server(id);
}

} // namespace duet::sim
