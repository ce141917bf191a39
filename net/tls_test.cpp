#include "net/tls.hpp"

#include "base/limits.hpp"
#include "net/connections.hpp"
#include "net/loop_fixture.hpp"
#include "net/tls_certificate.hpp"

#include <doctest/doctest.h>

#include <malloc.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <vector>

using namespace duet;

TEST_SUITE_BEGIN("tls");

namespace {

/// One end's handler, which writes down what it is told.
class End final : public ConnectionHandler {
public:
    std::size_t received(ConnectionId id, Bytes input) override
    {
        heard += as_text(input);
        if (when_received)
            when_received(id, input);
        return input.size();
    }

    void ended(ConnectionId, Bytes) override { has_ended = true; }

    void lost(ConnectionId, Loss const& loss) override
    {
        lost_by = loss.reason;
        words = loss.error == nullptr ? "" : loss.error->text();
    }

    void sent(ConnectionId id) override
    {
        if (when_sent)
            when_sent(id);
    }

    void secured(ConnectionId id) override
    {
        is_secured = true;
        if (when_secured)
            when_secured(id);
    }

    std::string heard;
    bool is_secured = false;
    bool has_ended = false;
    std::optional<CloseReason> lost_by;
    std::string words;
    std::function<void(ConnectionId, Bytes)> when_received;
    std::function<void(ConnectionId)> when_sent;
    std::function<void(ConnectionId)> when_secured;
};

class TlsTest : public LoopTest {
public:
    TlsTest()
    {
        auto const now =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        write(files.certificate,
            make_certificate(
                "localhost", {now - std::chrono::days(1), now + std::chrono::days(1)}));
        auto made = TlsContext::for_server(files);
        REQUIRE(made.has_value());
        server_side = std::move(*made);
        client_side = TlsContext::for_client().value();
    }

    void turn() override
    {
        loop.turn();
        connections->flush();
    }

    static void write(std::string const& path, std::string const& text)
    {
        std::ofstream(path) << text;
    }

    /// Two ends, in clear yet.
    void connect()
    {
        SocketPair pair = connected_pair();
        make_non_blocking(pair.theirs.number());
        server = connections->add(std::move(pair.ours), server_end);
        client = connections->add(std::move(pair.theirs), client_end);
    }

    /// Two ends that agree on keys.
    void secure()
    {
        connect();
        connections->secure_as_server(server, *server_side, {});
        connections->secure_as_client(client, *client_side);
        connections->flush();
        turn_until([&] { return server_end.is_secured and client_end.is_secured; });
    }

    /// A server's end, and a socket that can say anything to it.
    void await_stranger()
    {
        SocketPair pair = connected_pair();
        stranger.emplace(std::move(pair.theirs));
        server = connections->add(std::move(pair.ours), server_end);
        connections->secure_as_server(server, *server_side, {});
        connections->flush();
    }

    void send(ConnectionId id, std::string_view text)
    {
        connections->send(id, as_bytes(text));
        connections->flush();
    }

    [[nodiscard]] Connection& at(ConnectionId id) { return *connections->find(id); }

