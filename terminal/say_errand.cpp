// duet say: one message, and what becomes of it.

#include "console/words.hpp"
#include "terminal/errand.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/showing.hpp"

#include "base/limits.hpp"

#include <utility>

namespace duet {

namespace {

class SayErrand final : public Errand {
public:
    using Errand::Errand;

    void advance(MonotonicTime now) override
    {
        if (id_ == 0 and not say())
            return;
        bool const is_out_of_time = is_late(now);
        if (not tell_at_.has_value())
            tell_at_ = now + limits::progress_after;

        auto const message = client_.own(id_);
        if (not message.has_value())
            return finish_with(tr("The message is not there any more"));
        if (message->state == MessageState::refused)
            return refuse(*message);
        if (has_come_far_enough(message->state))
            return succeed(message->state);
        if (over_for_good_.has_value())
            return finish_with(failure_in_words(*over_for_good_));
        if (is_out_of_time)
            return give_up_waiting(message->state);
        if (now >= *tell_at_ and not std::exchange(has_told_, true))
            tell_progress(message->state);
    }

    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const override
    {
        auto const end = Errand::next_deadline();
        if (has_told_ or not tell_at_.has_value())
            return end;
        return end.has_value() ? std::min(*end, *tell_at_) : tell_at_;
    }

private:
    void connection(Connectedness, std::string const& words) override { why_away_ = words; }

    bool say()
    {
        auto const said = client_.say(order_.person, order_.text, order_.key);
        if (not said.has_value())
            finish_with(fill(tr("Not sent: {0}"), {failure_in_words(said.error())}));
        else
            id_ = *said;
        return said.has_value();
    }

    [[nodiscard]] bool has_come_far_enough(MessageState state) const
    {
        switch (order_.until) {
        case Order::Until::sent:
            return state >= MessageState::sent;
        case Order::Until::delivered:
            return state >= MessageState::delivered;
        case Order::Until::read:
            return state >= MessageState::read;
        }
        return false;
    }

    void succeed(MessageState state)
    {
        if (order_.is_verbose or state == MessageState::asked)
            sink_.tell(state_in_words(state));
        finish(exit_code::ok);
    }

    void refuse(Message const& message)
    {
        finish_with(fill(tr("Not sent: {0}"), {reason_in_words(message.refused)}));
    }

    void give_up_waiting(MessageState state)
    {
        sink_.tell(state == MessageState::waiting
                ? tr("duet: Not sent yet. It waits in the outbox, and goes out as soon as duet "
                     "runs and "
                     "the server is there.")
                : fill(tr("duet: It is {0}, and no more so far."), {state_in_words(state)}));
        finish(exit_code::still_waiting);
    }

    void tell_progress(MessageState state)
    {
        std::string text = state == MessageState::waiting
            ? fill(tr("Waiting for {0} … (Ctrl-C leaves the message in the outbox)"),
                  {client_.server()})
            : fill(tr("It is {0}; waiting for more …"), {state_in_words(state)});
        if (state == MessageState::waiting and not why_away_.empty())
            text += "\n  " + why_away_;
        sink_.tell(text);
    }

    std::uint64_t id_ = 0;
    bool has_told_ = false;
    std::string why_away_;
    std::optional<MonotonicTime> tell_at_;
};

} // namespace

std::unique_ptr<Errand> make_say(Order order, Client& client, Sink& sink)
{
    return std::make_unique<SayErrand>(std::move(order), client, sink);
}

} // namespace duet
