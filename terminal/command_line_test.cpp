#include "terminal/command_line.hpp"

#include "terminal/exit_code.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace duet;

TEST_SUITE_BEGIN("command_line");

namespace {

using Arguments = std::vector<std::string>;

std::variant<Command, FinalWord> parse(Arguments arguments)
{
    arguments.insert(arguments.begin(), "duet");
    return parse_command_line(arguments);
}

Command command(Arguments arguments)
{
    auto const understood = parse(std::move(arguments));
    REQUIRE(std::holds_alternative<Command>(understood));
    return std::get<Command>(understood);
}

FinalWord answer(Arguments arguments)
{
    auto const understood = parse(std::move(arguments));
    REQUIRE(std::holds_alternative<FinalWord>(understood));
    return std::get<FinalWord>(understood);
}

bool says(FinalWord const& answer, std::string_view text)
{
    return answer.text.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("listen and call are direct unless --plain is said, and nothing else is asked for")
{
    for (char const* const word : {"listen", "call"}) {
        Command const given = command({word});
        CHECK(given.verb == Command::Verb::direct);
        CHECK(given.direct.listens == (std::string_view(word) == "listen"));
        CHECK_FALSE(given.direct.endpoint.has_value());
        CHECK_FALSE(given.direct.keeps_listening);
        CHECK(given.direct.whom.empty());
        CHECK(given.log_path.empty());
        CHECK_FALSE(given.logs_details);
    }
    CHECK(command({"listen", "--plain"}).verb == Command::Verb::listen);
    CHECK(command({"call", "--plain"}).verb == Command::Verb::call);
}

TEST_CASE("whom to call directly may be a person or a link, where to listen is an endpoint")
{
    CHECK(command({"call", "kim"}).direct.whom == "kim");
    CHECK(command({"call", "duet://kim.example:7000/#x.y"}).direct.whom
        == "duet://kim.example:7000/#x.y");
    CHECK(command({"call", "kim", "--listen", ":7000"}).direct.endpoint->port == 7000);
    CHECK(answer({"call", "kim", "--listen", "7000"}).exit_code == exit_code::usage);
    Command const listen =
        command({"listen", ":7000", "--keep", "--name", "a.example", "--as", "ada"});
    CHECK(listen.direct.endpoint->port == 7000);
    CHECK(listen.direct.keeps_listening);
    CHECK(listen.direct.host_name == "a.example");
    CHECK(listen.direct.own_name == "ada");
}

TEST_CASE("an endpoint may stand before and behind the options")
{
    Endpoint const expected {"kim.example", 7000, ""};
    CHECK(command({"call", "--plain", "kim.example:7000"}).endpoint == expected);
    CHECK(command({"call", "kim.example:7000", "--plain"}).endpoint == expected);
    CHECK(command({"listen", "kim.example:7000"}).endpoint == expected);
    CHECK(command({"listen", "--plain", ":8000"}).endpoint->host.empty());
    CHECK(command({"listen", "unix:/run/x"}).endpoint->path == "/run/x");
    CHECK(command({"call", "--plain", "[::1]"}).endpoint->text() == "[::1]:8000");
    CHECK_FALSE(command({"call", ""}).endpoint.has_value());
}

TEST_CASE("every option is understood")
{
    Command const listen = command({"listen", "--plain", "--keep", "--log", "/tmp/x", "--verbose"});
    CHECK(listen.is_plain);
    CHECK(listen.keeps_listening);
    CHECK(listen.log_path == "/tmp/x");
    CHECK(listen.logs_details);

    Command const call = command({"call", "--plain", "--log=/tmp/x"});
    CHECK(call.is_plain);
    CHECK(call.log_path == "/tmp/x");
    CHECK_FALSE(call.logs_details);
}

TEST_CASE("help and the version are asked for and given")
{
    for (Arguments const& arguments : {Arguments {"--help"}, Arguments {"-h"}}) {
        FinalWord const help = answer(arguments);
        CHECK(help.exit_code == exit_code::ok);
        CHECK(says(help, "listen"));
        CHECK(says(help, "call"));
    }
    CHECK(says(answer({"listen", "--help"}), "--keep"));
    CHECK_FALSE(says(answer({"call", "--help"}), "--keep"));
    CHECK(answer({"call", "--help"}).exit_code == exit_code::ok);
    CHECK(answer({"--version"}).exit_code == exit_code::ok);
    CHECK(answer({"--version"}).text.starts_with("duet "));
    CHECK(answer({"--version"}).text.ends_with("\n"));
}

TEST_CASE("what is not understood is answered with a sentence, and usage")
{
    for (Arguments const& arguments :
        {Arguments {}, Arguments {"shout"}, Arguments {"--plain"}, Arguments {"listen", "--loud"},
            Arguments {"call", "--keep"}, Arguments {"call", "a", "b"},
            Arguments {"listen", "--log"}, Arguments {"127.0.0.1:8000"}}) {
        FinalWord const wrong = answer(arguments);
        CHECK(wrong.exit_code == exit_code::usage);
        CHECK(wrong.text.starts_with("duet: "));
        CHECK(says(wrong, "duet --help"));
        CHECK(wrong.text.ends_with("\n"));
    }
}

TEST_CASE("one verb is enough")
{
    CHECK(answer({"listen", "a", "call", "b"}).exit_code == exit_code::usage);
}

TEST_CASE("an endpoint that is none is answered with what is wrong with it, and usage")
{
    for (auto const& [text, error] :
        {std::pair {"8000", Error::port_alone}, std::pair {"host:http", Error::port_not_a_number},
            std::pair {"host:65536", Error::port_out_of_range},
            std::pair {"[::1", Error::bracket_not_closed},
            std::pair {"unix:", Error::path_missing}}) {
        FinalWord const wrong = answer({"call", "--plain", text});
        CHECK(wrong.exit_code == exit_code::usage);
        CHECK(wrong.text.starts_with(std::string("duet: ") + text + ": "));
        CHECK(says(wrong, sentence(error)));
    }
}

TEST_CASE("the verbs of hosted talks are orders")
{
    CHECK(command({"people"}).verb == Command::Verb::order);
    CHECK(command({"people"}).order.verb == Order::Verb::people);
    CHECK(command({"invite"}).order.verb == Order::Verb::invite);
    CHECK(command({"watch", "--json", "--from", "7"}).order.from == 7);
    CHECK(command({"history", "bob", "--limit", "3"}).order.limit == 3);
    CHECK(command({"talk", "bob"}).order.person == "bob");
    CHECK(command({"devices"}).order.verb == Order::Verb::devices);
    CHECK(command({"devices", "--revoke", "3"}).order.verb == Order::Verb::revoke);
    CHECK(command({"devices", "--revoke", "3"}).order.device == 3);
    CHECK(command({"link-device", "--plain"}).order.is_plain);
    CHECK(command({"export", "/tmp/x/../out/"}).order.path == "/tmp/out");
    CHECK(command({"people", "--timeout", "1.5"}).order.timeout_ms == 1500);
}

TEST_CASE("what is said is a word, a verb's name too, or comes from standard input")
{
    Command const say =
        command({"say", "bob", "people", "--wait", "read", "--id", "k", "--timeout", "0"});
    CHECK(say.order.verb == Order::Verb::say);
    CHECK(say.order.person == "bob");
    CHECK(say.text == "people");
    CHECK(say.order.until == Order::Until::read);
    CHECK(say.order.key == "k");
    CHECK(say.order.timeout_ms == 0);
    CHECK(command({"say", "bob", "-"}).text == "-");
    CHECK(command({"say", "bob", "--", "-x"}).text == "-x");
    CHECK(command({"say", "bob", ""}).text == "");
    CHECK_FALSE(command({"say", "bob"}).text.has_value());
}

TEST_CASE("a profile may be named before and behind the verb")
{
    CHECK(command({"people"}).profile == "default");
    CHECK(command({"--profile", "bob", "people"}).profile == "bob");
    CHECK(command({"people", "--profile", "bob"}).profile == "bob");
    for (char const* name : {"", ".", "..", "a/b", "-x", "a b"})
        CHECK(answer({"people", std::string("--profile=") + name}).exit_code == exit_code::usage);
}

TEST_CASE("what joining needs may be given, and all of it may be missing")
{
    Command const join = command({"join", "chat.example:8000", "secret", "--handle", "ada",
        "--name", "Ada", "--device", "desk"});
    CHECK(join.verb == Command::Verb::join);
    CHECK(join.join.server == "chat.example:8000");
    CHECK(join.join.secret == "secret");
    CHECK(join.join.handle == "ada");
    CHECK(join.join.name == "Ada");
    CHECK(join.join.device_name == "desk");
    CHECK_FALSE(command({"join"}).join.handle.has_value());
    CHECK(answer({"join", "8000"}).exit_code == exit_code::usage);
    CHECK(answer({"join", "a:1", "secret", "--secret-file", "f"}).exit_code == exit_code::usage);
}

TEST_CASE("orders that cannot be carried out are usage")
{
    for (Arguments const& arguments :
        {Arguments {"say"}, Arguments {"talk"}, Arguments {"history"}, Arguments {"export"},
            Arguments {"say", "bob", "a", "b"}, Arguments {"say", "bob", "a", "--wait", "heard"},
            Arguments {"say", "bob", "a", "--id", ""}, Arguments {"watch", "--from", "0"},
            Arguments {"history", "bob", "--limit", "0"}, Arguments {"devices", "--revoke", "x"},
            Arguments {"people", "--timeout", "-1"}, Arguments {"people", "bob"},
            Arguments {"say", "\xff", "a"}})
        CHECK(answer(arguments).exit_code == exit_code::usage);
}

TEST_SUITE_END();
