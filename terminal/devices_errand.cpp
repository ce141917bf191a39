// duet devices: one's own devices, and to be rid of one.

#include "console/escape.hpp"
#include "console/words.hpp"
#include "doors/json_writer.hpp"
#include "terminal/asking.hpp"
#include "terminal/showing.hpp"

#include <utility>
#include <vector>

namespace duet {

namespace {

class DevicesErrand final : public Asking {
public:
    using Asking::Asking;

private:
    std::uint64_t ask() override
    {
        return order_.verb == Order::Verb::revoke ? client_.ask_revoke(order_.device)
                                                  : client_.ask_devices();
    }

    void devices(std::uint64_t asked, std::vector<OwnDevice> const& all) override
    {
        if (not is_mine(asked))
            return;
        devices_ = all;
        note_answer(asked);
    }

    void done(std::uint64_t asked) override { note_answer(asked); }

    void show_answer() override
    {
        std::string lines;
        for (OwnDevice const& each : devices_)
            order_.is_json ? write(lines, each) : tell(lines, each);
        if (not lines.empty())
            sink_.show(lines);
        finish(0);
    }

    static void write(std::string& lines, OwnDevice const& device)
    {
        auto const time = static_cast<std::uint64_t>(device.since.time_since_epoch().count());
        JsonWriter writer(lines, "device");
        writer.number("device", device.number).text("name", device.name);
        writer.flag("plain", device.is_plain).flag("this", device.is_this);
        writer.number("time", time).end();
    }

    static void tell(std::string& lines, OwnDevice const& device)
    {
        lines += std::to_string(device.number) + ' ' + escaped(device.name);
        if (device.is_this)
            lines += ", " + tr("this one");
        if (device.is_plain)
            lines += ", " + tr("plain lines");
        lines += ", " + fill(tr("since {0}"), {minute_of(device.since)}) + '\n';
    }

    std::vector<OwnDevice> devices_;
};

} // namespace

std::unique_ptr<Errand> make_devices(Order order, Client& client, Sink& sink)
{
    return std::make_unique<DevicesErrand>(std::move(order), client, sink);
}

} // namespace duet
