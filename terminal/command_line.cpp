#include "terminal/command_line.hpp"

#include "base/utf8.hpp"
#include "console/words.hpp"
#include "pairing/link.hpp"
#include "terminal/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>

namespace duet {

namespace {

/// What is understood only after all of it has been read.
struct Words {
    std::string endpoint; // or whom to call
    std::string call_back;
    std::string until = "sent";
    std::optional<std::uint64_t> revoked;
    std::optional<double> timeout_seconds;
};

void add_plain(
    CLI::App& verb, Command& command, Words& words, char const* what, std::string const& help)
{
    verb.add_option(what, words.endpoint, help);
    verb.add_flag("--plain", command.is_plain,
        tr("plain text lines, for netcat, telnet and the like; not encrypted"));
    verb.add_option("--log", command.log_path, tr("write what happens to this file, without texts"))
        ->type_name(tr("FILE"));
    verb.add_flag("--verbose", command.logs_details, tr("with --log: every step"));
}

void add_profile(CLI::App& app, Command& command)
{
    app.add_option("--profile", command.profile,
           tr("which of several devices on this machine (default: default)"))
        ->type_name(tr("NAME"));
}

void add_direct(CLI::App& verb, Command& command)
{
    add_profile(verb, command);
    verb.add_option("--as", command.direct.own_name,
            tr("what others call you, until they call you otherwise (at first: your login name)"))
        ->type_name(tr("NAME"));
}

void add_timeout(CLI::App& verb, Words& words)
{
    verb.add_option("--timeout", words.timeout_seconds, tr("wait no longer than this"))
        ->type_name(tr("SECONDS"))
        ->check(CLI::Range(0.0, 1e9));
}

void add_person(CLI::App& verb, Command& command)
{
    verb.add_option("PERSON", command.order.person, tr("the other's handle"))->required();
}

void add_json(CLI::App& verb, Command& command)
{
    verb.add_flag("--json", command.order.is_json, tr("one JSON object a line"));
}

/// The verbs for talks that a server keeps.
class HostedVerbs {
public:
    HostedVerbs(CLI::App& app, Command& command, Words& words)
        : app_(app), command_(command), words_(words)
    {
        add_join();
        add_talk();
        add_say();
        add_watch();
        add_history();
        add_small_ones();
    }

    /// Puts the verb that was typed into the command, if it is one of these.
    void understand()
    {
        for (auto const& [name, verb] : verbs) {
            if (app_.got_subcommand(name)) {
                command_.verb = Command::Verb::order;
                command_.order.verb = verb;
            }
        }
        if (app_.got_subcommand("join"))
            command_.verb = Command::Verb::join;
        if (app_.got_subcommand("forget"))
            command_.verb = Command::Verb::forget;
        if (app_.got_subcommand("key"))
            command_.verb = Command::Verb::key;
        if (words_.timeout_seconds.has_value()) {
            auto const timeout = static_cast<std::uint64_t>(*words_.timeout_seconds * 1000);
            command_.order.timeout_ms = timeout;
            command_.join.timeout = std::chrono::milliseconds(timeout);
        }
        if (words_.until == "delivered")
            command_.order.until = Order::Until::delivered;
        if (words_.until == "read")
            command_.order.until = Order::Until::read;
        if (words_.revoked.has_value()) {
            command_.order.verb = Order::Verb::revoke;
            command_.order.device = *words_.revoked;
        }
        if (not command_.order.path.empty())
            command_.order.path = absolute(command_.order.path);
    }

private:
    static constexpr std::pair<char const*, Order::Verb> verbs[] = {
        {"say", Order::Verb::say},
        {"watch", Order::Verb::watch},
        {"history", Order::Verb::history},
        {"people", Order::Verb::people},
        {"invite", Order::Verb::invite},
        {"devices", Order::Verb::devices},
        {"link-device", Order::Verb::link_device},
        {"export", Order::Verb::export_all},
        {"talk", Order::Verb::talk},
        {"server", Order::Verb::server},
        {"confirm", Order::Verb::confirm},
    };

    CLI::App& add(char const* name, std::string const& help)
    {
        CLI::App& verb = *app_.add_subcommand(name, help);
        add_profile(verb, command_);
        return verb;
    }