    /// Makes the system take little at a time, so that records leave in pieces.
    void make_narrow(ConnectionId id)
    {
        int const few = 4096;
        ::setsockopt(at(id).socket().number(), SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
    }

    TestFolder folder;
    CertificateFiles const files {folder / "certificate.pem", folder / "certificate.pem"};
    std::unique_ptr<TlsContext> server_side;
    std::unique_ptr<TlsContext> client_side;
    End server_end;
    End client_end;
    std::optional<Connections> connections {std::in_place, loop};
    ConnectionId server;
    ConnectionId client;
    std::optional<Socket> stranger;
};

/// A text in which every place is another.
std::string long_text(std::size_t bytes)
{
    std::string text;
    while (text.size() < bytes)
        text += std::to_string(text.size()) + ' ';
    return text;
}

/// What a client of TLS 1.2 alone says first.
std::string hello_of_tls_1_2()
{
    std::string body("\x03\x03", 2);
    body += std::string(32, 'r');
    body += std::string("\x00\x00\x02\xC0\x2F\x01\x00", 7);
    // The two extensions without which nobody speaks elliptic curves.
    std::string const extensions(
        "\x00\x0A\x00\x04\x00\x02\x00\x17\x00\x0D\x00\x04\x00\x02\x04\x03", 16);
    body += std::string("\x00\x10", 2) + extensions;
    auto const with_length = [](std::string const& head, std::size_t bytes) {
        return head + static_cast<char>(bytes >> 8) + static_cast<char>(bytes & 0xFF);
    };
    std::string const message = with_length(std::string("\x01\x00", 2), body.size()) + body;
    return with_length("\x16\x03\x01", message.size()) + message;
}

} // namespace

TEST_CASE_FIXTURE(TlsTest, "both ends are told when it is secured, and what is said arrives")
{
    secure();
    send(client, "hello");
    turn_until([&] { return server_end.heard == "hello"; });
    send(server, "and welcome");
    turn_until([&] { return client_end.heard == "and welcome"; });
    CHECK(not server_end.lost_by.has_value());
    CHECK(not client_end.lost_by.has_value());
}

TEST_CASE_FIXTURE(TlsTest,
    "with threads for the handshakes whoever is there is secured, and who has left is forgotten")
{
    connections->give_handshakes_to(2);
    std::vector<ConnectionId> servers;
    std::vector<ConnectionId> clients;
    for (int i = 0; i < 60; ++i) {
        connect();
        connections->secure_as_server(server, *server_side, {});
        connections->secure_as_client(client, *client_side);
        servers.push_back(server);
        clients.push_back(client);
    }
    // Every third is closed while a thread may have it: at once, or a turn later.
    for (std::size_t i = 0; i < servers.size(); i += 3) {
        connections->flush();
        if (i % 2 == 0)
            loop.turn(std::chrono::milliseconds(0));
        connections->close(servers[i], CloseReason::we_left);
    }
    for (std::size_t i = 0; i < servers.size(); ++i) {
        if (i % 3 == 0)
            continue;
        connections->send(clients[i], as_bytes(std::string_view("x"))); // waits until it is secured
    }
    turn_until([&] { return server_end.heard.size() == 40; });
    for (std::size_t i = 0; i < servers.size(); ++i)
        CHECK((connections->find(servers[i]) == nullptr) == (i % 3 == 0));
    CHECK(*at(servers[1]).exporter() == *at(clients[1]).exporter());
}

TEST_CASE_FIXTURE(TlsTest, "who goes while threads do handshakes waits for them")
{
    connections->give_handshakes_to(2);
    for (int i = 0; i < 20; ++i) {
        connect();
        connections->secure_as_server(server, *server_side, {});
        connections->secure_as_client(client, *client_side);
    }
    connections->flush();
    connections.reset();
    CHECK(not server_end.is_secured);
}

TEST_CASE_FIXTURE(TlsTest, "what no TLS begins with is told by a thread, too")
{
    connections->give_handshakes_to(1);
    await_stranger();
    say(*stranger, hello_of_tls_1_2());
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::broke_protocol);
}

TEST_CASE_FIXTURE(TlsTest, "both ends know the same secret of this connection and of no other")
{
    secure();
    TlsExporter const first = *at(client).exporter();
    CHECK(*at(server).exporter() == first);
    CHECK(first != TlsExporter {});

    server_end = {};
    client_end = {};
    secure();
    CHECK(*at(server).exporter() == *at(client).exporter());
    CHECK(*at(client).exporter() != first);
}

TEST_CASE_FIXTURE(TlsTest, "in clear there is no secret, and nothing was agreed on")
{
    connect();
    CHECK(at(server).exporter() == nullptr);
    CHECK(at(server).alpn().empty());
    connections->secure_as_server(server, *server_side, {});
    CHECK(at(server).exporter() == nullptr); // not yet
}

