// duet invite, duet link-device: a one-time secret, alone on standard output.

#include "console/words.hpp"
#include "terminal/asking.hpp"
#include "terminal/showing.hpp"

#include <utility>

namespace duet {

namespace {

class SecretErrand final : public Asking {
public:
    using Asking::Asking;

private:
    std::uint64_t ask() override
    {
        return order_.verb == Order::Verb::invite ? client_.ask_invitation()
                                                  : client_.ask_device_link(order_.is_plain);
    }

    void secret(std::uint64_t asked, Secret const& secret) override
    {
        if (not is_mine(asked))
            return;
        secret_ = secret;
        note_answer(asked);
    }

    void show_answer() override
    {
        sink_.tell(fill(what_to_do(), {client_.server()}) + '\n'
            + fill(tr("It is good once, until {0}."), {minute_of(secret_.expires)}));
        sink_.show(secret_.words + '\n');
        finish(0);
    }

    [[nodiscard]] std::string what_to_do() const
    {
        if (order_.verb == Order::Verb::invite)
            return tr("With this secret another person comes to you: `duet join {0}` asks for it.");
        if (order_.is_plain)
            return tr("With this code you come by netcat to {0}: type `/sign-in` and the code.");
        return tr(
            "With this secret a further device becomes yours: `duet join {0}` asks for it there.");
    }

    Secret secret_;
};

} // namespace

std::unique_ptr<Errand> make_secret(Order order, Client& client, Sink& sink)
{
    return std::make_unique<SecretErrand>(std::move(order), client, sink);
}

} // namespace duet
