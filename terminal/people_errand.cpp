// duet people: everybody whom one may write to.

#include "console/escape.hpp"
#include "console/words.hpp"
#include "doors/json_writer.hpp"
#include "terminal/asking.hpp"
#include "terminal/people.hpp"

#include <utility>
#include <vector>

namespace duet {

namespace {

class PeopleErrand final : public Asking {
public:
    using Asking::Asking;

private:
    std::uint64_t ask() override { return client_.ask_people(); }

    void people(std::uint64_t asked, std::vector<Contact> const& all) override
    {
        if (not is_mine(asked))
            return;
        people_ = all;
        note_answer(asked);
    }

    void show_answer() override
    {
        show(people_);
        finish(0);
    }

    void do_without(std::string const& why) override
    {
        sink_.tell(why + ". " + tr("This is what was known last:"));
        show(client_.contacts());
        finish(0);
    }

    void show(std::vector<Contact> const& people)
    {
        std::string lines;
        for (Contact const& each : people) {
            if (order_.is_json)
                write_contact(lines, each);
            else
                lines += in_words(each) + '\n';
        }
        sink_.show(lines);
        if (people.empty() and not order_.is_json)
            sink_.tell(tr("There is nobody yet; `duet invite` makes an invitation."));
    }

    static std::string standing_in_words(Contact const& contact)
    {
        if (contact.standing == Standing::asked)
            return tr("waiting for an answer");
        if (contact.standing == Standing::blocked)
            return tr("blocked");
        std::string const text = contact.last.has_value() ? first_words(contact.last->text) : "";
        return fill(tr("asks to write to you: {0}"), {text}) + "\n  "
            + fill(tr("`duet history {0}` shows it whole; `duet accept`, `refuse` or `block {0}`"),
                {contact.handle});
    }

    /// Folded: no more than a line of what a stranger says is seen before it is asked for.
    static std::string first_words(std::string const& text)
    {
        constexpr std::size_t bytes_max = 48;
        std::string line = text.substr(0, text.find('\n'));
        if (line.size() > bytes_max) {
            std::size_t end = bytes_max;
            while (end > 0 and (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U)
                --end;
            line.resize(end);
        }
        return escaped(line) + (line.size() < text.size() ? " …" : "");
    }

    static std::string in_words(Contact const& contact)
    {
        std::string line = contact.handle;
        if (not contact.name.empty() and contact.name != contact.handle)
            line += " (" + escaped(contact.name) + ')';
        if (not contact.settings.name.empty())
            line += ", " + fill(tr("you say {0}"), {escaped(contact.settings.name)});
        if (contact.standing != Standing::contact)
            return line + ", " + standing_in_words(contact);
        if (contact.is_online)
            line += ", " + tr("here");
        if (contact.unread > 0)
            line += ", " + fill(tr("{0} unread"), {std::to_string(contact.unread)});
        return line;
    }

    std::vector<Contact> people_;
};

} // namespace

char const* word(Standing standing)
{
    switch (standing) {
    case Standing::contact:
        return "contact";
    case Standing::asked:
        return "asked";
    case Standing::asks:
        return "asks";
    case Standing::blocked:
        return "blocked";
    }
    return "";
}

void write_contact(std::string& lines, Contact const& contact)
{
    JsonWriter writer(lines, "person");
    writer.text("handle", contact.handle).text("name", contact.name);
    writer.text("state", word(contact.standing));
    writer.number("last", contact.last_seq).number("unread", contact.unread);
    writer.number("my_read", contact.my_read);
    writer.number("their_delivered", contact.their_delivered);
    writer.number("their_read", contact.their_read);
    writer.flag("online", contact.is_online);
    writer.end();
}

std::unique_ptr<Errand> make_people(Order order, Client& client, Sink& sink)
{
    return std::make_unique<PeopleErrand>(std::move(order), client, sink);
}

} // namespace duet
