// The program `duet`.

#include "base/log.hpp"
#include "console/standard_streams.hpp"
#include "console/words.hpp"
#include "terminal/command_line.hpp"
#include "terminal/direct_talk.hpp"
#include "terminal/direct_verbs.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/hosted.hpp"
#include "terminal/order_text.hpp"
#include "terminal/plain_call.hpp"
#include "terminal/plain_listen.hpp"
#include "terminal/secret_words.hpp"

#include <csignal>
#include <cstdio>
#include <utility>

namespace {

int say(duet::FinalWord const& answer)
{
    std::FILE* const stream = answer.exit_code == duet::exit_code::ok ? stdout : stderr;
    std::fputs(answer.text.c_str(), stream);
    return std::fflush(stream) == 0 ? answer.exit_code : duet::exit_code::failed;
}

int run_hosted(duet::Command const& command)
{
    duet::Order order = command.order;
    if (order.verb == duet::Order::Verb::say) {
        auto text = duet::text_to_say(command.text);
        if (not text.has_value())
            return say({"duet: " + text.error() + '\n', duet::exit_code::failed});
        order.text = std::move(text).value();
    }
    if (auto const code = duet::run_direct_verb(order, duet::Profile(command.profile)))
        return *code;
    return duet::run_order(std::move(order), duet::Profile(command.profile));
}

int run(duet::Command const& command)
{
    if (not command.log_path.empty()) {
        auto const level = command.logs_details ? duet::LogLevel::debug : duet::LogLevel::info;
        auto const opened = duet::log_to_file(command.log_path, level);
        if (not opened.has_value())
            return say({"duet: " + opened.error() + '\n', duet::exit_code::failed});
    }
    switch (command.verb) {
    case duet::Command::Verb::listen:
        return duet::listen_plain(command);
    case duet::Command::Verb::call:
        return duet::call_plain(command);
    case duet::Command::Verb::direct:
        return duet::run_direct(command.direct, duet::Profile(command.profile));
    case duet::Command::Verb::forget:
        return duet::run_forget(command.order.person, duet::Profile(command.profile));
    case duet::Command::Verb::key:
        return duet::run_key(command.order.person, duet::Profile(command.profile));
    case duet::Command::Verb::join:
        return duet::run_join(command.join, duet::Profile(command.profile));
    case duet::Command::Verb::order:
        return run_hosted(command);
    }
    return duet::exit_code::failed;
}

} // namespace

int main(int count, char** values)
{
    auto const arguments = duet::take_arguments(count, values);
    std::signal(SIGPIPE, SIG_IGN); // a peer that has left is an error of send, not the end of us
    duet::set_up_words();
    if (not duet::standard_streams_are_open())
        return duet::exit_code::failed;

    auto const understood = duet::parse_command_line(arguments);
    if (auto const* const answer = std::get_if<duet::FinalWord>(&understood))
        return say(*answer);
    return run(std::get<duet::Command>(understood));
}