    void add_join()
    {
        CLI::App& join = add("join", tr("become a person on a server, or a further device of one"));
        JoinOrder& order = command_.join;
        join.add_option(
            "SERVER", order.server, tr("where it is: 127.0.0.1:8000 unless given; or a link"));
        auto* const secret = join.add_option("SECRET", order.secret,
            tr("from an invitation, or from another device of yours; asked for"));
        join.add_option(
                "--secret-file", order.secret_path, tr("a file with the secret; -: standard input"))
            ->type_name(tr("FILE"))
            ->excludes(secret);
        join.add_option("--handle", order.handle, tr("what others call you: a-z 0-9 . _ -"))
            ->type_name(tr("HANDLE"));
        join.add_option("--name", order.name, tr("what others are shown: the handle unless given"))
            ->type_name(tr("NAME"));
        join.add_option("--device", order.device_name,
                tr("what this device is called: as this machine unless given"))
            ->type_name(tr("NAME"));
        join.add_flag("--recover", order.recovers,
            tr("all devices are gone: come back by the recovery phrase, which is asked for"));
        add_timeout(join, words_);
    }

    void add_talk()
    {
        CLI::App& talk = add("talk", tr("talk with a person, line by line"));
        add_person(talk, command_);
    }

    void add_say()
    {
        CLI::App& say = add("say", tr("say one thing, and end when it is sent"));
        add_person(say, command_);
        say.add_option("TEXT", command_.text, tr("what to say; - or nothing: standard input"));
        say.add_option("--wait", words_.until, tr("wait until it is sent, delivered or read"))
            ->type_name(tr("STATE"))
            ->check(CLI::IsMember({"sent", "delivered", "read"}));
        say.add_option("--id", command_.order.key,
               tr("a word of your own: the same again is the same message"))
            ->type_name(tr("KEY"))
            ->check(CLI::Validator(
                [](std::string& key) -> std::string {
                    return key.empty() or key.size() > key_bytes_max ? tr("1 to 128 bytes") : "";
                },
                ""));
        say.add_flag("--verbose", command_.order.is_verbose, tr("tell how far it has got"));
        add_timeout(say, words_);
    }

    void add_watch()
    {
        CLI::App& watch = add("watch", tr("show everything that happens"));
        add_json(watch, command_);
        watch
            .add_option(
                "--from", command_.order.from, tr("begin at this feed number, not at what is new"))
            ->type_name(tr("NUMBER"))
            ->check(CLI::Range(std::uint64_t {1}, json_number_max));
        add_timeout(watch, words_);
    }

    void add_history()
    {
        CLI::App& history = add("history", tr("show what was said with a person"));
        add_person(history, command_);
        add_json(history, command_);
        history
            .add_option("--limit", command_.order.limit, tr("so many of the newest (default: 50)"))
            ->type_name(tr("NUMBER"))
            ->check(CLI::Range(std::uint64_t {1}, std::uint64_t {1000000}));
        add_timeout(history, words_);
    }

    void add_small_ones()
    {
        CLI::App& forget = add("forget",
            tr("be rid of a person whom you have met directly; what was said stays readable"));
        add_person(forget, command_);

        CLI::App& key = add("key", tr("show fingerprints, to compare them on another way"));
        key.add_option("PERSON", command_.order.person, tr("whose; your own unless given"));

        CLI::App& people = add("people", tr("show whom you may write to"));
        add_json(people, command_);
        add_timeout(people, words_);

        CLI::App& invite = add("invite", tr("make a link by which another person comes to you"));
        invite.add_flag("--code", command_.order.is_code, tr("a short code, to be spoken"));
        add_timeout(invite, words_);

        CLI::App& devices = add("devices", tr("show your devices"));
        add_json(devices, command_);
        devices.add_option("--revoke", words_.revoked, tr("be rid of this one, for good"))
            ->type_name(tr("NUMBER"));
        add_timeout(devices, words_);

        CLI::App& link = add("link-device", tr("make a link for a further device of yours"));
        link.add_flag("--code", command_.order.is_code, tr("a short code, to be spoken"));
        link.add_flag(
            "--plain", command_.order.is_plain, tr("a code for netcat, which has no key"));
        add_timeout(link, words_);

        CLI::App& server = add("server", tr("show where your server is called, or change it"));
        server.add_option("ADDRESS", command_.order.text, tr("where it is from now on"));

        CLI::App& confirm = add("confirm", tr("say yes to a further device of yours, which waits"));
        confirm.add_option("DEVICE", command_.order.text, tr("its name"))->required();
        add_timeout(confirm, words_);

        CLI::App& take =
            add("export", tr("write all that is yours into a new folder, as text and JSON"));
        take.add_option("DIR", command_.order.path, tr("the folder: new, or empty"))->required();
        add_timeout(take, words_);
    }

    static std::string absolute(std::string const& path)
    {
        std::error_code error;
        auto whole = std::filesystem::absolute(path, error).lexically_normal();
        if (not whole.has_filename()) // "out/" is "out"
            whole = whole.parent_path();
        return error ? path : whole.string();
    }

