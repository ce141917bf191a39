// duet talk: one person, line by line.
//
// What is typed is said; what is heard is shown, and counts as read then, as far as nothing before it was
// left out: so a talk begins with all that is unread. How far one's own words have got is told calmly: that
// a line waits, once it has waited for a second; and of the newest line that it was delivered, or read, when
// that has stood for a moment.

#include "base/limits.hpp"
#include "base/result.hpp"
#include "console/escape.hpp"
#include "console/words.hpp"
#include "doors/lines.hpp"
#include "terminal/conversation_reader.hpp"
#include "terminal/errand.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/feed_reader.hpp"
#include "terminal/seen_numbers.hpp"
#include "terminal/showing.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace duet {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t shown_at_start = 10;
constexpr std::uint64_t page_entries = 100;
constexpr auto calm = 300ms; // a state that changes sooner is not worth a line

/// The newest of one's own lines, and what was told of it.
struct Newest {
    std::uint64_t say_id = 0;
    MessageState state = MessageState::waiting;
    MessageState told = MessageState::sent; // that it was sent is told only if it had to wait
    MonotonicTime since {};                 // when it came into this state
};

class TalkErrand final : public Errand {
public:
    TalkErrand(Order order, Client& client, Sink& sink)
        : Errand(std::move(order), client, sink)
        , feed_(std::min(order_.from.value_or(client.cursor() + 1), client.cursor() + 1))
    {
        if (order_.from.has_value())
            go_on();
        else
            begin();
        if (next_old_ >= old_end_)
            sink_.shown_before(feed_.next());
    }

    void advance(MonotonicTime now) override
    {
        look_for_the_person();
        show_what_was_said();
        show_news();
        say_read();
        tell_connection(now);
        tell_refusals();
        look_at_newest(now);
        if (over_for_good_.has_value())
            return finish_with(failure_in_words(*over_for_good_));
        if (leaves_.has_value())
            look_whether_all_is_sent(now);
    }

    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const override
    {
        return wanted_at_ == MonotonicTime::max() ? std::nullopt : std::optional(wanted_at_);
    }

    void own_lines(std::span<TypedLines::Line const> lines) override
    {
        std::vector<Saying> sayings;
        for (auto const& [number, text] : lines) {
            if (leaves_.has_value() or text.empty())
                continue;
            if (is_quit(text))
                own_end();
            else if (auto const why = why_not_said(text); why.has_value())
                tell_not_sent(failure_in_words(*why), text);
            else
                sayings.push_back({.to = order_.person, .text = text, .key = key_of(number)});
        }
        say(sayings);
    }

    void own_end() override
    {
        if (not leaves_.has_value())
            leaves_ = MonotonicTime::max(); // from the next `advance` on it is timed
    }

private:
    [[nodiscard]] std::string key_of(std::uint64_t line) const
    {
        return order_.key.empty() ? "" : order_.key + '-' + std::to_string(line);
    }

    /// With one write to the disk for all.
    void say(std::vector<Saying> const& sayings)
    {
        if (sayings.empty())
            return;
        auto const said = client_.say_all(sayings);
        if (not said.has_value()) {
            for (Saying const& each : sayings)
                tell_not_sent(failure_in_words(said.error()), each.text);
            return;
        }
        for (std::uint64_t const id : *said)
            note_typed(id);
    }

    void note_typed(std::uint64_t id)
    {
        typed_.insert(id);
        auto const message = client_.own(id);
        if (message.has_value() and message->state == MessageState::waiting)
            waiting_.insert(id);
        newest_ = Newest {.say_id = id};
        is_newest_fresh_ = true;
    }

    void tell_not_sent(std::string const& why, std::string const& text)
    {
        sink_.words_lost();
        sink_.tell(fill(tr("Not sent: {0}: {1}"), {why, escaped(text)}));
    }

    void heard(Message const& message) override { feed_.note_heard(message.feed); }

    void another_life() override
    {
        Errand::another_life();
        feed_.begin_again(client_.cursor() + 1);
        begins_again_ = true;
        // What the server still has was on the screen, if nothing was left out until now.
        counts_anew_ = not seen_.has_gap();
        seen_.forget();
        read_seq_ = 0;
    }

    void changed(Message const& message) override
    {
        feed_.note_news();
        if (message.with != order_.person)
            return;
        if (message.state != MessageState::waiting)
            waiting_.erase(message.say_id);
        if (message.state == MessageState::refused and typed_.erase(message.say_id) > 0)
            refused_.push_back(message);
    }