TEST_CASE_FIXTURE(TlsTest, "our client offers its protocol, and the server agrees")
{
    secure();
    CHECK(at(server).alpn() == "duet/1");
    CHECK(at(client).alpn() == "duet/1");
}

TEST_CASE_FIXTURE(TlsTest, "the second time a ticket shortens the way, once")
{
    secure();
    CHECK(not at(client).tls()->has_returned());
    send(server, "x");
    turn_until([&] { return client_end.heard == "x"; }); // and the ticket before it
    for (bool const returns : {true, false}) {
        server_end = {};
        client_end = {};
        secure();
        CHECK(at(client).tls()->has_returned() == returns);
        CHECK(at(server).tls()->has_returned() == returns);
    }
}

TEST_CASE_FIXTURE(TlsTest, "what came before anybody knew that it is TLS is not lost")
{
    connect();
    server_end.when_received = [&](ConnectionId id, Bytes input) {
        if (at(id).tls() != nullptr)
            return;
        CHECK(as_text(input).front() == '\x16');
        connections->secure_as_server(id, *server_side, input);
        server_end.heard.clear();
    };
    connections->secure_as_client(client, *client_side);
    connections->flush();
    turn_until([&] { return server_end.is_secured and client_end.is_secured; });
    send(client, "hello");
    turn_until([&] { return server_end.heard == "hello"; });
}

