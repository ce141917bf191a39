#include "terminal/errand.hpp"

#include "base/check.hpp"
#include "console/escape.hpp"
#include "console/words.hpp"
#include "pairing/fingerprint.hpp"
#include "terminal/exit_code.hpp"

#include <utility>

namespace duet {

Errand::Errand(Order order, Client& client, Sink& sink)
    : order_(std::move(order)), client_(client), sink_(sink)
{
}

std::optional<MonotonicTime> Errand::next_deadline() const
{
    if (not begun_.has_value() or not order_.timeout_ms.has_value())
        return std::nullopt;
    return *begun_ + std::chrono::milliseconds(*order_.timeout_ms);
}

void Errand::copy_seen()
{
    sink_.tell(tr(
        "A copy of this device seems to be in use. Nothing is lost, but do not use two copies of "
        "one profile: `duet link-device` makes a second device."));
}

void Errand::another_life()
{
    sink_.tell(
        tr("The server was restored from a backup; what it has lost of yours is said again."));
}

void Errand::device_asks(WaitingDevice const& device)
{
    sink_.tell(
        fill(tr("!! A new device wants to be yours: {0}, at {1}, with the key {2}. If it is yours, "
                "`duet confirm` says yes; if not, do nothing."),
            {escaped(device.name), escaped(device.address), fingerprint_of(device.identity)}));
}

bool Errand::has_room()
{
    is_held_up_ = not sink_.has_room();
    return not is_held_up_;
}

void Errand::finish(int code)
{
    if (not exit_code_.has_value())
        exit_code_ = code;
}

void Errand::finish_with(std::string_view sentence)
{
    sink_.tell("duet: " + std::string(sentence));
    finish(exit_code::failed);
}

bool Errand::is_late(MonotonicTime now)
{
    if (not begun_.has_value())
        begun_ = now;
    auto const deadline = Errand::next_deadline();
    return deadline.has_value() and now >= *deadline;
}

std::unique_ptr<Errand> make_errand(Order order, Client& client, Sink& sink)
{
    switch (order.verb) {
    case Order::Verb::say:
        return make_say(std::move(order), client, sink);
    case Order::Verb::watch:
        return make_watch(std::move(order), client, sink);
    case Order::Verb::history:
        return make_history(std::move(order), client, sink);
    case Order::Verb::people:
        return make_people(std::move(order), client, sink);
    case Order::Verb::invite:
    case Order::Verb::link_device:
        return make_secret(std::move(order), client, sink);
    case Order::Verb::devices:
    case Order::Verb::revoke:
        return make_devices(std::move(order), client, sink);
    case Order::Verb::export_all:
        return make_export(std::move(order), client, sink);
    case Order::Verb::confirm:
        return make_confirm(std::move(order), client, sink);
    case Order::Verb::accept:
    case Order::Verb::refuse:
    case Order::Verb::block:
    case Order::Verb::unblock:
    case Order::Verb::delete_talk:
    case Order::Verb::report:
    case Order::Verb::recovery:
    case Order::Verb::leave:
        return make_deed(std::move(order), client, sink);
    case Order::Verb::settings:
        return make_settings(std::move(order), client, sink);
    case Order::Verb::key_of:
        return make_key(std::move(order), client, sink);
    case Order::Verb::talk:
        return make_hosted_talk(std::move(order), client, sink);
    }
    check(false);
    return nullptr;
}

} // namespace duet
