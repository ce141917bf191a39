// duet confirm: the yes that a further device waits for.

#include "console/escape.hpp"
#include "console/words.hpp"
#include "terminal/asking.hpp"

#include <algorithm>
#include <vector>

namespace duet {

namespace {

class ConfirmErrand final : public Asking {
public:
    using Asking::Asking;

private:
    /// None has asked yet: then it is looked for again whenever something has happened.
    std::uint64_t ask() override
    {
        auto const all = client_.waiting_devices();
        auto const found = std::ranges::find(all, order_.text, &WaitingDevice::name);
        if (found == all.end())
            return 0;
        device_ = *found;
        return client_.confirm(device_.ask, true);
    }

    void done(std::uint64_t asked) override { note_answer(asked); }

    void show_answer() override
    {
        sink_.tell(fill(tr("{0}, at {1}, is a device of yours now."),
            {escaped(device_.name), escaped(device_.address)}));
        finish(0);
    }

    WaitingDevice device_;
};

} // namespace

std::unique_ptr<Errand> make_confirm(Order order, Client& client, Sink& sink)
{
    return std::make_unique<ConfirmErrand>(std::move(order), client, sink);
}

} // namespace duet