    void connection(Connectedness now, std::string const& words) override
    {
        is_here_ = now == Connectedness::here;
        if (now == Connectedness::away)
            why_away_ = words;
    }

    void people(std::uint64_t asked, std::vector<Contact> const& all) override
    {
        if (asked != asked_ or asked == 0)
            return;
        auto const found = std::ranges::find(all, order_.person, &Contact::handle);
        knows_person_ = true;
        if (found == all.end())
            return sink_.tell(
                fill(tr("{0} is no contact of yours: what you say first is a request, of at "
                        "most 1,000 characters, and waits for an answer."),
                    {order_.person}));
        seen_.note_seen_before(found->my_read);
    }

    void denied(std::uint64_t asked, Failure const&) override
    {
        if (asked == asked_)
            asked_ = 0;
    }

    /// Whoever is not known here may be known to the server; if not, nothing can be said.
    void look_for_the_person()
    {
        if (knows_person_ or asked_ != 0 or client_.connectedness() != Connectedness::here)
            return;
        knows_person_ = is_contact();
        if (not knows_person_)
            asked_ = client_.ask_people();
    }

    [[nodiscard]] bool is_contact() const
    {
        auto const all = client_.contacts();
        return std::ranges::find(all, order_.person, &Contact::handle) != all.end();
    }

    [[nodiscard]] std::uint64_t read_so_far() const
    {
        auto const all = client_.contacts();
        auto const found = std::ranges::find(all, order_.person, &Contact::handle);
        return found == all.end() ? 0 : found->my_read;
    }

    void begin()
    {
        sink_.tell(
            fill(tr("You talk with {0}. A line is a message; `quit` leaves."), {order_.person}));
        std::uint64_t const read = read_so_far();
        seen_.note_seen_before(read);
        auto const newest = client_.history(order_.person, 0, shown_at_start);
        if (newest.empty())
            return;
        next_old_ = std::min(newest.front().seq, read + 1);
        old_end_ = newest.back().seq + 1;
    }

    /// Another holder began this talk, and has ended. What was typed there and waits is our concern now.
    void go_on()
    {
        seen_.note_seen_before(read_so_far());
        for (Message const& waiting : client_.outbox()) {
            if (waiting.with == order_.person)
                note_typed(waiting.say_id);
        }
    }

    /// What was there when we began, from the first unread one on; a page after the other.
    void show_what_was_said()
    {
        while (next_old_ < old_end_ and has_room()) {
            std::uint64_t const page_end = std::min(old_end_, next_old_ + page_entries);
            for (Message const& each : entries_between(client_, order_.person, next_old_, page_end))
                show(each);
            next_old_ = page_end;
            if (next_old_ >= old_end_)
                sink_.shown_before(feed_.next());
        }
    }

    void show_news()
    {
        if (next_old_ < old_end_)
            return;
        if (std::exchange(begins_again_, false))
            sink_.shown_before(feed_.next());
        while (has_room()) {
            auto const message = feed_.take(client_);
            if (not message.has_value())
                return;
            if (message->with == order_.person and typed_.erase(message->say_id) == 0)
                show(*message);
            else if (message->with == order_.person)
                note_seen(message->seq);
            sink_.shown_before(feed_.next());
        }
    }

    void show(Message const& message)
    {
        if (auto const lines = entry_in_words(message, message.from, false); not lines.empty())
            sink_.show(lines);
        if (not message.is_orphaned)
            note_seen(message.seq);
    }

    void note_seen(std::uint64_t seq)
    {
        if (std::exchange(counts_anew_, false))
            seen_.note_seen_before(seq - 1);
        seen_.note(seq);
    }

    void say_read()
    {
        if (seen_.has_gap())
            look_at_gap();
        if (seen_.to() > std::exchange(read_seq_, seen_.to()))
            client_.read(order_.person, seen_.to());
    }

    /// What is missing between may have been read elsewhere, or be one's own words.
    void look_at_gap()
    {
        seen_.note_seen_before(read_so_far());
        std::uint64_t const missing = seen_.has_gap() ? seen_.later_first() - seen_.to() - 1 : 0;
        if (missing > 0 and missing <= page_entries) {
            auto const between = client_.history(order_.person, seen_.later_first(), missing);
            if (between.size() == missing and std::ranges::all_of(between, &Message::is_mine))
                seen_.note_seen_before(seen_.later_first() - 1);
        }
        if (seen_.has_gap() and is_here_ and asked_ == 0 and not std::exchange(has_told_gap_, true))
            sink_.tell(
                fill(tr("Earlier messages are unread, and not stored here: `duet history {0}` "
                        "brings them. Until they were shown, nothing counts as read."),
                    {order_.person}));
    }