    static constexpr std::size_t key_bytes_max = 128;

    CLI::App& app_;
    Command& command_;
    Words& words_;
};

Answer wrong_endpoint(std::string const& text, Error why)
{
    return {fill("duet: {0}: {1}\n", {text, tr(sentence(why))})
            + tr("An endpoint is host:8000, [::1]:8000, :8000 or unix:/path.") + '\n',
        exit_code::usage};
}

Answer wrong_words(std::string const& why)
{
    return {fill("duet: {0}\n", {why}) + tr("`duet --help` says what can be typed.") + '\n',
        exit_code::usage};
}

/// What else is wrong; nothing as a rule.
std::optional<Answer> fault_of(Command const& command)
{
    if (not Profile::is_name(command.profile))
        return wrong_words(tr("a profile's name is 1 to 32 of a-z A-Z 0-9 . _ -"));
    auto const is_text = [](std::string const& text) { return is_utf8(as_bytes(text)); };
    Order const& order = command.order;
    if (not is_text(order.person) or not is_text(order.key) or not is_text(order.path))
        return wrong_words(tr(sentence(Error::not_utf8)));
    bool const moves = command.verb == Command::Verb::order and order.verb == Order::Verb::server;
    bool const joins = command.verb == Command::Verb::join;
    if ((not joins and not moves) or (joins and looks_like_link(command.join.server)))
        return std::nullopt;
    std::string const& place = moves ? order.text : command.join.server;
    auto const server = Endpoint::parse(place); // none is as good as any
    return server.has_value() ? std::nullopt : std::optional(wrong_endpoint(place, server.error()));
}

} // namespace

std::variant<Command, Answer> parse_command_line(std::vector<std::string> const& arguments)
{
    Command command;
    Words words;
    CLI::App app {tr("duet: one-to-one chat over sockets"), "duet"};
    app.set_help_flag("-h,--help", tr("say what can be typed, and end"));
    app.set_version_flag(
        "--version", "duet " DUET_VERSION, tr("say which version this is, and end"));
    app.require_subcommand(1);
    add_profile(app, command);

    CLI::App& listen = *app.add_subcommand("listen", tr("wait for one person"));
    add_plain(listen, command, words, "ENDPOINT",
        tr("where to wait: all addresses, port 8000; with --plain 127.0.0.1:8000"));
    listen.add_flag(
        "--keep", command.keeps_listening, tr("wait for the next caller after each talk"));
    listen
        .add_option(
            "--name", command.direct.host_name, tr("how this machine is reached: what links name"))
        ->type_name(tr("HOST"));
    add_direct(listen, command);
    CLI::App& call = *app.add_subcommand("call", tr("reach a person who listens"));
    add_plain(call, command, words, "WHOM",
        tr("a link, a person whom you have met, or where they are: 127.0.0.1:8000 unless given"));
    call.add_option("--listen", words.call_back,
            tr("where you can be called back meanwhile: all addresses, port 8000"))
        ->type_name(tr("ENDPOINT"));
    add_direct(call, command);
    HostedVerbs hosted(app, command, words);

    try { // the library's way to tell; it ends here
        std::vector<char const*> values;
        for (std::string const& each : arguments)
            values.push_back(each.c_str());
        app.parse(static_cast<int>(values.size()), values.data());
    } catch (CLI::Success const& asked) {
        std::ostringstream text;
        app.exit(asked, text, text);
        return Answer {text.str(), exit_code::ok};
    } catch (CLI::ParseError const& error) {
        return wrong_words(error.what());
    }

    if (call.parsed())
        command.verb = Command::Verb::call;
    hosted.understand();
    bool const is_direct = (listen.parsed() or call.parsed()) and not command.is_plain;
    if (is_direct)
        command.verb = Command::Verb::direct;
    // Whom to call may be a person or a link; where to listen is an endpoint in any case.
    std::string const& place = is_direct and call.parsed() ? words.call_back : words.endpoint;
    if (not place.empty()) {
        auto const endpoint = Endpoint::parse(place);
        if (not endpoint.has_value())
            return wrong_endpoint(place, endpoint.error());
        command.endpoint = *endpoint;
    }
    command.direct.listens = listen.parsed();
    command.direct.endpoint = command.endpoint;
    command.direct.keeps_listening = command.keeps_listening;
    command.direct.whom = words.endpoint;
    if (auto const fault = fault_of(command); fault.has_value())
        return *fault;
    return command;
}

} // namespace duet