TEST_CASE_FIXTURE(TlsTest, "much goes both ways at once, in pieces of records, and nothing is lost")
{
    secure();
    make_narrow(server);
    make_narrow(client);
    std::string const text = long_text(3'000'000);
    std::array<std::size_t, 2> said {};
    auto const say_more = [&](ConnectionId id) {
        std::size_t& so_far = said[id == server ? 0 : 1];
        std::size_t const bytes = std::min<std::size_t>(100'000, text.size() - so_far);
        connections->send(id, as_bytes(text).subspan(so_far, bytes));
        so_far += bytes;
    };
    auto const refill = [&](ConnectionId id) {
        if (at(id).backlog_bytes() < 50'000)
            say_more(id);
    };
    server_end.when_sent = refill;
    client_end.when_sent = refill;
    say_more(server);
    say_more(client);
    turn_until([&] {
        return server_end.heard.size() >= text.size() and client_end.heard.size() >= text.size();
    });
    // In two brackets: so much text is not printed when they differ.
    CHECK((server_end.heard == text));
    CHECK((client_end.heard == text));
}

TEST_CASE_FIXTURE(TlsTest, "what was not used is kept, also when it is more than one record")
{
    class Hoarder final : public ConnectionHandler {
    public:
        std::size_t received(ConnectionId, Bytes input) override
        {
            most = std::max(most, input.size());
            return input.size() < 200'000 ? 0 : input.size();
        }
        void ended(ConnectionId, Bytes) override { }
        void lost(ConnectionId, Loss const&) override { }
        void sent(ConnectionId) override { }
        std::size_t most = 0;
    } hoarder;
    secure();
    connections->hand_over(server, hoarder);
    std::string const text = long_text(200'000);
    send(client, text);
    turn_until([&] { return hoarder.most >= 200'000; });
    CHECK(hoarder.most == text.size());
    CHECK(at(server).tail().empty());
}

TEST_CASE_FIXTURE(TlsTest, "while reading is paused nothing is told, and afterwards all of it")
{
    secure();
    std::string const text = long_text(100'000);
    server_end.when_received = [&](ConnectionId id, Bytes) { connections->set_reading(id, false); };
    send(client, text);
    for (std::size_t told = 0; server_end.heard.size() < text.size();) {
        turn_until([&] { return server_end.heard.size() > told; });
        told = server_end.heard.size();
        connections->set_reading(server, true);
    }
    CHECK((server_end.heard == text));
}

TEST_CASE_FIXTURE(TlsTest, "what a client says before it has heard the server's last word is heard")
{
    connect();
    client_end.when_secured = [&](ConnectionId id) { send(id, "at once"); };
    connections->secure_as_server(server, *server_side, {});
    connections->secure_as_client(client, *client_side);
    connections->flush();
    turn_until([&] { return server_end.heard == "at once"; });
}

TEST_CASE_FIXTURE(TlsTest, "after one side's end the other still speaks, and is heard")
{
    secure();
    send(client, "all I have to say");
    connections->finish_sending(client);
    connections->flush();
    turn_until([&] { return server_end.has_ended; });
    CHECK(server_end.heard == "all I have to say");
    CHECK(at(server).peer_has_ended());
    send(server, "but not all that I have");
    turn_until([&] { return client_end.heard == "but not all that I have"; });
    connections->finish_sending(server);
    connections->flush();
    turn_until([&] { return client_end.has_ended; });
    CHECK(not server_end.lost_by.has_value());
    CHECK(not client_end.lost_by.has_value());
}

TEST_CASE_FIXTURE(TlsTest, "who is closed at the other side has ended, and was not cut off")
{
    secure();
    send(client, "so long");
    turn_until([&] { return server_end.heard == "so long"; });
    connections->close(client, CloseReason::we_left);
    turn_until([&] { return server_end.has_ended; });
    CHECK(not server_end.lost_by.has_value());
}

TEST_CASE_FIXTURE(TlsTest, "a stream that is cut without a goodbye is lost, and has not ended")
{
    secure();
    send(client, "half of wha");
    turn_until([&] { return server_end.heard == "half of wha"; });
    at(client).socket().finish_sending(); // behind the back of TLS
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::peer_lost);
    CHECK(server_end.words.ends_with("cut off without a goodbye"));
    CHECK(not server_end.has_ended);
}

TEST_CASE_FIXTURE(TlsTest, "what came before the cut is told before it")
{
    secure();
    connections->set_reading(server, false);
    send(client, "last words");
    turn();
    at(client).socket().finish_sending();
    connections->set_reading(server, true);
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.heard == "last words");
}

TEST_CASE_FIXTURE(TlsTest, "a byte that was changed on its way breaks the connection")
{
    secure();
    // A record of application data that nobody has made with the keys.
    std::string const forged = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
    CHECK(at(client).socket().send(as_bytes(forged)) == forged.size());
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::broke_protocol);
    CHECK(server_end.heard.empty());
}

TEST_CASE_FIXTURE(TlsTest, "what is no handshake is refused, with words")
{
    await_stranger();
    say(*stranger, std::string("\x16\x03\x01\x00\x10 not a handshake", 21));
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::broke_protocol);
    CHECK(server_end.words.starts_with("agree on keys with"));
    CHECK(not server_end.is_secured);
}

TEST_CASE_FIXTURE(TlsTest, "what speaks in clear where TLS is wanted is refused")
{
    connect();
    connections->secure_as_client(client, *client_side);
    connections->flush();
    server_end.when_received = [&](ConnectionId id, Bytes) {
        send(id, "HTTP/1.1 400 what?\r\n\r\n");
    };
    turn_until([&] { return client_end.lost_by.has_value(); });
    CHECK(client_end.lost_by == CloseReason::broke_protocol);
}

TEST_CASE_FIXTURE(TlsTest, "TLS 1.2 is refused with the alert that says so")
{
    await_stranger();
    say(*stranger, hello_of_tls_1_2());
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::broke_protocol);
    std::string const answer = hear(*stranger);
    REQUIRE(answer.size() == 7);
    CHECK(answer.front() == '\x15');       // an alert
    CHECK(answer.substr(5) == "\x02\x46"); // fatal, protocol_version
}

TEST_CASE_FIXTURE(TlsTest, "who ends in the middle of the handshake is lost")
{
    await_stranger();
    say(*stranger, hello_of_tls_1_2().substr(0, 20));
    stranger->finish_sending();
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::peer_lost);
    CHECK(not server_end.has_ended);
}

