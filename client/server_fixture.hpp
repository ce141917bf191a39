// What tests of the client library need: a server in this process, and people who use the library.
//
// The server is the real core over a store in memory, behind a real socket on loopback. Its cuts are what
// tests choose: so many bytes are told to the next caller, and not one more. Backups are what it had
// written by then, and a restored one begins another epoch.

#pragma once

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "client/duet.hpp"
#include "core/chat.hpp"
#include "core/scribe.hpp"
#include "doors/json.hpp"
#include "doors/lines.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "net/descriptor.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/tls_certificate.hpp"
#include "pairing/code.hpp"
#include "pairing/link.hpp"
#include "store/layered_store.hpp"
#include "store/memory_index.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace duet {

class TestRandom final : public Random {
public:
    void fill(std::span<std::byte> bytes) override { fill_random(bytes); }
};

struct TestIndex {
    MemoryIndex nothing_below;
};

/// A store in memory that remembers all its records, so that another can begin as this one was.
class BackedUpStore final : private TestIndex, public LayeredStore {
public:
    BackedUpStore() : LayeredStore(nothing_below) { }

    Result<void> append(std::span<Record const> batch) override
    {
        records.insert(records.end(), batch.begin(), batch.end());
        apply(batch, 0);
        return {};
    }

    std::vector<Record> records;
};

class TestServer final : AcceptorHandler, ConnectionHandler {
public:
    TestServer()
    {
        start();
        begin_epoch();
    }

    [[nodiscard]] std::string address() const
    {
        return acceptor_->listeners().front().address().text();
    }

    void turn(std::chrono::milliseconds at_most = std::chrono::milliseconds(0))
    {
        loop_->turn(at_most);
        chat_->pass_time(now(), outbox_);
        work();
    }

    // People

    /// A one-time secret for a new person; a contact of whoever is named.
    std::string invites(std::string const& by = {})
    {
        PersonId const person = by.empty() ? PersonId {} : store_->person_by_handle(by)->id;
        return make_secret(Invitation::For::person, person);
    }

    std::string links(std::string const& person)
    {
        return make_secret(Invitation::For::device, store_->person_by_handle(person)->id);
    }

