#include "terminal/command_line.hpp"

#include "terminal/exit_code.hpp"
#include "terminal/words.hpp"

#include <CLI/CLI.hpp>

namespace duet {

namespace {

struct Words {
    std::string endpoint;
};

void add_common(CLI::App& verb, Command& command, Words& words, std::string const& endpoint_help)
{
    verb.add_option("ENDPOINT", words.endpoint, endpoint_help);
    verb.add_flag("--plain", command.is_plain,
        tr("plain text lines, for netcat, telnet and the like; not encrypted"));
    verb.add_option("--log", command.log_path, tr("write what happens to this file, without texts"))
        ->type_name(tr("FILE"));
    verb.add_flag("--verbose", command.logs_details, tr("with --log: every step"));
}

Answer wrong_endpoint(std::string const& text, Error why)
{
    return {fill("duet: {0}: {1}\n", {text, tr(sentence(why))})
            + tr("An endpoint is host:8000, [::1]:8000, :8000 or unix:/path.") + '\n',
        exit_code::usage};
}

} // namespace

std::variant<Command, Answer> parse_command_line(int count, char const* const* values)
{
    Command command;
    Words words;
    CLI::App app {tr("duet: one-to-one chat over sockets"), "duet"};
    app.set_help_flag("-h,--help", tr("say what can be typed, and end"));
    app.set_version_flag(
        "--version", "duet " DUET_VERSION, tr("say which version this is, and end"));
    app.require_subcommand(1);

    CLI::App& listen = *app.add_subcommand("listen", tr("wait for one person"));
    add_common(listen, command, words,
        tr("where to wait: 127.0.0.1:8000 unless given; :8000 is all addresses"));
    listen.add_flag(
        "--keep", command.keeps_listening, tr("wait for the next caller after each talk"));
    CLI::App& call = *app.add_subcommand("call", tr("reach a person who listens"));
    add_common(call, command, words, tr("whom to reach: 127.0.0.1:8000 unless given"));

    try { // the library's way to tell; it ends here
        app.parse(count, values);
    } catch (CLI::Success const& asked) {
        std::ostringstream text;
        app.exit(asked, text, text);
        return Answer {text.str(), exit_code::ok};
    } catch (CLI::ParseError const& error) {
        return Answer {fill("duet: {0}\n", {error.what()})
                + tr("`duet --help` says what can be typed.") + '\n',
            exit_code::usage};
    }

    command.verb = call.parsed() ? Command::Verb::call : Command::Verb::listen;
    if (not words.endpoint.empty()) {
        auto const endpoint = Endpoint::parse(words.endpoint);
        if (not endpoint.has_value())
            return wrong_endpoint(words.endpoint, endpoint.error());
        command.endpoint = *endpoint;
    }
    return command;
}

} // namespace duet
