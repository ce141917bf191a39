// duet history: the newest entries of a conversation, and what of one's own still waits.

#include "console/words.hpp"
#include "terminal/asking.hpp"
#include "terminal/conversation_reader.hpp"
#include "terminal/showing.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace duet {

namespace {

constexpr std::uint64_t usual_limit = 50;

class HistoryErrand final : public Asking {
public:
    using Asking::Asking;

    void advance(MonotonicTime now) override
    {
        if (is_showing_)
            return show();
        Asking::advance(now);
    }

    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const override
    {
        return is_showing_ ? std::nullopt : Asking::next_deadline(); // it only waits for room
    }

private:
    std::uint64_t ask() override { return client_.ask_people(); }

    void people(std::uint64_t asked, std::vector<Contact> const& all) override
    {
        if (not is_mine(asked))
            return;
        auto const found = std::ranges::find(all, order_.person, &Contact::handle);
        if (found != all.end())
            reader_.emplace(order_.person, found->last_seq, limit());
        note_answer(asked);
    }

    void fetched(std::string const& with, bool more) override
    {
        if (reader_.has_value())
            reader_->fetched(with, more);
    }

    void show_answer() override
    {
        if (reader_.has_value() and reader_->is_complete(client_))
            return begin_to_show();
        if (over_for_good_.has_value() or has_been_away() or is_out_of_time())
            return do_without(fill(tr("No answer from {0}"), {client_.server()}));
        if (not reader_.has_value())
            begin_to_show();
    }

    void do_without(std::string const& why) override
    {
        sink_.tell(why + ". " + tr("This is what is stored here:"));
        begin_to_show();
    }

    [[nodiscard]] std::size_t limit() const { return order_.limit.value_or(usual_limit); }

    void begin_to_show()
    {
        auto const stored = client_.history(order_.person, 0, limit());
        messages_.assign(stored.begin(), stored.end());
        for (Message const& waiting : client_.outbox()) {
            if (waiting.with == order_.person)
                messages_.push_back(waiting);
        }
        if (messages_.empty() and not reader_.has_value())
            return finish_with(reason_in_words("not_connected"));
        is_showing_ = true;
        show();
    }

    void show()
    {
        for (; not messages_.empty() and has_room(); messages_.pop_front())
            show(messages_.front());
        if (messages_.empty())
            finish(0);
    }

    static std::string from_of(Message const& message)
    {
        return message.state == MessageState::asked
            ? '(' + state_in_words(message.state) + ") " + message.from
            : message.from;
    }

    void show(Message const& message)
    {
        std::string lines;
        if (order_.is_json)
            write_message(lines, message, true);
        else if (message.is_mine and message.state == MessageState::waiting)
            lines = spoken('(' + state_in_words(message.state) + ") " + message.from, message.text);
        else
            lines = entry_in_words(message, from_of(message), true);
        if (not lines.empty())
            sink_.show(lines);
    }

    std::optional<ConversationReader> reader_; // none: not one of the people whom one may write to
    std::deque<Message> messages_;
    bool is_showing_ = false;
};

} // namespace

std::unique_ptr<Errand> make_history(Order order, Client& client, Sink& sink)
{
    return std::make_unique<HistoryErrand>(std::move(order), client, sink);
}

} // namespace duet
