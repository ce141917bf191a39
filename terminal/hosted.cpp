#include "terminal/hosted.hpp"

#include "console/words.hpp"
#include "net/signals.hpp"
#include "terminal/advice.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/guest_lines.hpp"
#include "terminal/holder.hpp"
#include "terminal/showing.hpp"
#include "terminal/visitor.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

namespace duet {

namespace {

using namespace std::chrono_literals;

// How soon to look again when a profile is held and its holder is not to be met: it has just come, or is
// about to go.
constexpr auto look_again_after = 50ms;

class Hosted final : SignalHandler, TimerHandler {
public:
    Hosted(Loop& loop, Order order, Profile const& profile)
        : loop_(loop)
        , order_(std::move(order))
        , profile_(profile)
        , front_(
              order_.verb == Order::Verb::talk ? make_console_front(loop) : make_stream_front(loop))
        , signals_(loop, {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH}, *this)
    {
        order_.ends_typing = front_->has_keyboard();
        order_.shows_picture = ::isatty(STDOUT_FILENO) == 1;
    }

    int run()
    {
        if (not profile_.exists())
            return stop(report_not_joined());
        give_up_at_ = std::chrono::steady_clock::now() + holder_answer_time_max;
        while (stopped_by_ == 0) {
            if (auto const code = hold_or_visit(); code.has_value())
                return stop(*code);
            pause();
        }
        return stop(exit_code::failed);
    }

private:
    /// Gives what to tell the shell; nothing if it is to be tried again.
    std::optional<int> hold_or_visit()
    {
        Errands errands;
        auto const client = Client::open(profile_.directory(), errands);
        if (client.has_value())
            return hold(errands, **client);
        if (client.error().word != "held")
            return report(client.error());

        auto const visited = visit();
        auto const now = std::chrono::steady_clock::now();
        if (visited == Visitor::Outcome::finished)
            return exit_code_;
        if (visited == Visitor::Outcome::left and std::exchange(was_served_, false))
            give_up_at_ = now + holder_answer_time_max;
        if (visited == Visitor::Outcome::left and must_not_be_repeated())
            return report_broken_off();
        bool const is_hopeless =
            visited == Visitor::Outcome::silent or visited == Visitor::Outcome::stranger;
        if (is_hopeless or now > give_up_at_)
            return report_busy(client.error(), visited);
        return std::nullopt;
    }

    int hold(Errands& errands, Client& client)
    {
        Holder holder(loop_, *front_, errands, client, profile_, order_, typed_);
        has_begun_ = true;
        auto const must_go_on = [&] {
            return not holder.exit_code().has_value() and stopped_by_ == 0
                and not front_->has_failed();
        };
        while (must_go_on()) {
            holder.turn();
            front_->flush();
        }
        return holder.exit_code().value_or(exit_code::failed);
    }

    std::optional<Visitor::Outcome> visit()
    {
        auto const places = meeting_places_of(profile_);
        Visitor visitor(loop_, *front_, places, order_, typed_);
        auto const must_go_on = [&] {
            return not visitor.outcome().has_value() and stopped_by_ == 0
                and not front_->has_failed();
        };
        while (must_go_on()) {
            visitor.turn();
            front_->flush();
        }
        holder_ = visitor.holder();
        was_served_ = visitor.has_begun();
        has_begun_ = has_begun_ or was_served_;
        has_shown_ = has_shown_ or visitor.has_shown();
        exit_code_ = visitor.exit_code();
        return front_->has_failed() ? Visitor::Outcome::finished : visitor.outcome();
    }

    /// These go on from where they were. All others would begin at their beginning.
    [[nodiscard]] bool must_not_be_repeated() const
    {
        return has_shown_ and order_.verb != Order::Verb::watch
            and order_.verb != Order::Verb::talk;
    }

    int report_broken_off()
    {
        front_->tell("duet: "
            + fill(tr("Process {0}, which held profile {1}, ended in the middle. Ask again."),
                {std::to_string(holder_), profile_.name()}));
        return exit_code::failed;
    }

    int report(Failure const& why)
    {
        if (why.word == "not_joined")
            return report_not_joined();
        front_->tell("duet: " + failure_in_words(why));
        return exit_code::failed;
    }

    int report_not_joined()
    {
        front_->tell(
            fill(tr("duet: Profile {0} has not joined a server yet; `duet join` does that."),
                {profile_.name()}));
        return exit_code::failed;
    }

    int report_busy(Failure const& held, std::optional<Visitor::Outcome> visited)
    {
        std::string const holder = std::to_string(holder_);
        std::string words = held.sentence + '.';
        if (visited == Visitor::Outcome::stranger)
            words = fill(tr("Process {0} holds profile {1}, and is another version of duet."),
                {holder, profile_.name()});
        else if (holder_ != 0)
            words = fill(tr("Process {0} holds profile {1}, and does not answer."),
                {holder, profile_.name()});
        front_->tell("duet: " + words + (has_begun_ ? "" : ' ' + tr("Nothing was done.")));
        return exit_code::busy;
    }

    void pause()
    {
        has_paused_ = false;
        TimerHandler& handler = *this;
        auto const timer = loop_.start_timer(look_again_after, handler);
        while (not has_paused_ and stopped_by_ == 0)
            loop_.turn();
        loop_.stop_timer(timer);
    }

    /// Shows all that is left to be shown, and gives what to tell the shell.
    int stop(int code)
    {
        bool const is_stopped = stopped_by_ != 0;
        if (is_stopped and has_begun_ and order_.verb == Order::Verb::say)
            front_->tell(tr("If it was not sent yet, it waits in the outbox."));
        front_->close();
        front_->flush();
        // As any program does, we wait for whoever reads our output, unless we are told not to.
        int const told_before = times_stopped_;
        while (not front_->is_flushed() and times_stopped_ == told_before)
            turn_for_output();
        if (is_stopped)
            return 128 + stopped_by_;
        bool const is_no_success = front_->has_lost_words()
            and (code == exit_code::ok or code == exit_code::still_waiting);
        return front_->has_failed() or is_no_success ? exit_code::failed : code;
    }

    void turn_for_output()
    {
        loop_.turn();
        front_->flush();
    }

    void due(Tag) override { has_paused_ = true; }

    void signalled(int number) override
    {
        if (number == SIGWINCH)
            return front_->resize();
        if (number == SIGCONT)
            return front_->resume();
        if (number == SIGTSTP) {
            front_->suspend();
            ::kill(::getpid(), SIGSTOP); // when the shell lets us go on, SIGCONT says so
            return;
        }
        stopped_by_ = number;
        ++times_stopped_;
    }

    Loop& loop_;
    Order order_;
    Profile const& profile_;
    std::unique_ptr<Front> front_;
    Signals signals_;
    TypedLines typed_;
    MonotonicTime give_up_at_; // looking for a holder that answers
    pid_t holder_ = 0;
    bool has_begun_ = false;  // something may have been done
    bool was_served_ = false; // by the last holder
    bool has_shown_ = false;  // something of it, for another process
    bool has_paused_ = false;
    int exit_code_ = exit_code::failed;
    int stopped_by_ = 0; // the signal, if one asked us to stop
    int times_stopped_ = 0;
};

} // namespace

int run_order(Order order, Profile const& profile)
{
    auto const loop = Loop::create();
    if (not loop.has_value())
        return report(loop.error(), Endpoint());
    return Hosted(**loop, std::move(order), profile).run();
}

} // namespace duet
