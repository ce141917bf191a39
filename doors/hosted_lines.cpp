#include "doors/hosted_lines.hpp"

#include "base/limits.hpp"
#include "doors/lines.hpp"

#include <algorithm>
#include <utility>

namespace duet {

namespace {

constexpr std::string_view help =
    "* /sign-in CODE  come in; `duet link-device --plain` gives the code\n"
    "* /to PERSON     with whom you talk; then type\n"
    "* /ok            you have seen what came; so does every line you type\n"
    "* /who           whom you may talk with\n"
    "* //TEXT         a line that begins with a slash\n"
    "* quit           leave\n";

/// The word behind a command, without the spaces around it.
std::string_view word_behind(std::string_view line)
{
    auto const space = line.find(' ');
    if (space == std::string_view::npos)
        return {};
    std::string_view word = line.substr(space + 1);
    auto const first = word.find_first_not_of(' ');
    word.remove_prefix(first == std::string_view::npos ? word.size() : first);
    return word.substr(0, word.find_last_not_of(' ') + 1);
}

void tell(std::string& output, std::string_view words)
{
    output += "* ";
    append_line(output, words);
}

/// Further lines of a text are set in: nobody can forge another's line.
void append_text(std::string& output, std::string_view text)
{
    for (char const letter : text) {
        output += letter;
        if (letter == '\n')
            output += "  | ";
    }
    output += '\n';
}

} // namespace

// What is typed

std::vector<HostedLines::Wish> HostedLines::read(std::string_view line, std::string& output)
{
    std::vector<Wish> wishes;
    if (is_quit(line) or line == "/quit") {
        wishes.emplace_back(Quit {});
        return wishes;
    }
    if (shown_ > confirmed_) {
        confirmed_ = shown_;
        wishes.emplace_back(Request {{}, Got {shown_}});
    }
    if (line.starts_with("//"))
        say(line.substr(1), wishes, output);
    else if (line.starts_with('/'))
        read_command(line, wishes, output);
    else if (not line.empty())
        say(line, wishes, output);
    return wishes;
}

void HostedLines::read_command(
    std::string_view line, std::vector<Wish>& wishes, std::string& output)
{
    std::string_view const command = line.substr(0, line.find(' '));
    std::string_view const word = word_behind(line);
    if (command == "/help") {
        output += help;
    } else if (command == "/sign-in") {
        is_coming_in_ = true;
        wishes.emplace_back(Code {std::string(word)});
    } else if (not is_signed_in_) {
        tell(output, "sign in first: /sign-in CODE (/help tells more)");
    } else if (command == "/to" and not word.empty()) {
        to_ = word;
        tell(output, "what you type now goes to " + to_);
    } else if (command == "/to") {
        tell(output, "to whom? /to PERSON");
    } else if (command == "/who") {
        ++unanswered_;
        wishes.emplace_back(Request {{}, People {"", limits::page_max}});
    } else if (command != "/ok") { // which has confirmed already
        tell(output, "there is no such command; /help tells those that there are");
    }
}

void HostedLines::say(std::string_view text, std::vector<Wish>& wishes, std::string& output)
{
    if (not is_signed_in_)
        return tell(output, "sign in first: /sign-in CODE (/help tells more)");
    if (to_.empty())
        return tell(output, "not sent: to whom? /to PERSON");
    last_n_ = next(last_n_);
    ++unanswered_;
    wishes.emplace_back(Request {{}, Say {last_n_, to_, Kind::text, std::string(text)}});
}

bool HostedLines::must_wait() const
{
    return is_coming_in_ or unanswered_ >= limits::unanswered_max or goes_back_to_.has_value();
}

// What is told

void HostedLines::write(Event const& event, std::string& output)
{
    std::visit(
        [&](auto const& body) {
            // Signals and marks would come between the lines of whoever is typing.
            if constexpr (requires { show(body, output); })
                show(body, output);
        },
        event.body);
    if (goes_back_to_.has_value() and unanswered_ == 0)
        last_n_ = N {number(*std::exchange(goes_back_to_, std::nullopt)) - 1};
}

void HostedLines::show(Welcome const& welcome, std::string& output)
{
    is_coming_in_ = false;
    is_signed_in_ = true;
    you_ = welcome.you;
    last_n_ = welcome.last_n;
    tell(output,
        "welcome, " + welcome.name + " (" + welcome.you
            + "); /to PERSON, then type; /help tells more");
}

void HostedLines::show(EntryEvent const& entry, std::string& output)
{
    shown_ = entry.feed;
    if (entry.n != N {})
        return; // typed here: `sent` has told it
    if (entry.feed <= before_.surely)
        output += "(again) ";
    else if (entry.feed <= before_.perhaps)
        output += "(perhaps again) ";
    output += entry.from == you_ ? "you, to " + entry.with : entry.from;
    output += ": ";
    append_text(output, entry.text);
}

void HostedLines::show(Said const& said, std::string& output)
{
    --unanswered_;
    if (said.feed != Feed {})
        shown_ = said.feed;
    output += "sent ";
    append_line(output, std::to_string(number(said.seq)));
}

void HostedLines::show(Refused const& refused, std::string& output)
{
    if (refused.n == N {}) {
        is_coming_in_ = false;
        return tell(output, sentence(refused.error));
    }
    --unanswered_;
    tell(output, std::string("not sent: ") + sentence(refused.error));
}

void HostedLines::show(NReused const& reused, std::string& output)
{
    --unanswered_;
    last_n_ = std::max(last_n_, reused.last_n);
    tell(output, "not sent; type it again");
}

void HostedLines::show(Later const& later, std::string& output)
{
    --unanswered_;
    // More are on their way. Nothing is numbered before all are answered; then the least is the next.
    goes_back_to_ = std::min(goes_back_to_.value_or(later.n), later.n);
    tell(output, std::string("not sent, type it again later: ") + sentence(later.error));
}

void HostedLines::show(PeopleEvent const& people, std::string& output)
{
    --unanswered_;
    if (people.people.empty())
        tell(output, "you may talk with nobody yet");
    for (PeopleEvent::One const& one : people.people) {
        std::string line = one.handle + " (" + one.name + ")";
        if (one.unread > 0)
            line += ", " + std::to_string(one.unread) + " unread";
        tell(output, line);
    }
    if (people.more)
        tell(output, "and more");
}

void HostedLines::show(Bye const& bye, std::string& output)
{
    std::string const where = bye.address.empty() ? "" : " to " + bye.address;
    tell(output, std::string("goodbye: ") + sentence(bye.reason) + where);
}

} // namespace duet
