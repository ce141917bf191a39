// The plain-lines door of a server: one person with netcat, who speaks in lines and hears in lines.
//
// A calculation that stands between that person and the core: lines become requests, events become
// lines. The person's device has no key and no memory: its n are given here, in the order in which the
// lines come, and its cursor is the server's. What was shown is confirmed by the next line that is
// typed, or by /ok; until then it comes again at the next sign-in, and says so.
//
//     PERSON: TEXT        what somebody says; further lines of it begin with "  | "
//     sent 12             one's own line is stored, as the conversation's 12th
//     * WORDS             the server speaks; nobody's text looks like that
//
// Source  docs/protocol.md, "Plain lines of a server".

#pragma once

#include "core/event.hpp"
#include "core/request.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace duet {

class HostedLines {
public:
    /// A code that was typed: one word, not looked at.
    struct Code {
        std::string secret;
    };
    struct Quit { };
    using Wish = std::variant<Code, Quit, Request>;

    /// Takes one line. Gives what is asked of the server, in order; what the person is told at once is
    /// appended to `output`.
    std::vector<Wish> read(std::string_view line, std::string& output);

    /// Appends what the person is told of `event`, which may be nothing.
    void write(Event const& event, std::string& output);

    /// What a person was shown on earlier connections: up to where for sure, and up to where perhaps.
    struct Shown {
        Feed surely {};
        Feed perhaps {};
    };

    /// After `welcome`, before anything else. What comes again is marked.
    void mark_as_shown(Shown before) { before_ = before; }

    /// And what was shown by now.
    [[nodiscard]] Shown shown() const
    {
        return {std::max(before_.surely, shown_), before_.perhaps};
    }

    [[nodiscard]] bool is_signed_in() const { return is_signed_in_; }

    [[nodiscard]] std::string const& you() const { return you_; }

    /// Whether the next line has to wait: for a sign-in, since too many have no answer yet, or because
    /// some are to be typed again, and what is still on its way must be answered first.
    [[nodiscard]] bool must_wait() const;

    /// Whether something that was typed has no answer yet.
    [[nodiscard]] bool waits_for_answers() const { return is_coming_in_ or unanswered_ > 0; }

private:
    void read_command(std::string_view line, std::vector<Wish>& wishes, std::string& output);
    void say(std::string_view text, std::vector<Wish>& wishes, std::string& output);

    void show(Welcome const& welcome, std::string& output);
    void show(EntryEvent const& entry, std::string& output);
    void show(Said const& said, std::string& output);
    void show(Refused const& refused, std::string& output);
    void show(NReused const& reused, std::string& output);
    void show(Later const& later, std::string& output);
    void show(PeopleEvent const& people, std::string& output);
    void show(Bye const& bye, std::string& output);

    bool is_coming_in_ = false; // a code was typed, and is being looked at
    bool is_signed_in_ = false;
    std::string you_;
    std::string to_; // with whom one talks; empty: with nobody yet
    N last_n_ {};
    std::size_t unanswered_ = 0;
    std::optional<N> goes_back_to_; // what the server takes next, once all is answered
    Feed shown_ {};
    Feed confirmed_ {};
    Shown before_ {};
};

} // namespace duet
