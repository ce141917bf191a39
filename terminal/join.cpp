#include "terminal/join.hpp"

#include "base/limits.hpp"
#include "client/duet.hpp"
#include "console/words.hpp"
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
        if (not complete_order())
            return exit_code::usage;
        for (;;) {
            if (int const code = prepare(); code != exit_code::ok)
                return code;
            auto const refused = enrol();
            if (not refused.has_value())
                return exit_code_;
            tell("duet: " + failure_in_words(*refused));
            if (not can_ask_ or not ask_again(*refused))
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
        if (not(*client)->is_enrolled())
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
        if (can_ask_)
            return ask_for_the_rest();
        if (order_.secret.empty())
            fail_with(
                tr("A secret is needed: --secret-file FILE, or as the word behind the server."));
        return not order_.secret.empty();
    }

    bool ask_for_the_rest()
    {
        bool const asks_for_server = order_.server.empty() and order_.secret.empty();
        if (asks_for_server
            and not ask_for(order_.server, fill(tr("Server [{0}]:"), {usual_server})))
            return false;
        while (order_.secret.empty()) {
            if (not ask_for(order_.secret,
                    tr("Secret, from the invitation or from another device of yours:")))
                return false;
        }
        if (order_.handle.has_value())
            return true;
        order_.handle =
            ask(tr("Your handle, of a-z 0-9 . _ - (empty: this is a further device of yours):"));
        return order_.handle.has_value();
    }

    static bool ask_for(std::string& value, std::string const& question)
    {
        auto const answer = ask(question);
        value = answer.value_or("");
        return answer.has_value();
    }

    bool ask_again(Failure const& refused)
    {
        if (refused.word == "secret_unknown")
            return ask_for(
                order_.secret, tr("Secret, from the invitation or from another device of yours:"));
        if (refused.word != "handle_taken" and refused.word != "handle_wrong")
            return false;
        order_.handle =
            ask(tr("Your handle, of a-z 0-9 . _ - (empty: this is a further device of yours):"));
        return order_.handle.has_value();
    }

    int prepare()
    {
        auto const prepared = Client::prepare(profile_.directory(),
            {.server = order_.server,
                .secret = order_.secret,
                .handle = order_.handle.value_or(""),
                .name = order_.name,
                .device_name = order_.device_name});
        return prepared.has_value() ? exit_code::ok : fail_with(failure_in_words(prepared.error()));
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
            return std::nullopt;
        }
        if (not progress.over_for_good.has_value())
            exit_code_ = fail_with(fill(tr("No answer from {0}"), {(*client)->server()}));
        return progress.over_for_good;
    }

    JoinOrder order_;
    Profile const& profile_;
    bool const can_ask_;
    int exit_code_ = exit_code::failed;
};

} // namespace

int run_join(JoinOrder order, Profile const& profile)
{
    return Join(std::move(order), profile).run();
}

} // namespace duet
