// Everybody who is connected, between the wire and the core.
//
// The first bytes of a guest decide the door, and thereby the language, for the rest of the connection
// (docs/protocol.md, "The port and its doors"). A connection's id is its session's: the same 64 bits, so
// neither knows the other and none has to be looked up.

#pragma once

#include "core/chat.hpp"
#include "doors/hosted_lines.hpp"
#include "doors/json.hpp"
#include "doors/lines.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "net/departures.hpp"
#include "net/loop.hpp"
#include "server/door_keeper.hpp"
#include "server/proxies.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace duet {

class Guests final : public AcceptorHandler, ConnectionHandler {
public:
    /// All are lent. What follows from what guests say goes into `outbox`.
    Guests(Loop& loop, Connections& connections, TlsContext& tls, Chat& chat, Outbox& outbox,
        DoorKeeper& keeper, Proxies proxies);

    /// Somebody has called.
    void accepted(Socket socket) override;

    /// For a listener at which every door is open in clear, to whoever calls.
    AcceptorHandler& in_clear() { return in_clear_; }

    /// From here on what guests say is not heard: a device says it again to the next server.
    void stop_listening() { is_listening_ = false; }

    /// Says to everybody what the outbox holds, in order, and empties it.
    void deliver();

    /// Hears those whose turn it is by now.
    void take_turns();

    /// How many connections there are, by door and phase.
    void count_into(Metrics::Looks& looks) const;

    /// The time, as the core takes it.
    [[nodiscard]] Now now() const;

    /// How many connections there are, those on their way out among them.
    [[nodiscard]] std::size_t count() const { return connections_.count(); }

private:
    enum class Door : std::uint8_t { unknown, json, lines };

    /// Which doors are open to a guest in clear.
    enum class Clear : std::uint8_t {
        none,   // from another machine: TLS, or nothing
        people, // from this machine: plain lines and HTTP, which people's programs speak
        all,    // over a Unix socket, or where the operator says so
    };

    class InClear final : public AcceptorHandler {
    public:
        explicit InClear(Guests& guests) : guests_(guests) { }
        void accepted(Socket socket) override { guests_.admit(std::move(socket), true); }

    private:
        Guests& guests_;
    };

    /// A person at the door of plain lines.
    struct Typist {
        HostedLines lines {};
        std::string unheard {}; // what was typed and has to wait for its turn
        std::size_t heard = 0;  // of that, at its beginning
    };

    struct Guest {
        std::uint32_t generation = 0; // of the connection: another one is a stranger
        Door door = Door::unknown;
        Clear clear = Clear::none;
        bool has_left = false;             // it will say nothing more, and waits for its answers
        bool is_proxied = false;           // a proxy has yet to say who has called
        std::uint32_t stranger_bytes = 0;  // said before it signed in
        std::unique_ptr<Typist> typist {}; // at that door alone
    };

    // from the connections
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { }

    bool let_in(ConnectionId id, Source const& source);
    std::size_t hear_proxy(ConnectionId id, Bytes input);
    void admit(Socket socket, bool may_be_clear);
    std::size_t choose_door(ConnectionId id, Bytes input);
    [[nodiscard]] bool may_speak(ConnectionId id, char first);
    std::size_t answer_stranger(ConnectionId id, Bytes input);
    std::size_t receive_json(ConnectionId id, Bytes input);
    bool hear_json(ConnectionId id, Bytes line);
    void hear_lines(ConnectionId id);
    bool hear_line(ConnectionId id, std::string_view line);
    Result<std::optional<Line>> next_typed(ConnectionId id, std::string_view typed);
    void say(Outgoing const& outgoing);
    void say_in_lines(ConnectionId id, Event const& event);
    void see_off(ConnectionId id, std::string_view last_word);
    void turn_away(ConnectionId id, std::string_view words);
    void relieve(ConnectionId id);
    void say_all();
    [[nodiscard]] bool may_leave(ConnectionId id);
    Guest* find(ConnectionId id);

    Loop& loop_;
    Connections& connections_;
    TlsContext& tls_;
    Chat& chat_;
    Outbox& outbox_;
    DoorKeeper& keeper_;
    Proxies const proxies_;
    InClear in_clear_ {*this};
    Departures departures_;
    std::size_t const connections_max_;
    bool is_listening_ = true;
    JsonDoor json_;
    bool is_saying_ = false;            // what is asked meanwhile is said in its turn
    std::vector<Guest> guests_;         // by the slots of their connections
    std::string text_;                  // being put together, kept for its memory
    std::vector<ConnectionId> leaving_; // who has left, and may have all their answers by now
    std::unordered_map<std::string, HostedLines::Shown> shown_in_lines_; // by handle
};

} // namespace duet
