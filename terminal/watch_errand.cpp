// duet watch: everything that happens, from a feed number on, and then as it happens.
//
// Entries come from the store by their numbers, so a slow reader loses none of them. Signals (who is
// there, who is writing) and marks are told as they come, and dropped while the reader has no room.

#include "console/words.hpp"
#include "doors/json_writer.hpp"
#include "pairing/fingerprint.hpp"
#include "terminal/errand.hpp"
#include "terminal/feed_reader.hpp"
#include "terminal/people.hpp"
#include "terminal/showing.hpp"

#include <map>
#include <utility>

namespace duet {

namespace {

class WatchErrand final : public Errand {
public:
    WatchErrand(Order order, Client& client, Sink& sink)
        : Errand(std::move(order), client, sink), feed_(order_.from.value_or(client.cursor() + 1))
    {
        for (Contact const& contact : client.contacts())
            marks_[contact.handle] = {contact.their_delivered, contact.their_read};
        sink_.shown_before(feed_.next());
    }

    void advance(MonotonicTime now) override
    {
        show_entries();
        if (std::exchange(marks_moved_, false))
            show_marks();
        if (over_for_good_.has_value())
            return finish_with(failure_in_words(*over_for_good_));
        if (is_late(now))
            finish(0);
    }

private:
    struct Marks {
        std::uint64_t delivered = 0;
        std::uint64_t read = 0;
        bool operator==(Marks const&) const = default;
    };

    void heard(Message const& message) override { feed_.note_heard(message.feed); }

    void another_life() override
    {
        Errand::another_life();
        feed_.begin_again(client_.cursor() + 1);
        begins_again_ = true;
    }

    void changed(Message const& message) override
    {
        feed_.note_news();
        marks_moved_ = true;
        if (message.state == MessageState::refused)
            show_refusal(message);
    }

    void typing(std::string const& from) override
    {
        if (not order_.is_json)
            return;
        std::string line;
        JsonWriter(line, "typing").text("from", from).end();
        signal(line);
    }

    void presence(std::string const& who, bool is_online) override
    {
        std::string line;
        if (order_.is_json)
            JsonWriter(line, "presence").text("who", who).flag("online", is_online).end();
        else
            line = "* " + fill(is_online ? tr("{0} is here") : tr("{0} has left"), {who}) + '\n';
        signal(line);
    }

    void connection(Connectedness now, std::string const& words) override
    {
        if (now == Connectedness::connecting)
            return;
        if (order_.is_json) {
            std::string line;
            char const* const state = now == Connectedness::here ? "here" : "away";
            JsonWriter(line, "connection").text("state", state).text("words", words).end();
            signal(line);
        } else if (now == Connectedness::away and std::exchange(is_told_here_, false)) {
            sink_.tell(fill(tr("Not connected with {0}: {1}"), {client_.server(), words}));
        } else if (now == Connectedness::here and not std::exchange(is_told_here_, true)) {
            sink_.tell(fill(tr("Connected with {0} again"), {client_.server()}));
        }
    }

    void device_asks(WaitingDevice const& device) override
    {
        if (not order_.is_json)
            return Errand::device_asks(device);
        std::string line;
        JsonWriter(line, "device_asks")
            .number("ask", device.ask)
            .text("device", device.name)
            .text("address", device.address)
            .text("key", fingerprint_of(device.identity))
            .end();
        signal(line);
    }

    void talk_changed(std::string const& with, std::optional<Contact> const& contact) override
    {
        if (not order_.is_json)
            return;
        std::string line;
        char const* const state = contact.has_value() ? word(contact->standing) : "none";
        JsonWriter(line, "talk").text("with", with).text("state", state).end();
        signal(line);
    }

    void signal(std::string const& line)
    {
        if (sink_.has_room())
            sink_.show(line);
    }

    void show_entries()
    {
        if (std::exchange(begins_again_, false))
            sink_.shown_before(feed_.next());
        while (has_room()) {
            auto const message = feed_.take(client_);
            if (not message.has_value())
                return;
            show(*message);
            sink_.shown_before(feed_.next());
        }
    }

    void show(Message const& message)
    {
        std::string lines;
        if (order_.is_json) {
            write_message(lines, message, false);
        } else {
            // A handle has no spaces, so nobody can be called "ada to bob".
            std::string const from = message.is_mine
                ? fill(tr("{0} to {1}"), {message.from, message.with})
                : message.from;
            lines = entry_in_words(message, from, true);
        }
        if (not lines.empty())
            sink_.show(lines);
    }

    void show_refusal(Message const& message)
    {
        if (not order_.is_json) {
            sink_.tell(
                fill(tr("Not sent to {0}: {1}"), {message.with, reason_in_words(message.refused)}));
            return;
        }
        std::string line;
        write_message(line, message, true);
        sink_.show(line);
    }

    void show_marks()
    {
        if (not order_.is_json)
            return;
        for (Contact const& contact : client_.contacts()) {
            Marks const marks {contact.their_delivered, contact.their_read};
            if (std::exchange(marks_[contact.handle], marks) == marks)
                continue;
            std::string line;
            JsonWriter(line, "mark")
                .text("with", contact.handle)
                .text("who", contact.handle)
                .number("delivered", marks.delivered)
                .number("read", marks.read)
                .end();
            signal(line);
        }
    }

    FeedReader feed_;
    std::map<std::string, Marks> marks_;
    bool marks_moved_ = false;
    bool begins_again_ = false;
    bool is_told_here_ = true;
};

} // namespace

std::unique_ptr<Errand> make_watch(Order order, Client& client, Sink& sink)
{
    return std::make_unique<WatchErrand>(std::move(order), client, sink);
}

} // namespace duet
