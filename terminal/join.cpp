#include "terminal/join.hpp"

#include "base/limits.hpp"
#include "client/duet.hpp"
#include "console/words.hpp"
#include "pairing/code.hpp"
#include "pairing/link.hpp"
#include "pairing/phrase.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/showing.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <utility>

namespace duet {

namespace {

using namespace std::chrono_literals;

constexpr char const* usual_server = "127.0.0.1:8000";

void tell(std::string_view text)
{
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

int fail_with(std::string_view sentence, int code = exit_code::failed)
{
    tell("duet: " + std::string(sentence));
    return code;
}

std::string without_blanks(std::string const& text)
{
    auto const first = text.find_first_not_of(" \t\r\n");
    auto const last = text.find_last_not_of(" \t\r\n");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

/// Asks on the terminal. nullopt at the end of input.
std::optional<std::string> ask(std::string const& question)
{
    std::fputs((question + ' ').c_str(), stderr);
    std::string answer;
    if (not std::getline(std::cin, answer))
        return std::nullopt;
    return without_blanks(answer);
}

std::optional<std::string> read_secret(std::string const& path)
{
    std::string line;
    if (path == "-")
        return std::getline(std::cin, line) ? std::optional(without_blanks(line)) : std::nullopt;
    std::ifstream file(path);
    return std::getline(file, line) ? std::optional(without_blanks(line)) : std::nullopt;
}

/// How joining goes, as the client tells it.
class Progress final : public ClientHandler {
public:
    std::optional<Failure> over_for_good;

private:
    void ended(Failure const& why) override { over_for_good = why; }

    void connection(Connectedness now, std::string const& words) override
    {
        // The first failure is told, since it often is the only one that there is to mend.
        if (now == Connectedness::away and not words.empty() and not std::exchange(has_told_, true))
            tell(words + ' ' + tr("It is tried again … (Ctrl-C to give up)"));
    }

    bool has_told_ = false;
};

class Join {
public:
    Join(JoinOrder order, Profile const& profile)
        : order_(std::move(order)), profile_(profile), can_ask_(::isatty(STDIN_FILENO) == 1)
    {
    }

    int run()
    {
        // First of all, so that the folders above are ours alone, too.
        if (int const code = profile_.make_parents(); code != 0)
            return fail_with(profile_.directory() + ": " + std::strerror(code));
        if (auto const joined = already_joined(); joined.has_value())
            return *joined;
        bool goes_on = has_begun_ and nothing_is_said();
        if (not goes_on and not complete_order())
            return exit_code::usage;
        for (;;) {
            if (goes_on)
                tell(tr("Going on where joining was broken off …"));
            else if (int const code = prepare(); code != exit_code::ok)
                return code;
            bool const had_all = not std::exchange(goes_on, false);
            auto const refused = enrol();
            if (not refused.has_value())
                return exit_code_;
            tell("duet: " + failure_in_words(*refused));
            if (not can_ask_ or not(had_all ? ask_again(*refused) : ask_for_the_rest()))
                return exit_code::failed;
        }
    }

private:
    /// To find out after all questions would be late.
    std::optional<int> already_joined()
    {
        Progress progress;
        auto const client = Client::open(profile_.directory(), progress);
        if (not client.has_value())
            return client.error().word == "not_joined"
                ? std::nullopt
                : std::optional(fail_with(failure_in_words(client.error()),
                      client.error().word == "held" ? exit_code::busy : exit_code::failed));
        show_phrase(**client);
        has_begun_ = not(*client)->is_enrolled();
        if (has_begun_)
            return std::nullopt;
        return fail_with(
            fill(tr("Profile {0} has joined already: {1} on {2}. Another person, or another "
                    "server, needs a profile of its own: --profile NAME."),
                {profile_.name(), (*client)->you(), (*client)->server()}));
    }

    bool complete_order()
    {
        if (not order_.secret_path.empty()) {
            auto const secret = read_secret(order_.secret_path);
            if (not secret.has_value()) {
                fail_with(fill(tr("There is no secret in {0}"), {order_.secret_path}));
                return false;
            }
            order_.secret = *secret;
        }
        if (ShortCode::parse(order_.secret).has_value()) {
            // Others could see it, and it is short enough to be remembered.
            fail_with(tr("A code is asked for, and never given as an argument or in a file."));
            return false;
        }
        note_link(order_.secret);
        note_link(order_.server);
        if (order_.recovers)
            return ask_for_phrase();
        if (can_ask_)
            return ask_for_the_rest();
        if (not has_way())
            fail_with(tr("A link is needed, or a secret behind the server: --secret-file FILE."));
        return has_way();
    }

    [[nodiscard]] bool nothing_is_said() const
    {
        return order_.server.empty() and order_.secret.empty() and order_.secret_path.empty()
            and not order_.handle.has_value();
    }

    /// A link says where and what; both may stand where one of them was asked for.
    void note_link(std::string& word)
    {
        if (looks_like_link(word))
            link_ = std::exchange(word, "");
    }

    [[nodiscard]] bool has_way() const
    {
        return not link_.empty() or not order_.secret.empty() or not code_.empty();
    }

    /// The words are for this terminal alone. A link says who the server is, whatever secret it has.
    bool ask_for_phrase()
    {
        if (not can_ask_) {
            fail_with(tr("A recovery phrase is asked for at a terminal, and nowhere else."));
            return false;
        }
        if (order_.server.empty() and link_.empty()
            and not ask_for(order_.server, fill(tr("Server [{0}], or a link:"), {usual_server})))
            return false;
        note_link(order_.server);
        for (;;) {
            std::string typed;
            if (not ask_for(typed, tr("Recovery phrase, 13 words:")))
                return false;
            auto const phrase = normal_phrase(typed);
            if (phrase.has_value()) {
                order_.secret = *phrase;
                order_.handle = "";
                return true;
            }
            tell("duet: " + std::string(tr(sentence(phrase.error()))));
        }
    }

    bool ask_for_the_rest()
    {
        bool const asks_for_server = order_.server.empty() and not has_way();
        if (asks_for_server
            and not ask_for(order_.server, fill(tr("Server [{0}], or a link:"), {usual_server})))
            return false;
        note_link(order_.server);
        while (not has_way()) {
            if (not ask_for_the_way())
                return false;
        }
        if (order_.handle.has_value())
            return true;
        order_.handle =
            ask(tr("Your handle, of a-z 0-9 . _ - (empty: this is a further device of yours):"));
        return order_.handle.has_value();
    }

    /// A code, a link or a secret: each has its own look.
    bool ask_for_the_way()
    {
        std::string word;
        if (not ask_for(
                word, tr("Secret or code, from the invitation or from another device of yours:")))
            return false;
        note_link(word);
        auto const code = ShortCode::parse(word);
        bool const is_meant_as_code = not word.empty() and word.front() >= '0'
            and word.front() <= '9' and (code.has_value() or code.error() != Error::code_malformed);
        if (is_meant_as_code and not code.has_value())
            tell("duet: " + std::string(tr(sentence(code.error()))));
        else if (is_meant_as_code)
            code_ = word;
        else
            order_.secret = word;
        return true;
    }

    static bool ask_for(std::string& value, std::string const& question)
    {
        auto const answer = ask(question);
        value = answer.value_or("");
        return answer.has_value();
    }

    bool ask_again(Failure const& refused)
    {
        if (refused.word == "secret_unknown") {
            link_.clear();
            order_.secret.clear();
            paired_.reset();
            return ask_for_the_way() and has_way();
        }
        if (refused.word != "handle_taken" and refused.word != "handle_wrong")
            return false;
        order_.handle =
            ask(tr("Your handle, of a-z 0-9 . _ - (empty: this is a further device of yours):"));
        return order_.handle.has_value();
    }

    int prepare()
    {
        if (not code_.empty()) {
            if (int const code = pair(); code != exit_code::ok)
                return code;
        }
        Joining joining = paired_.value_or(
            Joining {.server = order_.server, .secret = order_.secret, .link = link_});
        joining.handle = order_.handle.value_or("");
        joining.name = order_.name;
        joining.device_name = order_.device_name;
        if (order_.recovers)
            joining = recovering();
        auto const prepared = Client::prepare(profile_.directory(), joining);
        return prepared.has_value() ? exit_code::ok : fail_with(failure_in_words(prepared.error()));
    }

    [[nodiscard]] Joining recovering() const
    {
        Joining joining {.server = order_.server, .secret = order_.secret};
        joining.device_name = order_.device_name;
        joining.is_recovery = true;
        if (auto const link = Link::parse(link_); link.has_value()) {
            joining.server = link->place;
            joining.server_hash = text_of(link->hash);
        }
        return joining;
    }

    /// The code brings a secret, once, and is forgotten here.
    int pair()
    {
        auto paired = Client::pair(order_.server, std::exchange(code_, ""));
        if (not paired.has_value()) {
            fail_with(failure_in_words(paired.error()));
            if (paired.error().word == "code_wrong")
                tell(tr("A code is good for one call. Ask for another one."));
            return exit_code::failed;
        }
        paired_ = std::move(*paired);
        return exit_code::ok;
    }

    /// Gives why not; nothing if there is nothing to be asked about it, and exit_code_ says the rest.
    std::optional<Failure> enrol()
    {
        Progress progress;
        auto const client = Client::open(profile_.directory(), progress);
        if (not client.has_value())
            return client.error();
        auto const give_up_at =
            std::chrono::steady_clock::now() + order_.timeout.value_or(100 * 24h);
        // Signed in once it hears everything from here on, whenever it comes back.
        auto const has_come = [&] {
            return (*client)->is_enrolled() and (*client)->connectedness() == Connectedness::here;
        };
        while (not has_come() and not progress.over_for_good.has_value()
            and std::chrono::steady_clock::now() < give_up_at)
            (*client)->turn(100ms);
        if (has_come()) {
            exit_code_ = exit_code::ok;
            tell(fill(tr("You are {0} on {1}."), {(*client)->you(), (*client)->server()}));
            show_phrase(**client);
            return std::nullopt;
        }
        if (not progress.over_for_good.has_value())
            exit_code_ = fail_with(fill(tr("No answer from {0}"), {(*client)->server()}));
        return progress.over_for_good;
    }

    /// Once. Whoever is killed here sees it at the next `duet join`.
    static void show_phrase(Client& client)
    {
        std::string const phrase = client.recovery_phrase();
        if (phrase.empty())
            return;
        tell(tr(
            "Write these words down and keep them: if you lose all your devices they are the only "
            "way back (`duet join --recover`). They are not shown again."));
        tell("    " + phrase);
        client.forget_recovery_phrase();
    }

    JoinOrder order_;
    Profile const& profile_;
    bool const can_ask_;
    bool has_begun_ = false; // and was broken off
    std::string link_;
    std::string code_;              // typed, and nowhere else
    std::optional<Joining> paired_; // what it has brought
    int exit_code_ = exit_code::failed;
};

} // namespace

int run_join(JoinOrder order, Profile const& profile)
{
    return Join(std::move(order), profile).run();
}

} // namespace duet
