// What is done with one request, and needs no more than a yes: how others stand to oneself (accept, refuse,
// block, unblock), what is chosen, what the operator ought to see, another recovery phrase, and to leave.

#include "console/words.hpp"
#include "terminal/asking.hpp"
#include "terminal/settings_words.hpp"
#include "terminal/showing.hpp"

#include <algorithm>
#include <utility>

namespace duet {

namespace {

class DeedErrand final : public Asking {
public:
    using Asking::Asking;

private:
    std::uint64_t ask() override
    {
        switch (order_.verb) {
        case Order::Verb::accept:
            return client_.ask_accept(order_.person);
        case Order::Verb::refuse:
            return client_.ask_refuse(order_.person);
        case Order::Verb::block:
            return client_.ask_block(order_.person);
        case Order::Verb::unblock:
            return client_.ask_unblock(order_.person);
        case Order::Verb::report:
            return client_.ask_report(order_.person, order_.seq);
        case Order::Verb::recovery:
            return client_.ask_recovery();
        case Order::Verb::leave:
            if (order_.person == client_.you())
                return client_.ask_leave();
            finish_with(fill(tr("To leave for good, type your own handle: {0}"), {client_.you()}));
            return 0;
        default:
            return client_.ask_people(); // then it is known what there is to be deleted
        }
    }

    void people(std::uint64_t asked, std::vector<Contact> const& all) override
    {
        if (not is_mine(asked))
            return;
        auto const found = std::ranges::find(all, order_.person, &Contact::handle);
        last_ = found == all.end() ? 0 : found->last_seq;
        note_answer(asked);
    }

    void recovery(std::uint64_t asked, std::string const& phrase) override
    {
        if (is_mine(asked))
            phrase_ = phrase;
        note_answer(asked);
    }

    void done(std::uint64_t asked) override
    {
        is_deleted_ = is_deleted_ or (asked != 0 and asked == deleting_);
        note_answer(asked);
    }

    void denied(std::uint64_t asked, Failure const& why) override
    {
        if (asked != 0 and asked == deleting_)
            return finish_with(failure_in_words(why));
        Asking::denied(asked, why);
    }

    void show_answer() override
    {
        if (order_.verb == Order::Verb::delete_talk and not is_deleted_)
            return delete_all();
        if (not phrase_.empty())
            sink_.show(phrase_ + '\n');
        sink_.tell(fill(what_is_true_now(), {order_.person}));
        finish(0);
    }

    void delete_all()
    {
        if (over_for_good_.has_value() or is_out_of_time() or has_been_away())
            return finish_with(fill(tr("No answer from {0}"), {client_.server()}));
        if (deleting_ != 0)
            return;
        if (last_ == 0)
            return finish_with(reason_in_words("not_connected"));
        deleting_ = client_.ask_change(order_.person, TalkChange {.delete_up_to = last_});
    }

    [[nodiscard]] std::string what_is_true_now() const
    {
        switch (order_.verb) {
        case Order::Verb::accept:
            return tr("You and {0} can write to each other now.");
        case Order::Verb::refuse:
            return tr("{0} is not told so, and is not heard again.");
        case Order::Verb::block:
            return tr("Nothing goes between you and {0} any more; they are not told so.");
        case Order::Verb::unblock:
            return tr("{0} is blocked no more.");
        case Order::Verb::report:
            return tr("The operator will see it.");
        case Order::Verb::recovery:
            return tr("Write these words down, and keep them: with them you come back when all "
                      "your devices are gone. They are shown once; those from before are dead.");
        case Order::Verb::leave:
            return tr("You have left this server. What is stored on your devices is still there.");
        default:
            return tr("What was said with {0} so far is shown on none of your devices any more.");
        }
    }

    std::string phrase_;
    std::uint64_t last_ = 0;     // the newest entry that there is to be deleted
    std::uint64_t deleting_ = 0; // what was asked then
    bool is_deleted_ = false;
};

/// duet settings, duet name: shows what is chosen, or chooses.
class SettingsErrand final : public Asking {
public:
    using Asking::Asking;

private:
    /// What is to be shown comes with the list.
    std::uint64_t ask() override
    {
        if (order_.setting.empty())
            return client_.ask_people();
        auto const change = change_of(order_.setting, order_.text);
        if (auto const* const all = std::get_if<SettingsChange>(&change))
            return client_.ask_change(*all);
        return client_.ask_change(order_.person, std::get<TalkChange>(change));
    }

    void people(std::uint64_t asked, std::vector<Contact> const&) override { note_answer(asked); }
    void done(std::uint64_t asked) override { note_answer(asked); }

    void show_answer() override
    {
        if (order_.setting.empty())
            return show();
        finish(0);
    }

    void do_without(std::string const& why) override
    {
        if (not order_.setting.empty())
            return finish_with(why);
        sink_.tell(why + ". " + tr("This is what was known last:"));
        show();
    }

    void show()
    {
        if (order_.person.empty()) {
            sink_.show(lines_of(client_.settings()));
            return finish(0);
        }
        for (Contact const& each : client_.contacts()) {
            if (each.handle == order_.person) {
                sink_.show(lines_of(each.settings));
                return finish(0);
            }
        }
        finish_with(reason_in_words("not_connected"));
    }
};

} // namespace

std::unique_ptr<Errand> make_deed(Order order, Client& client, Sink& sink)
{
    return std::make_unique<DeedErrand>(std::move(order), client, sink);
}

std::unique_ptr<Errand> make_settings(Order order, Client& client, Sink& sink)
{
    return std::make_unique<SettingsErrand>(std::move(order), client, sink);
}

} // namespace duet
