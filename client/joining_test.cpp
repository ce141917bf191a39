#include "client/server_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

namespace duet {

namespace {

Joining by_link(std::string const& link, std::string const& handle)
{
    Joining joining;
    joining.link = link;
    joining.handle = handle;
    joining.device_name = "desk";
    return joining;
}

} // namespace

/// A blocking call, in a thread of its own, with a server that goes on.
class CodeCallTest : public PairTest {
public:
    Client::Result<Joining> calls_with_code(std::string const& typed)
    {
        std::optional<Client::Result<Joining>> joining;
        std::atomic<bool> is_done = false;
        std::jthread const caller([&] {
            joining = Client::pair(server.address(), typed);
            is_done = true;
        });
        turn_until({}, [&] { return is_done.load(); });
        return *joining;
    }
};

TEST_CASE_FIXTURE(PairTest, "who has a link comes to the server that it names")
{
    User kim {path("kim")};
    std::string const link = server.link(server.invites("bob"));
    REQUIRE(Client::prepare(kim.directory(), by_link(link, "kim")).has_value());
    kim.opens();
    comes(kim);
    CHECK(kim.client->you() == "kim");
    CHECK(kim.client->server() == server.address());
}

TEST_CASE_FIXTURE(
    PairTest, "another server than the link names never sees the secret, also after a start anew")
{
    User kim {path("kim")};
    std::string const secret = server.invites("bob");
    REQUIRE(Client::prepare(kim.directory(), by_link(server.link_to_another(secret), "kim"))
            .has_value());
    for (int i = 0; i < 3; ++i) {
        kim.end.clear();
        kim.opens();
        turn_until({&kim}, [&] { return not kim.end.empty(); });
        CHECK(kim.end == "proof_wrong");
        CHECK_FALSE(kim.client->is_enrolled());
    }
    CHECK(std::ranges::none_of(server.heard,
        [&](std::string const& line) { return line.find(secret) != std::string::npos; }));

    // The true one is still good for the same secret.
    kim.client.reset();
    kim.end.clear();
    REQUIRE(Client::prepare(kim.directory(), by_link(server.link(secret), "kim")).has_value());
    kim.opens();
    comes(kim);
}

TEST_CASE_FIXTURE(PairTest, "who is cut off while coming by a link goes on with it by themselves")
{
    User kim {path("kim")};
    std::string const link = server.link(server.invites("bob"));
    REQUIRE(Client::prepare(kim.directory(), by_link(link, "kim")).has_value());
    for (std::size_t bytes = 0; bytes < 2000; bytes += 199) {
        server.tell_at_most(bytes);
        kim.opens();
        for (int i = 0; i < 20; ++i) {
            kim.client->turn(std::chrono::milliseconds(0));
            server.turn(std::chrono::milliseconds(0));
        }
    }
    server.tell_at_most(std::nullopt);
    kim.opens();
    comes(kim);
    CHECK(kim.client->you() == "kim");
}

TEST_CASE_FIXTURE(CodeCallTest, "who has a code comes in with what it brings, and to nobody else")
{
    auto const joining = calls_with_code(server.code("bob").words());
    REQUIRE(joining.has_value());
    CHECK(joining->server == server.address());
    User kim {path("kim")};
    Joining complete = *joining;
    complete.handle = "kim";
    REQUIRE(Client::prepare(kim.directory(), complete).has_value());
    kim.opens();
    comes(kim);
    CHECK(kim.client->you() == "kim");
    CHECK(kim.client->contacts().empty()); // not asked for yet
    CHECK(std::ranges::none_of(server.heard,
        [&](std::string const& line) { return line.find("123456") != std::string::npos; }));
}

TEST_CASE_FIXTURE(
    CodeCallTest, "a wrong code is told so, an unknown one and one that is no code cost no try")
{
    ShortCode const code = server.code("bob");
    auto const why = [&](std::string const& typed) {
        auto const joining = calls_with_code(typed);
        return joining.has_value() ? "" : joining.error().word;
    };
    CHECK(why(ShortCode {code.name, code.secret + 1}.digits()) == "code_wrong");
    CHECK(why(ShortCode {code.name + 1, code.secret}.digits()) == "code_unknown");
    CHECK(why(std::to_string(code.name)) == "code_incomplete");
    CHECK(why("1-xyzzy-acorn") == "word_unknown");
    CHECK(why("guitar") == "code_malformed");
    CHECK(why(code.digits()).empty());
    CHECK(why(code.digits()) == "code_unknown"); // it is used
}

TEST_CASE_FIXTURE(ClientTest, "half a link makes no device")
{
    std::string const link = server.link("secret");
    auto const prepared =
        Client::prepare(path("kim"), by_link(link.substr(0, link.size() - 8), "kim"));
    REQUIRE_FALSE(prepared.has_value());
    CHECK(prepared.error().word == "link_malformed");
    CHECK_FALSE(std::filesystem::exists(path("kim") + "/device.sqlite"));
}

} // namespace duet
