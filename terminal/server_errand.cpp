// duet server: where this device calls its server, or another place from now on.

#include "console/words.hpp"
#include "terminal/errand.hpp"

#include <utility>

namespace duet {

namespace {

class ServerErrand final : public Errand {
public:
    using Errand::Errand;

    void advance(MonotonicTime) override
    {
        if (exit_code().has_value() or not has_room())
            return;
        if (order_.text.empty()) {
            sink_.show(client_.server() + '\n');
            return finish(0);
        }
        auto const moved = client_.move_server(order_.text);
        if (not moved.has_value())
            return finish_with(order_.text + ": " + tr(moved.error().sentence.c_str()));
        sink_.tell(fill(tr("Your server is called at {0} from now on. It must be the same one: "
                           "another is not spoken with."),
            {client_.server()}));
        finish(0);
    }
};

} // namespace

std::unique_ptr<Errand> make_server(Order order, Client& client, Sink& sink)
{
    return std::make_unique<ServerErrand>(std::move(order), client, sink);
}

} // namespace duet