    /// A short code for a new person, a contact of whoever is named.
    ShortCode code(std::string const& by)
    {
        PersonId const person = store_->person_by_handle(by)->id;
        auto const outcomes = scribe_->write(std::vector<Draft> {
            CodeDraft {{}, 123'456, Invitation::For::person, person, now().label}});
        return {std::get<CodeMade>(outcomes.front()).code.name, 123'456};
    }

    /// A link with such a secret, to where it is, or to somebody else who ought to be there.
    [[nodiscard]] std::string link(std::string const& secret) const
    {
        return Link {address(), hash_of(keys_.identity), secret}.text();
    }
    [[nodiscard]] std::string link_to_another(std::string const& secret) const
    {
        Identity another = keys_.identity;
        another[0] ^= std::byte {1};
        return Link {address(), hash_of(another), secret}.text();
    }

    // Misfortunes

    /// All connections break, without a word.
    void cut_all()
    {
        for (auto const& [session, caller] : std::exchange(callers_, {})) {
            connections_.close(caller.id, CloseReason::we_left);
            chat_->disconnected(session, outbox_);
        }
        outbox_.clear();
    }

    /// From here on each caller is told so many bytes, and then the connection breaks.
    void tell_at_most(std::optional<std::size_t> bytes) { tells_at_most_ = bytes; }

    void moves_to(std::string const& address) { chat_->move_to(address, outbox_); }

    /// Nobody is let in.
    bool is_closed = false;

    /// All that was ever said to it.
    std::vector<std::string> heard;

    /// How many bytes the last connection was told.
    [[nodiscard]] std::size_t told_bytes() const { return told_bytes_; }

    [[nodiscard]] std::size_t backup() const { return store_->records.size(); }

    /// The store is again as it was, in another epoch.
    void restore(std::size_t backup)
    {
        cut_all();
        auto const records = store_->records;
        start();
        check(store_->append(std::span(records).first(backup)).has_value());
        begin_epoch();
    }

    /// What nobody may do: the same, in the same epoch.
    void lose_what_came_after(std::size_t backup)
    {
        cut_all();
        auto const records = store_->records;
        start();
        check(store_->append(std::span(records).first(backup)).has_value());
    }

    /// The texts of a conversation, in order.
    std::vector<std::string> log(std::string const& one, std::string const& other)
    {
        Pair const pair =
            Pair::of(store_->person_by_handle(one)->id, store_->person_by_handle(other)->id);
        std::vector<std::string> texts;
        for (Seq seq {1}; seq <= store_->last_seq(pair); seq = next(seq))
            texts.push_back(store_->log(pair, seq, seq, 1 << 20).front().body);
        return texts;
    }

private:
    struct Caller {
        ConnectionId id;
        std::size_t told = 0;
    };

    static Now now()
    {
        return {std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
            std::chrono::steady_clock::now()};
    }

    void start()
    {
        store_ = std::make_unique<BackedUpStore>();
        scribe_ = std::make_unique<Scribe>(*store_);
        chat_ = std::make_unique<Chat>(*store_, random_, keys_, "test");
    }

    void begin_epoch()
    {
        Epoch epoch {};
        fill_random(epoch);
        scribe_->write(std::vector<Draft> {EpochDraft {epoch, now().label}});
    }

    std::string make_secret(Invitation::For what, PersonId by)
    {
        std::string const secret = "secret" + std::to_string(++secrets_);
        scribe_->write(std::vector<Draft> {InviteDraft {{}, secret, what, by, {}, now().label}});
        return secret;
    }

    void accepted(Socket socket) override
    {
        if (is_closed)
            return;
        ConnectionId const id = connections_.add(std::move(socket), *this);
        connections_.secure_as_server(id, *tls_, {});
        SessionId const session {++sessions_};
        callers_[session] = {id};
        told_bytes_ = 0;
        chat_->connected(session, now());
    }

    std::size_t received(ConnectionId id, Bytes input) override
    {
        auto const session = session_of(id);
        std::size_t used = 0;
        while (session.has_value()) {
            auto const line = next_line(input.subspan(used), limits::json_line_bytes_max).value();
            if (not line.has_value())
                return used;
            used += line->used;
            heard.emplace_back(line->text);
            auto const request = door_.decode_request(as_bytes(line->text));
            check(request.has_value());
            chat_->handle(*session, *request, *connections_.find(id)->exporter(), now(), outbox_);
        }
        return used;
    }

    void ended(ConnectionId id, Bytes) override
    {
        connections_.close(id, CloseReason::peer_left);
        forget(id);
    }
    void lost(ConnectionId id, Loss const&) override { forget(id); }
    void sent(ConnectionId) override { }

    void forget(ConnectionId id)
    {
        if (auto const session = session_of(id)) {
            callers_.erase(*session);
            chat_->disconnected(*session, outbox_);
        }
    }

    std::optional<SessionId> session_of(ConnectionId id)
    {
        for (auto const& [session, caller] : callers_) {
            if (caller.id == id)
                return session;
        }
        return std::nullopt;
    }

    void work()
    {
        for (;;) {
            auto const drafts = chat_->take_drafts();
            for (Outcome const& outcome : scribe_->write(drafts))
                chat_->finished(outcome, outbox_);
            deliver();
            if (drafts.empty())
                break;
        }
        connections_.flush();
    }

    void deliver()
    {
        for (Outgoing const& outgoing : std::exchange(outbox_, {})) {
            auto const caller = callers_.find(outgoing.to);
            if (caller == callers_.end())
                continue;
            std::string line;
            encode(outgoing.event, line);
            if (tells_at_most_.has_value())
                line.resize(std::min(line.size(), *tells_at_most_ - caller->second.told));
            connections_.send(caller->second.id, as_bytes(line));
            caller->second.told += line.size();
            told_bytes_ = caller->second.told;
            bool const is_said_goodbye_to = std::holds_alternative<Bye>(outgoing.event.body);
            if (caller->second.told == tells_at_most_ or is_said_goodbye_to)
                let_go(caller->first);
        }
    }

    void let_go(SessionId session)
    {
        ConnectionId const id = callers_[session].id;
        callers_.erase(session);
        connections_.flush();
        connections_.close(id, CloseReason::we_left);
        chat_->disconnected(session, outbox_);
    }

    static std::unique_ptr<TlsContext> show_certificate()
    {
        std::string path = "/tmp/duet-test-XXXXXX";
        Descriptor const file(::mkstemp(path.data()));
        std::string const made =
            make_certificate("localhost", {now().label, now().label + std::chrono::days(1)});
        check(::write(file.number(), made.data(), made.size()) == std::ssize(made));
        auto context = TlsContext::for_server({path, path});
        std::filesystem::remove(path);
        return std::move(context).value();
    }

    TestRandom random_;
    KeyPair keys_ = key_pair_from({std::byte {80}});
    std::unique_ptr<BackedUpStore> store_;
    std::unique_ptr<Scribe> scribe_;
    std::unique_ptr<Chat> chat_;
    JsonDoor door_;
    Outbox outbox_;
    std::unique_ptr<Loop> loop_ = Loop::create().value();
    std::unique_ptr<TlsContext> tls_ = show_certificate();
    Connections connections_ {*loop_};
    std::unique_ptr<Acceptor> acceptor_ = std::make_unique<Acceptor>(*loop_,
        listen_on(Endpoint::parse("127.0.0.1:0").value()).value(),
        static_cast<AcceptorHandler&>(*this));
    std::map<SessionId, Caller> callers_;
    std::uint64_t sessions_ = 0;
    std::uint64_t secrets_ = 0;
    std::optional<std::size_t> tells_at_most_;
    std::size_t told_bytes_ = 0;
};

/// Somebody who uses the library, and writes down what they are told.
class User final : public ClientHandler {
public:
    explicit User(std::string directory) : directory_(std::move(directory)) { }

    [[nodiscard]] std::string const& directory() const { return directory_; }

    /// Begins, or begins again: what was in memory is lost.
    void opens()
    {
        client.reset();
        auto opened = Client::open(directory_, *this);
        REQUIRE(opened.has_value());
        client = std::move(*opened);
    }

    void heard(Message const& message) override { heard_texts.push_back(message.text); }
    void changed(Message const& message) override { states[message.text] = message.state; }
    void fetched(std::string const&, bool more) override { fetched_more.push_back(more); }
    void typing(std::string const& from) override { typed.push_back(from); }
    void ended(Failure const& why) override
    {
        end = why.word;
        end_words = why.sentence;
    }
    void connection(Connectedness now, std::string const&) override { here = now; }
    void copy_seen() override { ++copies_seen; }
    void another_life() override { ++lives; }
    void people(std::uint64_t asked, std::vector<Contact> const& all) override
    {
        answered = asked;
        contacts = all;
    }
    void devices(std::uint64_t asked, std::vector<OwnDevice> const& all) override
    {
        answered = asked;
        own_devices = all;
    }
    void secret(std::uint64_t asked, Secret const& it) override
    {
        answered = asked;
        words = it.words;
    }
    void done(std::uint64_t asked) override { answered = asked; }
    void denied(std::uint64_t asked, Failure const& why) override
    {
        answered = asked;
        denied_with = why.word;
    }

    /// The stored texts of a conversation; those that are no longer on the server in brackets.
    [[nodiscard]] std::vector<std::string> log(std::string const& with) const
    {
        std::vector<std::string> texts;
        for (Message const& message : client->history(with, 0, 100'000))
            texts.push_back(message.is_orphaned ? '[' + message.text + ']' : message.text);
        return texts;
    }

    std::unique_ptr<Client> client;
    std::vector<std::string> heard_texts;
    std::map<std::string, MessageState> states; // by text
    std::vector<bool> fetched_more;
    std::vector<std::string> typed;
    std::string end;
    std::string end_words;
    Connectedness here = Connectedness::away;
    int copies_seen = 0;
    int lives = 0;
    std::uint64_t answered = 0;
    std::vector<Contact> contacts;
    std::vector<OwnDevice> own_devices;
    std::string words;
    std::string denied_with;

private:
    std::string directory_;
};

/// A server, and words to let time pass. Waiting ends the test after a minute in vain.
class ClientTest {
public:
    ClientTest() { check(::mkdtemp(folder_.data()) != nullptr); }
    ~ClientTest() { std::filesystem::remove_all(folder_); }
    ClientTest(ClientTest const&) = delete;
    ClientTest& operator=(ClientTest const&) = delete;

    [[nodiscard]] std::string path(std::string const& name) const { return folder_ + '/' + name; }

    template <typename Condition>
    void turn_until(std::initializer_list<User*> users, Condition is_met,
        std::source_location where = std::source_location::current())
    {
        auto const end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (not is_met()) {
            check(std::chrono::steady_clock::now() < end, where);
            for (User* const user : users)
                user->client->turn(std::chrono::milliseconds(0));
            server.turn(std::chrono::milliseconds(1));
        }
    }

    /// Makes a device that is signed in.
    void joins(User& user, std::string const& secret, std::string const& handle)
    {
        prepares(user, secret, handle);
        user.opens();
        comes(user);
    }

    void prepares(User& user, std::string const& secret, std::string const& handle)
    {
        Joining joining;
        joining.server = server.address();
        joining.secret = secret;
        joining.handle = handle;
        joining.device_name = "desk";
        REQUIRE(Client::prepare(user.directory(), joining).has_value());
    }

    void comes(User& user)
    {
        turn_until({&user}, [&] { return user.client->connectedness() == Connectedness::here; });
    }

    TestServer server;

private:
    // In memory where that can be: what is tested here is not what a disk does.
    std::string folder_ =
        std::filesystem::exists("/dev/shm") ? "/dev/shm/duet-test-XXXXXX" : "/tmp/duet-test-XXXXXX";
};

/// The cast of most tests: ada and bob, who are contacts. Both are signed in.
class PairTest : public ClientTest {
public:
    PairTest()
    {
        joins(bob, server.invites(), "bob");
        joins(ada, server.invites("bob"), "ada");
    }

    template <typename Condition>
    void both_until(Condition is_met, std::source_location where = std::source_location::current())
    {
        turn_until({&ada, &bob}, is_met, where);
    }

    User ada {path("ada")};
    User bob {path("bob")};
};

} // namespace duet