    /// That the server is not there is told when it has lasted, or something waits for it.
    void tell_connection(MonotonicTime now)
    {
        if (std::exchange(was_here_, is_here_) != is_here_ or not connection_since_.has_value())
            connection_since_ = now;
        wanted_at_ = MonotonicTime::max();
        if (is_here_ == is_told_here_)
            return;
        if (is_here_) {
            sink_.tell(fill(tr("Connected with {0}"), {client_.server()}));
        } else if (now < *connection_since_ + limits::progress_after) {
            want_at(*connection_since_ + limits::progress_after);
            return;
        } else {
            sink_.tell(fill(tr("Not connected with {0}: what you say waits"), {client_.server()})
                + (why_away_.empty() ? "" : "\n  " + why_away_));
        }
        is_told_here_ = is_here_;
    }

    void tell_refusals()
    {
        for (Message const& each : std::exchange(refused_, {}))
            tell_not_sent(reason_in_words(each.refused), each.text);
    }

    void look_at_newest(MonotonicTime now)
    {
        if (newest_.say_id == 0)
            return;
        auto const message = client_.own(newest_.say_id);
        if (not message.has_value() or message->state == MessageState::refused) {
            newest_ = {};
            return;
        }
        if (std::exchange(is_newest_fresh_, false) or message->state != newest_.state)
            newest_.since = now;
        newest_.state = message->state;
        if (newest_.state == newest_.told or is_not_worth_telling())
            return;
        auto const worth_it_at = newest_.since
            + (newest_.state == MessageState::waiting ? limits::progress_after : calm);
        if (now < worth_it_at)
            return want_at(worth_it_at);
        newest_.told = newest_.state;
        std::string const number = message->seq == 0 ? "" : ' ' + std::to_string(message->seq);
        sink_.tell("  " + state_in_words(newest_.state) + number);
    }

    [[nodiscard]] bool is_not_worth_telling() const
    {
        return newest_.state == MessageState::sent and newest_.told != MessageState::waiting;
    }

    void look_whether_all_is_sent(MonotonicTime now)
    {
        if (*leaves_ == MonotonicTime::max() and order_.ends_typing)
            leaves_ = now + limits::drain_silence_max;
        if (waiting_.empty())
            return finish(exit_code::ok);
        if (now < *leaves_)
            return want_at(*leaves_);
        sink_.tell(
            fill(tr("{0} of your messages wait in the outbox, and go out when duet runs again."),
                {std::to_string(waiting_.size())}));
        finish(exit_code::still_waiting);
    }

    void want_at(MonotonicTime when) { wanted_at_ = std::min(wanted_at_, when); }

    FeedReader feed_;
    std::set<std::uint64_t> typed_;   // here, and not come back yet: they stand on the screen
    std::set<std::uint64_t> waiting_; // of these, what is not sent yet
    std::vector<Message> refused_;    // to be told
    Newest newest_;
    bool is_newest_fresh_ = false;
    std::uint64_t next_old_ = 0; // what was there at the beginning, and is still to be shown:
    std::uint64_t old_end_ = 0;  // [next_old_, old_end_)
    SeenNumbers seen_;
    std::uint64_t read_seq_ = 0; // so far it was told
    bool has_told_gap_ = false;
    bool begins_again_ = false;
    bool counts_anew_ = false;

    std::uint64_t asked_ = 0;
    bool knows_person_ = false;

    bool is_here_ = client_.connectedness() == Connectedness::here;
    bool was_here_ = is_here_;
    bool is_told_here_ = true;
    std::string why_away_;
    std::optional<MonotonicTime> connection_since_;

    std::optional<MonotonicTime>
        leaves_; // set: nothing more is typed; until then it waits for the rest
    MonotonicTime wanted_at_ = MonotonicTime::max();
};

} // namespace

std::unique_ptr<Errand> make_hosted_talk(Order order, Client& client, Sink& sink)
{
    return std::make_unique<TalkErrand>(std::move(order), client, sink);
}

} // namespace duet
