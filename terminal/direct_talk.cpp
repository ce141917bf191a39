#include "terminal/direct_talk.hpp"

#include "base/limits.hpp"
#include "console/words.hpp"
#include "direct/household.hpp"
#include "doors/lines.hpp"
#include "net/own_addresses.hpp"
#include "net/signals.hpp"
#include "pairing/link.hpp"
#include "pairing/qr.hpp"
#include "terminal/advice.hpp"
#include "terminal/direct_places.hpp"
#include "terminal/errands.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/front.hpp"
#include "terminal/showing.hpp"
#include "terminal/typed_lines.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace duet {

namespace {

using namespace std::chrono_literals;

/// One partner at this console.
struct Conversation {
    Partner partner;
    std::unique_ptr<Errands> errands;
    Errands::Id talk = 0; // the errand
};

class DirectTalk final : HouseholdHandler, SignalHandler, TimerHandler, Typist {
public:
    DirectTalk(Loop& loop, DirectOrder const& order, Profile const& profile)
        : loop_(loop)
        , order_(order)
        , profile_(profile)
        , front_(make_console_front(loop))
        , signals_(loop, {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH}, *this)
    {
    }

    int run()
    {
        if (int const code = open(); code != exit_code::ok)
            return stop(code);
        int const begun = order_.listens ? listen() : call();
        if (begun != exit_code::ok)
            return stop(begun);
        while (not exit_code_.has_value())
            turn();
        leave();
        return stop(*exit_code_);
    }

private:
    // Beginning

    int open()
    {
        std::string const directory = direct_directory(profile_);
        if (int const code = make_direct_directory(profile_); code != 0)
            return fail_with(directory + ": " + std::generic_category().message(code));
        auto opened = Household::open(loop_, directory, *this);
        if (not opened.has_value())
            return fail_with(failure_in_words(opened.error()),
                opened.error().word == "held" ? exit_code::busy : exit_code::failed);
        household_ = std::move(*opened);
        Partners& partners = household_->partners();
        if (not order_.own_name.empty())
            partners.set_name(handle_like(order_.own_name));
        else if (partners.name().empty())
            partners.set_name(handle_like(login_name()));
        return exit_code::ok;
    }

    int listen()
    {
        Endpoint const endpoint = order_.endpoint.value_or(everywhere());
        auto listeners = listen_on(endpoint);
        if (not listeners.has_value())
            return report(listeners.error(), endpoint);
        place_ = listeners->front().address();
        household_->listen(std::move(*listeners), true);
        front_->tell(fill(
            tr("You are {0}, and wait at {1}."), {household_->partners().name(), place_->text()}));
        show_link();
        Typist& typist = *this;
        front_->type_for(&typist);
        return exit_code::ok;
    }

    /// A place of our own, too, where whoever is called can call back meanwhile. If it is taken, so be it.
    int call()
    {
        auto const target = find_target(household_->partners(), order_.whom);
        if (not target.has_value())
            return fail_with(failure_in_words(target.error()), exit_code::usage);
        if (auto listeners = listen_on(order_.endpoint.value_or(everywhere()));
            listeners.has_value())
            household_->listen(std::move(*listeners), false);
        else if (order_.endpoint.has_value())
            return report(listeners.error(), *order_.endpoint);
        if (target->partner.has_value()) {
            auto const client = household_->client(*target->partner);
            if (not client.has_value())
                return fail_with(failure_in_words(client.error()));
        } else {
            front_->tell(fill(
                tr("Calling {0} … (Ctrl-C to give up)"), {target->order.places.front().text()}));
        }
        household_->call(target->order);
        return exit_code::ok;
    }

    static Endpoint everywhere()
    {
        Endpoint endpoint;
        endpoint.host.clear();
        return endpoint;
    }

    void show_link()
    {
        auto const secret = household_->make_secret();
        if (not secret.has_value())
            return front_->tell("duet: " + failure_in_words(secret.error()));
        IdentityHash const hash = hash_of(household_->partners().keys().identity);
        auto const places = places_to_name(*place_, order_.host_name);
        std::string const link = Link {places.front().text, hash, *secret}.text();
        front_->tell(tr("Whoever has this link can come in, once, within a day:"));
        front_->tell("  duet call '" + link + "'");
        if (::isatty(STDOUT_FILENO) == 1)
            front_->show(qr_text(link));
        for (PlaceToName const& place : places)
            front_->tell("  " + place.text + "  " + place.from_where);
        if (std::ranges::none_of(places, &PlaceToName::is_for_all))
            front_->tell(tr("None of these is reached from outside of this network. For that, have "
                            "your router forward the port, and give --name HOST."));
    }

    void show_code()
    {
        auto const code = household_->make_code();
        if (not code.has_value())
            return front_->tell("duet: " + failure_in_words(code.error()));
        front_->tell(
            fill(tr("Whoever hears this code from you can come in, once, within {0} minutes:"),
                {std::to_string(code_life.count())}));
        front_->tell("  " + code->words() + "  (" + code->digits() + ')');
    }

