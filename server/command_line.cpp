#include "server/command_line.hpp"

#include "server/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdlib>

namespace duet {

namespace {

/// What was typed, before it is understood.
struct Typed {
    std::string config;
    std::vector<std::string> listen;
    std::vector<std::string> clear;
    std::string certificate;
    std::string key;
    std::string data;
    std::string name;
    std::string log;
    bool verbose = false;
    std::vector<std::string> trusted_proxies;
    std::string metrics;
    std::vector<std::string> limits;
    bool no_sandbox = false;
    std::string with;
    bool pair = false;
    std::string person;
    std::string address;
    bool back = false;
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

/// "waiting_max=8000".
Result<void, std::string> read_limit(ChosenLimits& limits, std::string const& text)
{
    auto const sign = text.find('=');
    std::uint64_t value = 0;
    char const* const end = text.data() + text.size();
    char const* const begin = sign == std::string::npos ? end : text.data() + sign + 1;
    auto const [rest, error] = std::from_chars(begin, end, value);
    if (error != std::errc() or rest != end)
        return fail("--limit " + text + ": this must be NAME=NUMBER");
    return limits.set(std::string_view(text).substr(0, sign), value);
}

/// Who stands before the server, and who watches it.
Result<void, std::string> read_surroundings(Typed const& typed, Configuration& configuration)
{
    if (not typed.trusted_proxies.empty())
        configuration.trusted_proxies.clear();
    for (std::string const& text : typed.trusted_proxies) {
        auto const range = AddressRange::parse(text);
        if (not range.has_value())
            return fail("--trusted-proxies " + text + ": " + sentence(range.error()));
        configuration.trusted_proxies.push_back(*range);
    }
    if (not typed.metrics.empty()) {
        auto const endpoint = Endpoint::parse(typed.metrics);
        if (not endpoint.has_value())
            return fail("--metrics " + typed.metrics + ": " + sentence(endpoint.error()));
        configuration.metrics = *endpoint;
    }
    for (std::string const& text : typed.limits)
        TRY_VOID(read_limit(configuration.limits, text));
    configuration.has_sandbox = configuration.has_sandbox and not typed.no_sandbox;
    return {};
}

/// What was typed after an option that may stand there more than once, if it stands there at all.
Result<void, std::string> read_endpoints(
    std::vector<Endpoint>& place, char const* option, std::vector<std::string> const& typed)
{
    if (not typed.empty())
        place.clear();
    for (std::string const& text : typed) {
        auto const endpoint = Endpoint::parse(text);
        if (not endpoint.has_value())
            return fail(std::string(option) + ' ' + text + ": " + sentence(endpoint.error()));
        place.push_back(*endpoint);
    }
    return {};
}

/// The configuration file first, the command line over it.
Result<Configuration, std::string> configuration_of(Typed const& typed)
{
    Configuration configuration;
    configuration.data = default_data();
    if (not typed.config.empty())
        TRY_VOID(read_configuration(typed.config, configuration));
    TRY_VOID(read_endpoints(configuration.listen, "--listen", typed.listen));
    TRY_VOID(read_endpoints(configuration.clear, "--clear", typed.clear));
    if (not typed.certificate.empty()) {
        configuration.certificate = typed.certificate;
        configuration.key = typed.key;
    } else if (not typed.key.empty()) {
        configuration.key = typed.key;
    }
    if (configuration.certificate.empty() and not configuration.key.empty())
        return fail("a key without its certificate is of no use");
    if (configuration.key.empty())
        configuration.key = configuration.certificate;
    if (not typed.data.empty())
        configuration.data = typed.data;
    if (not typed.name.empty())
        configuration.name = typed.name;
    if (not typed.log.empty())
        configuration.log = typed.log;
    configuration.verbose |= typed.verbose;
    TRY_VOID(read_surroundings(typed, configuration));
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
    app.add_option("--clear", typed.clear,
           "the same, where devices come in without TLS too, from wherever: for a proxy alone")
        ->type_name("ENDPOINT")
        ->allow_extra_args(false);
    app.add_option("--certificate", typed.certificate,
           "a PEM file with the certificate for TLS; one of its own unless given")
        ->type_name("FILE");
    app.add_option("--key", typed.key, "its key, if that is in another file")->type_name("FILE");
    app.add_option("--name", typed.name, "the host that invitations name")->type_name("HOST");
    app.add_option("--log", typed.log, "a file for the log; standard error unless given")
        ->type_name("FILE");
    app.add_flag("--verbose", typed.verbose, "log every step");
    app.add_option("--trusted-proxies", typed.trusted_proxies,
           "an address, or a range of them, from which a proxy speaks; again for more")
        ->type_name("RANGE")
        ->allow_extra_args(false);
    app.add_option("--metrics", typed.metrics,
           "where the page of numbers is, on this machine alone; nowhere unless given")
        ->type_name("ENDPOINT");
    app.add_option("--limit", typed.limits, "another limit than the usual one; again for more")
        ->type_name("NAME=NUMBER")
        ->allow_extra_args(false);
    app.add_flag("--no-sandbox", typed.no_sandbox, "keep all that the system would let it do");
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
    auto* const suspend = app.add_subcommand("suspend", "let nobody sign in as a person");
    suspend->add_option("PERSON", typed.person, "the handle")->required();
    auto* const resume = app.add_subcommand("resume", "let them sign in again");
    resume->add_option("PERSON", typed.person, "the handle")->required();
    auto* const link = app.add_subcommand("link",
        "print a secret for a further device of a person who has lost all others");
    link->add_option("PERSON", typed.person, "the handle")->required();
    auto* const exported =
        app.add_subcommand("export", "print all that is kept of a person, as lines of JSON");
    exported->add_option("PERSON", typed.person, "the handle")->required();
    auto* const move = app.add_subcommand("move", "send everybody to another address");
    auto* const address = move->add_option("ADDRESS", typed.address, "where the server is now");
    auto* const back = move->add_flag("--back", typed.back, "take people in here again");
    address->excludes(back);
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
    if (suspend->parsed())
        return Ask {data, "suspend " + typed.person};
    if (resume->parsed())
        return Ask {data, "resume " + typed.person};
    if (link->parsed())
        return Ask {data, "link " + typed.person};
    if (exported->parsed())
        return Ask {data, "export " + typed.person};
    if (move->parsed() and typed.address.empty() and not typed.back)
        return wrong("move needs an address, or --back");
    if (move->parsed())
        return Ask {data, typed.back ? "move-back" : "move " + typed.address};
    if (dump->parsed())
        return DumpJournal {data};
    return Serve {*configuration};
}

} // namespace duet
