// duet export: all that is mine, as text and as JSON.
//
//     DIR/profile.json               who I am, and where
//     DIR/people.jsonl               whom I may write to
//     DIR/outbox.jsonl               what waits to be sent
//     DIR/conversations/bob.txt      each conversation, as `duet history` shows it
//     DIR/conversations/bob.jsonl    and one entry a line
//
// First everything that the server has is fetched; then it is written, a conversation in each turn, so
// that others whom this process serves are not kept waiting.

#include "console/words.hpp"
#include "doors/json_writer.hpp"
#include "terminal/asking.hpp"
#include "terminal/conversation_reader.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/export_folder.hpp"
#include "terminal/people.hpp"
#include "terminal/showing.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace duet {

namespace {

constexpr std::uint64_t page_entries = 500;

/// What a server tells becomes a file's name only if it is a handle.
bool is_handle(std::string const& text)
{
    auto const is_letter_or_digit = [](char each) {
        return (each >= 'a' and each <= 'z') or (each >= '0' and each <= '9');
    };
    return not text.empty() and is_letter_or_digit(text.front())
        and std::ranges::all_of(text, [&](char each) {
                return is_letter_or_digit(each) or each == '.' or each == '_' or each == '-';
            });
}

class ExportErrand final : public Asking {
public:
    using Asking::Asking;

    void advance(MonotonicTime now) override
    {
        if (not is_writing_)
            return Asking::advance(now);
        auto const written = write_next();
        if (not written.has_value())
            return finish_with(fill(tr("Not exported: {0}"), {written.error()}));
    }

    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const override
    {
        return is_writing_ ? MonotonicTime() : Asking::next_deadline(); // at once
    }

private:
    using Done = ExportFolder::Result<void>;

    std::uint64_t ask() override { return client_.ask_people(); }

    void people(std::uint64_t asked, std::vector<Contact> const& all) override
    {
        if (not is_mine(asked))
            return;
        for (Contact const& each : all)
            to_fetch_.emplace_back(each.handle, each.last_seq, ConversationReader::everything);
        note_answer(asked);
    }

    void fetched(std::string const& with, bool more) override
    {
        if (not to_fetch_.empty())
            to_fetch_.back().fetched(with, more);
    }

    void show_answer() override
    {
        while (not to_fetch_.empty() and to_fetch_.back().is_complete(client_))
            to_fetch_.pop_back();
        if (to_fetch_.empty())
            return begin_to_write();
        if (over_for_good_.has_value() or has_been_away() or is_out_of_time())
            do_without(fill(tr("No answer from {0}"), {client_.server()}));
    }

    void do_without(std::string const& why) override
    {
        sink_.tell(why + ". " + tr("Only what is stored here is exported."));
        is_partial_ = true;
        begin_to_write();
    }

    void begin_to_write()
    {
        auto folder = ExportFolder::create(order_.path);
        if (not folder.has_value())
            return finish_with(fill(tr("Not exported: {0}"), {folder.error()}));
        folder_.emplace(std::move(folder).value());
        contacts_ = client_.contacts();
        is_writing_ = true;
        if (auto const begun = write_profile(); not begun.has_value())
            finish_with(fill(tr("Not exported: {0}"), {begun.error()}));
    }

    Done write_profile()
    {
        std::string text;
        JsonWriter(text, "profile")
            .text("handle", client_.you())
            .text("server", client_.server())
            .number("feed", client_.cursor())
            .end();
        TRY_VOID(write_file("profile.json", text));
        text.clear();
        for (Contact const& each : contacts_)
            write_contact(text, each);
        TRY_VOID(write_file("people.jsonl", text));
        text.clear();
        for (Message const& each : client_.outbox())
            write_message(text, each, true);
        TRY_VOID(write_file("outbox.jsonl", text));
        return folder_->make_folder("conversations");
    }

    Done write_next()
    {
        if (contacts_.empty()) {
            TRY_VOID(folder_->finish());
            finish(is_partial_ ? exit_code::failed : exit_code::ok);
            return {};
        }
        std::string const with = contacts_.back().handle;
        contacts_.pop_back();
        if (not is_handle(with))
            return {};
        TRY_VOID(write_conversation(with, "txt", [](std::string& lines, Message const& each) {
            if (each.kind == "text")
                lines += spoken_at(each.time, each.from, each.text);
        }));
        return write_conversation(with, "jsonl",
            [](std::string& lines, Message const& each) { write_message(lines, each, true); });
    }

    template <typename Write>
    Done write_conversation(std::string const& with, char const* form, Write write)
    {
        TRY_VOID(folder_->begin_file("conversations/" + with + '.' + form));
        auto const newest = client_.history(with, 0, 1);
        std::uint64_t const last = newest.empty() ? 0 : newest.back().seq;
        for (std::uint64_t first = 1; first <= last; first += page_entries) {
            std::string lines;
            for (Message const& each : entries_between(client_, with, first, first + page_entries))
                write(lines, each);
            TRY_VOID(folder_->write(lines));
        }
        return {};
    }

    Done write_file(std::string const& name, std::string const& text)
    {
        TRY_VOID(folder_->begin_file(name));
        return folder_->write(text);
    }

    std::vector<ConversationReader> to_fetch_; // the last one is at work
    std::vector<Contact> contacts_;            // still to be written
    std::optional<ExportFolder> folder_;
    bool is_partial_ = false; // there may be more on the server
    bool is_writing_ = false;
};

} // namespace

std::unique_ptr<Errand> make_export(Order order, Client& client, Sink& sink)
{
    return std::make_unique<ExportErrand>(std::move(order), client, sink);
}

} // namespace duet