    /// What they tell us over the phone, typed here; never an argument, which others on this machine see.
    void ask_for_code(std::string const& place)
    {
        front_->tell(fill(tr("You have not met whoever is at {0}. Ask them for a code (`/code` at "
                             "their console) or a link."),
            {place}));
        front_->tell(tr("The code that they tell you (such as 7-sunset-guitar):"));
        asks_code_at_ = place;
        Typist& typist = *this;
        front_->type_for(&typist);
    }

    void take_code(std::string_view line)
    {
        auto const code = ShortCode::parse(line);
        if (not code.has_value()) // what it was is not said again: it is nobody's business
            return front_->tell(tr(sentence(code.error())));
        CallOrder order;
        order.places = {Endpoint::parse(*asks_code_at_).value()};
        order.code = *code;
        asks_code_at_.reset();
        household_->call(std::move(order));
    }

    // What happens

    void turn()
    {
        set_timer();
        loop_.turn();
        household_->act();
        for (auto& [id, conversation] : conversations_)
            conversation.errands->advance(loop_.now());
        take_lines();
        household_->act();
        for (auto& [id, conversation] : conversations_)
            conversation.errands->advance(loop_.now());
        look_at_ends();
        if (auto const failure = household_->failure(); failure.has_value())
            exit_code_ = fail_with(*failure);
        if (front_->has_failed())
            exit_code_ = exit_code::failed;
        front_->flush();
    }

    void set_timer()
    {
        loop_.stop_timer(timer_);
        std::optional<MonotonicTime> first = household_->next_deadline();
        for (auto const& [id, conversation] : conversations_) {
            if (auto const when = conversation.errands->next_deadline(); when.has_value())
                first = std::min(*when, first.value_or(*when));
        }
        if (has_work_)
            first = std::chrono::steady_clock::now();
        has_work_ = false;
        if (not first.has_value())
            return;
        auto const delay =
            std::max(*first - std::chrono::steady_clock::now(), MonotonicTime::duration());
        timer_ = loop_.start_timer(std::chrono::ceil<std::chrono::milliseconds>(delay), *this);
    }

    /// Our own talk is over when its errand is: then so is the program.
    void look_at_ends()
    {
        for (auto& [id, conversation] : conversations_) {
            Errand const* const talk = conversation.errands->find(conversation.talk);
            if (talk != nullptr and talk->exit_code().has_value() and not exit_code_.has_value())
                exit_code_ = talk->exit_code();
        }
        if (is_ending_ and not current_.has_value() and not exit_code_.has_value())
            exit_code_ = exit_code::ok;
    }

    // from the household

    ClientHandler& meets(Partner const& partner) override
    {
        Conversation& conversation = conversations_[partner.id];
        conversation.partner = partner;
        if (conversation.errands == nullptr)
            conversation.errands = std::make_unique<Errands>();
        return *conversation.errands;
    }

    void opened(Partner const& partner, Client& client) override
    {
        Conversation& conversation = conversations_[partner.id];
        Order order;
        order.verb = Order::Verb::talk;
        order.person = partner.name;
        order.ends_typing = front_->has_keyboard();
        conversation.talk = conversation.errands->add(std::move(order), client, *front_);
        if (current_.has_value())
            return front_->tell(fill(tr("What you type still goes to {0}; `/to {1}` changes that."),
                {conversations_[*current_].partner.name, partner.name}));
        current_ = partner.id;
        Typist& typist = *this;
        front_->type_for(&typist);
        has_work_ = true;
    }

    void paired(Partner const& partner) override
    {
        front_->tell(fill(tr("You and {0} know each other now; neither link nor code is needed "
                             "again. Fingerprint: {1}"),
            {partner.name, text_of(hash_of(partner.identity))}));
    }

    void left(Partner const& partner) override
    {
        front_->tell(fill(tr("{0} has left."), {partner.name})
            + (order_.keeps_listening ? ' ' + tr("(waiting for the next)") : ""));
        if (not order_.keeps_listening and current_ == partner.id)
            end();
    }

    void not_reached(std::string const& words) override
    {
        if (not current_.has_value() and not std::exchange(has_told_not_reached_, true))
            front_->tell(words + ' ' + tr("It is tried again … (Ctrl-C to give up)"));
    }

    void call_failed(Failure const& why) override
    {
        if (why.word == "link_needed" and not lines_.have_ended())
            return ask_for_code(why.sentence);
        exit_code_ = exit_code::failed;
        if (why.word == "another_identity")
            return tell_another_identity(why.sentence);
        if (why.word == "link_needed")
            return front_->tell("duet: "
                + fill(
                    tr("You have not met whoever is at {0}. Ask them for a link, and call that."),
                    {why.sentence}));
        if (why.word == word(Error::device_unknown))
            return front_->tell("duet: "
                + tr("They do not know you (any more). Ask them for a link, and call that."));
        front_->tell("duet: " + failure_in_words(why));
    }