TEST_CASE_FIXTURE(
    TlsTest, "half a hello is waited for no longer than its time, and holds nobody up")
{
    await_stranger();
    ConnectionId const half = server;
    say(*stranger, hello_of_tls_1_2().substr(0, 20));
    auto const began = loop.now();
    secure();
    send(client, "meanwhile");
    turn_until([&] { return server_end.heard == "meanwhile"; });
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::silent_too_long);
    CHECK(loop.now() - began >= limits::handshake_time_max);
    CHECK(connections->find(half) == nullptr);
    CHECK(connections->find(server) != nullptr);
}

TEST_CASE_FIXTURE(TlsTest, "a handshake without end is ended")
{
    await_stranger();
    // Records that begin a message of the greatest length that TLS has, and never end it.
    std::string flood("\x16\x03\x01\x40\x00\x01\x01\xF0\x00", 9);
    flood += std::string(16 * 1024 - 4, 'x');
    std::string const more = std::string("\x16\x03\x03\x40\x00", 5) + std::string(16 * 1024, 'x');
    make_non_blocking(stranger->number());
    for (std::string unsent = flood; not server_end.lost_by.has_value();) {
        auto const taken = stranger->send(as_bytes(unsent));
        if (not taken.has_value())
            break;
        unsent.erase(0, *taken);
        if (unsent.empty())
            unsent = more;
        loop.turn(std::chrono::milliseconds(1));
        connections->flush();
    }
    turn_until([&] { return server_end.lost_by.has_value(); });
    CHECK(server_end.lost_by == CloseReason::broke_protocol);
}

TEST_CASE_FIXTURE(TlsTest, "another certificate is shown from then on, and those who are here stay")
{
    secure();
    ConnectionId const older = client;
    ConnectionId const older_server = server;
    auto const now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    write(files.certificate,
        make_certificate("elsewhere", {now - std::chrono::days(2), now + std::chrono::days(9)}));
    REQUIRE(server_side->reload(files).has_value());
    End next_server;
    End next_client;
    std::swap(next_server, server_end);
    std::swap(next_client, client_end);
    secure();
    CHECK(not at(client).tls()->has_returned()); // tickets were the old one's
    send(older, "still");
    turn_until([&] { return server_end.heard == "still"; });
    CHECK(connections->find(older_server) != nullptr);
}

TEST_CASE_FIXTURE(TlsTest, "a certificate that is no good is told in words, and changes nothing")
{
    write(files.certificate, "nothing of the kind\n");
    auto const reloaded = server_side->reload(files);
    REQUIRE(not reloaded.has_value());
    CHECK(reloaded.error().starts_with("cannot use the certificate " + files.certificate));
    auto const made = TlsContext::for_server({"/nowhere.pem", "/nowhere.pem"});
    REQUIRE(not made.has_value());
    CHECK(made.error().find("/nowhere.pem") != std::string::npos);
    secure();
}

TEST_CASE_FIXTURE(TlsTest, "a key that is another certificate's is refused")
{
    auto const now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    CertificateFiles const mixed {files.certificate, folder / "other.pem"};
    write(mixed.key, make_certificate("localhost", {now, now + std::chrono::days(1)}));
    auto const reloaded = server_side->reload(mixed);
    REQUIRE(not reloaded.has_value());
    CHECK(reloaded.error().find("cannot use the key " + mixed.key) == 0);
}

TEST_CASE_FIXTURE(TlsTest, "an idle connection with TLS takes no more than 16 KiB of a server")
{
    constexpr std::size_t count = 40;
    std::vector<ConnectionId> servers;
    for (std::size_t i = 0; i < count; ++i) {
        server_end = {};
        client_end = {};
        secure();
        send(server, "hello");
        send(client, "hello");
        turn_until([&] { return server_end.heard == "hello" and client_end.heard == "hello"; });
        servers.push_back(server);
    }
    auto const before = ::mallinfo2().uordblks; // 0 where a sanitizer has the memory
    for (ConnectionId const id : servers)
        connections->close(id, CloseReason::we_left);
    auto const each = (before - ::mallinfo2().uordblks) / count;
    CHECK(each <= 16 * 1024);
}
