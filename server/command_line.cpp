#include "server/command_line.hpp"

#include "server/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace duet {

namespace {

/// What was typed, before it is understood.
struct Typed {
    std::string config;
    std::vector<std::string> listen;
    std::string data;
    std::string name;
    std::string log;
    bool verbose = false;
    std::string with;
    bool pair = false;
    std::string person;
    std::string file;
    bool force = false;
};

std::string default_data()
{
    char const* const data = std::getenv("XDG_DATA_HOME");
    if (data != nullptr and data[0] == '/')
        return std::string(data) + "/duetd";
    char const* const home = std::getenv("HOME");
    return std::string(home == nullptr ? "." : home) + "/.local/share/duetd";
}

LastWord wrong(std::string const& words)
{
    return {"duetd: " + words + "\n`duetd --help` says what can be typed.\n", exit_code::usage};
}

/// The configuration file first, the command line over it.
Result<Configuration, std::string> configuration_of(Typed const& typed)
{
    Configuration configuration;
    configuration.data = default_data();
    if (not typed.config.empty())
        TRY_VOID(read_configuration(typed.config, configuration));
    if (not typed.listen.empty())
        configuration.listen.clear();
    for (std::string const& text : typed.listen) {
        auto const endpoint = Endpoint::parse(text);
        if (not endpoint.has_value())
            return fail("--listen " + text + ": " + sentence(endpoint.error()));
        configuration.listen.push_back(*endpoint);
    }
    if (not typed.data.empty())
        configuration.data = typed.data;
    if (not typed.name.empty())
        configuration.name = typed.name;
    if (not typed.log.empty())
        configuration.log = typed.log;
    configuration.verbose |= typed.verbose;
    return configuration;
}

std::string invite_line(Typed const& typed)
{
    if (typed.pair)
        return "invite pair";
    return typed.with.empty() ? "invite" : "invite with " + typed.with;
}

} // namespace

Order parse_order(int count, char const* const* values)
{
    Typed typed;
    CLI::App app {"duetd: a server of one-to-one chat, for very many people", "duetd"};
    app.set_help_flag("-h,--help", "say what can be typed, and end");
    app.set_version_flag("--version", "duetd " DUET_VERSION, "say which version this is, and end");
    app.add_option("--config", typed.config, "a TOML file with any of the options below")
        ->type_name("FILE");
    app.add_option(
           "--data", typed.data, "where everything is kept; ~/.local/share/duetd unless given")
        ->type_name("DIR");
    app.add_option("--listen", typed.listen,
           "where to wait, again for more; this machine alone, port 8000, unless given")
        ->type_name("ENDPOINT")
        ->allow_extra_args(false);
    app.add_option("--name", typed.name, "the host that invitations name")->type_name("HOST");
    app.add_option("--log", typed.log, "a file for the log; standard error unless given")
        ->type_name("FILE");
    app.add_flag("--verbose", typed.verbose, "log every step");
    app.fallthrough(); // --data may stand behind the verb as well
    app.require_subcommand(0, 1);

    auto* const invite = app.add_subcommand("invite", "print an invitation for a new person");
    invite->add_option("--with", typed.with, "who becomes their contact")->type_name("PERSON");
    invite->add_flag("--pair", typed.pair, "two, for people who will be each other's contacts")
        ->excludes("--with");
    auto* const people = app.add_subcommand("people", "list everybody");
    auto* const usage = app.add_subcommand("usage", "tell what takes space, the largest first");
    auto* const check = app.add_subcommand("check", "verify every number of the store");
    auto* const backup = app.add_subcommand("backup", "copy all that there is into one file");
    backup->add_option("FILE", typed.file, "where to")->required();
    backup->add_flag("--force", typed.force, "replace the file, if there is one");
    auto* const restore =
        app.add_subcommand("restore", "make a data directory out of a backup (no server runs)");
    restore->add_option("FILE", typed.file, "the backup")->required();
    auto* const erase = app.add_subcommand("erase", "erase a person and what they said");
    erase->add_option("PERSON", typed.person, "the handle")->required();
    auto* const journal = app.add_subcommand("journal", "look at the journal");
    journal->require_subcommand(1);
    auto* const dump = journal->add_subcommand("dump", "print every record (docs/journal.md)");

    try { // the library's way to tell; it ends here
        app.parse(count, values);
    } catch (CLI::Success const& asked) {
        std::ostringstream text;
        app.exit(asked, text, text);
        return LastWord {text.str(), exit_code::ok};
    } catch (CLI::ParseError const& error) {
        return wrong(error.what());
    }

    auto const configuration = configuration_of(typed);
    if (not configuration.has_value())
        return wrong(configuration.error());
    std::string const& data = configuration->data;
    if (invite->parsed())
        return Ask {data, invite_line(typed)};
    if (people->parsed())
        return Ask {data, "people"};
    if (usage->parsed())
        return Ask {data, "usage"};
    if (check->parsed())
        return CheckStore {data};
    if (backup->parsed())
        return FetchBackup {data, typed.file, typed.force};
    if (restore->parsed())
        return Restore {data, typed.file};
    if (erase->parsed())
        return Ask {data, "erase " + typed.person};
    if (dump->parsed())
        return DumpJournal {data};
    return Serve {*configuration};
}

} // namespace duet
