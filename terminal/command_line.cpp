#include "terminal/command_line.hpp"

#include "base/utf8.hpp"
#include "console/words.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/settings_words.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>

namespace duet {

namespace {

/// What is understood only after all of it has been read.
struct Words {
    std::string endpoint;
    std::string until = "sent";
    std::optional<std::uint64_t> revoked;
    std::optional<double> timeout_seconds;
};

void add_plain(CLI::App& verb, Command& command, Words& words, std::string const& endpoint_help)
{
    verb.add_option("ENDPOINT", words.endpoint, endpoint_help);
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
        add_people();
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
        {"confirm", Order::Verb::confirm},
        {"accept", Order::Verb::accept},
        {"refuse", Order::Verb::refuse},
        {"block", Order::Verb::block},
        {"unblock", Order::Verb::unblock},
        {"delete", Order::Verb::delete_talk},
        {"report", Order::Verb::report},
        {"recovery", Order::Verb::recovery},
        {"leave", Order::Verb::leave},
        {"settings", Order::Verb::settings},
        {"key", Order::Verb::key_of},
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
        join.add_option("SERVER", order.server, tr("where it is: 127.0.0.1:8000 unless given"));
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
        CLI::App& people = add("people", tr("show whom you may write to"));
        add_json(people, command_);
        add_timeout(people, words_);

        CLI::App& invite =
            add("invite", tr("make a one-time secret by which another person comes to you"));
        add_timeout(invite, words_);

        CLI::App& devices = add("devices", tr("show your devices"));
        add_json(devices, command_);
        devices.add_option("--revoke", words_.revoked, tr("be rid of this one, for good"))
            ->type_name(tr("NUMBER"));
        add_timeout(devices, words_);

        CLI::App& link =
            add("link-device", tr("make a one-time secret for a further device of yours"));
        link.add_flag(
            "--plain", command_.order.is_plain, tr("a code for netcat, which has no key"));
        add_timeout(link, words_);

        CLI::App& confirm = add("confirm", tr("say yes to a further device of yours, which waits"));
        confirm.add_option("DEVICE", command_.order.text, tr("its name"))->required();
        add_timeout(confirm, words_);

        CLI::App& take =
            add("export", tr("write all that is yours into a new folder, as text and JSON"));
        take.add_option("DIR", command_.order.path, tr("the folder: new, or empty"))->required();
        add_timeout(take, words_);
    }

    void add_about(char const* name, std::string const& help)
    {
        CLI::App& verb = add(name, help);
        add_person(verb, command_);
        add_timeout(verb, words_);
    }

    void add_people()
    {
        add_about("accept", tr("let a person who asks write to you"));
        add_about("refuse", tr("hear no more of a person who asks, who is not told so"));
        add_about("block", tr("let nothing go between you and a person, who is not told so"));
        add_about("unblock", tr("take that back"));
        add_about("delete", tr("see no more of what was said with a person so far"));

        CLI::App& report = add("report", tr("show an entry to the operator"));
        add_person(report, command_);
        report.add_option("SEQ", command_.order.seq, tr("its number in the conversation"))
            ->required();
        add_timeout(report, words_);

        CLI::App& recovery =
            add("recovery", tr("make another recovery phrase, for when all your devices are gone"));
        add_timeout(recovery, words_);

        CLI::App& leave = add("leave", tr("leave the server, for good"));
        leave.add_option("HANDLE", command_.order.person, tr("your own, so that it is no mistake"))
            ->required();
        add_timeout(leave, words_);

        CLI::App& key = add("key", tr("show fingerprints, to be compared"));
        key.add_option("PERSON", command_.order.person, tr("the other's handle"));
        add_timeout(key, words_);

        CLI::App& settings =
            add("settings", tr("show or choose what others see, and what you see"));
        settings.add_option("KEY", command_.order.setting,
            "read-marks, presence, typing; --with: mute, archive, pin, name");
        settings.add_option("VALUE", command_.order.text, tr("on or off; a name"));
        settings
            .add_option(
                "--with", command_.order.person, tr("for the conversation with this person"))
            ->type_name(tr("PERSON"));
        add_timeout(settings, words_);
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
    bool const is_choice = order.verb == Order::Verb::settings and not order.setting.empty();
    if (is_choice and not is_setting(order.setting, order.text))
        return wrong_words(tr("there is no such setting, or it is not on or off"));
    if (is_choice
        and std::holds_alternative<TalkChange>(change_of(order.setting, order.text))
            == order.person.empty())
        return wrong_words(tr("mute, archive, pin and name go with --with PERSON, all others not"));
    if (not is_text(order.person) or not is_text(order.key) or not is_text(order.path))
        return wrong_words(tr(sentence(Error::not_utf8)));
    if (command.verb != Command::Verb::join or command.join.server.empty())
        return std::nullopt;
    auto const server = Endpoint::parse(command.join.server);
    return server.has_value() ? std::nullopt
                              : std::optional(wrong_endpoint(command.join.server, server.error()));
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
    add_plain(listen, command, words,
        tr("where to wait: 127.0.0.1:8000 unless given; :8000 is all addresses"));
    listen.add_flag(
        "--keep", command.keeps_listening, tr("wait for the next caller after each talk"));
    CLI::App& call = *app.add_subcommand("call", tr("reach a person who listens"));
    add_plain(call, command, words, tr("whom to reach: 127.0.0.1:8000 unless given"));
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
    if (not words.endpoint.empty()) {
        auto const endpoint = Endpoint::parse(words.endpoint);
        if (not endpoint.has_value())
            return wrong_endpoint(words.endpoint, endpoint.error());
        command.endpoint = *endpoint;
    }
    if (auto const fault = fault_of(command); fault.has_value())
        return *fault;
    return command;
}

} // namespace duet
