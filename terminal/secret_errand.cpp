// duet invite, duet link-device: a link or a code, alone on standard output. Where somebody looks at it
// there is a picture for a telephone's camera, too.

#include "console/words.hpp"
#include "pairing/qr.hpp"
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
        if (order_.verb == Order::Verb::invite)
            return order_.is_code ? client_.ask_invitation_code() : client_.ask_invitation();
        return order_.is_code ? client_.ask_device_code()
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
        if (order_.shows_picture and has_link())
            sink_.show(qr_text(secret_.link));
        sink_.show(what_it_is() + '\n');
        finish(0);
    }

    [[nodiscard]] bool has_link() const { return not secret_.link.empty() and not order_.is_plain; }

    [[nodiscard]] std::string what_it_is() const
    {
        if (not secret_.code.empty())
            return secret_.code;
        return has_link() ? secret_.link : secret_.words;
    }

    [[nodiscard]] std::string what_to_do() const
    {
        bool const is_for_person = order_.verb == Order::Verb::invite;
        if (not secret_.code.empty())
            return fill(tr("Say this code to whoever comes ({0} on a keyboard without these "
                           "letters); `duet join {1}` asks for it."),
                {secret_.code_in_digits, client_.server()});
        if (order_.is_plain)
            return tr("With this code you come by netcat to {0}: type `/sign-in` and the code.");
        if (is_for_person)
            return tr("With this link another person comes to you: `duet join` asks for it.");
        return tr("With this link a further device becomes yours: `duet join` asks for it there.");
    }

    Secret secret_;
};

} // namespace

std::unique_ptr<Errand> make_secret(Order order, Client& client, Sink& sink)
{
    return std::make_unique<SecretErrand>(std::move(order), client, sink);
}

} // namespace duet