    /// As loud as it can be, and there is no way on from here.
    void tell_another_identity(std::string const& hashes)
    {
        auto const middle = hashes.find('\n');
        front_->tell("duet: " + tr("STOP: somebody else is there."));
        front_->tell("  " + fill(tr("expected: {0}"), {hashes.substr(0, middle)}));
        front_->tell("  " + fill(tr("is there: {0}"), {hashes.substr(middle + 1)}));
        front_->tell(
            tr("Either they have a new key (a new machine, a new installation), or somebody "
               "is between you. Nothing was said to them. Ask on another way; `duet forget "
               "PERSON` is the only way on."));
    }

    // What is typed

    void typed(std::string_view line) override
    {
        has_work_ = true;
        if (asks_code_at_.has_value())
            return take_code(line);
        if (line == "/code" and place_.has_value())
            return show_code();
        if (line == "/link" and place_.has_value())
            return show_link();
        if (line.starts_with("/to "))
            return turn_to(std::string(line.substr(4)));
        if (not current_.has_value() and front_->has_keyboard())
            return typed_to_nobody(line);
        if (line.starts_with("//"))
            line.remove_prefix(1); // so that a line may begin as one of these
        lines_.add(line);
        // What a pipe brings waits for the first who comes; not all of it in memory.
        if (not current_.has_value() and lines_.not_taken().size() >= limits::history_lines_max)
            front_->type_for(nullptr);
    }

    /// Who comes first need not be the one whom it was meant for.
    void typed_to_nobody(std::string_view line)
    {
        if (is_quit(line))
            exit_code_ = exit_code::ok;
        else if (not line.empty())
            front_->tell(tr("Nobody is here yet: that was not said."));
    }

    void typed_end() override
    {
        has_work_ = true;
        lines_.end();
        if (asks_code_at_.has_value())
            exit_code_ = exit_code::failed;
        else if (not current_.has_value() and front_->has_keyboard())
            exit_code_ = exit_code::ok;
    }

    void turn_to(std::string const& name)
    {
        for (auto const& [id, conversation] : conversations_) {
            if (conversation.partner.name != name)
                continue;
            current_ = id;
            return front_->tell(fill(tr("What you type goes to {0}."), {name}));
        }
        front_->tell(fill(tr("Nobody here is called {0}."), {name}));
    }

    void take_lines()
    {
        auto const conversation =
            current_.has_value() ? conversations_.find(*current_) : conversations_.end();
        Errand* const talk = conversation == conversations_.end()
            ? nullptr
            : conversation->second.errands->find(conversation->second.talk);
        if (talk == nullptr)
            return;
        auto const& waiting = lines_.not_taken();
        if (not waiting.empty()) {
            std::vector<TypedLines::Line> const lines(waiting.begin(), waiting.end());
            talk->own_lines(lines);
            lines_.took(lines.back().first);
        }
        if (lines_.have_ended() or is_ending_)
            talk->own_end();
    }

    // The end

    void end()
    {
        is_ending_ = true;
        has_work_ = true;
    }

    /// Everybody is told that we leave, and has what we have said before it.
    void leave()
    {
        if (household_ == nullptr)
            return;
        household_->take_leave();
        auto const until = std::chrono::steady_clock::now() + limits::drain_silence_max;
        while (not household_->has_left() and std::chrono::steady_clock::now() < until
            and times_stopped_ < 2) {
            loop_.turn(10ms);
            household_->act();
            front_->flush();
        }
    }

    int fail_with(std::string const& sentence, int code = exit_code::failed)
    {
        front_->tell("duet: " + sentence);
        return code;
    }

    /// Shows all that is left to be shown, and gives what to tell the shell.
    int stop(int code)
    {
        for (auto& [id, conversation] : conversations_)
            conversation.errands->drop(conversation.talk);
        front_->type_for(nullptr);
        front_->close();
        front_->flush();
        int const told_before = times_stopped_;
        while (not front_->is_flushed() and times_stopped_ == told_before) {
            loop_.turn();
            front_->flush();
        }
        if (stopped_by_ != 0)
            return 128 + stopped_by_;
        return code == exit_code::ok and front_->has_lost_words() ? exit_code::failed : code;
    }

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
        exit_code_ = exit_code::failed;
    }

    void due(Tag) override { } // a timer only ends the wait

    Loop& loop_;
    DirectOrder const& order_;
    Profile const& profile_;
    std::unique_ptr<Front> front_;
    Signals signals_;
    std::map<PartnerId, Conversation> conversations_; // outlive the clients that tell them
    std::unique_ptr<Household> household_;
    std::optional<Address> place_;            // where we listen
    std::optional<PartnerId> current_;        // to whom goes what is typed
    std::optional<std::string> asks_code_at_; // a code is being asked for, to call there
    TypedLines lines_;
    TimerId timer_;
    bool has_work_ = false;
    bool has_told_not_reached_ = false;
    bool is_ending_ = false;
    std::optional<int> exit_code_;
    int stopped_by_ = 0; // the signal, if one asked us to stop
    int times_stopped_ = 0;
};

} // namespace

int run_direct(DirectOrder const& order, Profile const& profile)
{
    auto const loop = Loop::create();
    if (not loop.has_value())
        return report(loop.error(), Endpoint());
    return DirectTalk(**loop, order, profile).run();
}

} // namespace duet
