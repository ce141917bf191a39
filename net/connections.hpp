// All connections of one loop: a table in which each is found by its id.
//
// An id that has outlived its connection is found out by its generation; nobody holds a pointer. What
// happens to a connection is told to the handler of its kind (one object for all callers, not one for
// each). Everything is told in a turn of the loop or in `flush`; after `close`, nothing.
//
// A connection that was secured is told as one in clear, with two differences: nothing is told of it
// before `secured`, and it has `ended` only if the other side said so (net/tls.hpp); cut off, it is lost.

#pragma once

#include "base/bytes.hpp"
#include "net/connection.hpp"
#include "net/handshakers.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace duet {

struct ConnectionId {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0; // 0 names no connection
    bool operator==(ConnectionId const&) const = default;
};

/// Why a connection closed without our asking, and what it leaves.
struct Loss {
    CloseReason reason;
    SocketError const* error; // of peer_lost, and of a TLS that was no good; null otherwise
    Bytes tail;               // the beginning of what can no longer be completed
};

class ConnectionHandler {
public:
    /// Bytes came. `input` begins with what was not used up the last time.
    ///
    /// Gives   how many bytes at the front of `input` are used up; the rest is kept. What is kept
    ///         must stay under limits::read_buffer_bytes: close what would not.
    virtual std::size_t received(ConnectionId id, Bytes input) = 0;

    /// The other side will send nothing more; `tail` is what was still kept. We may go on sending.
    virtual void ended(ConnectionId id, Bytes tail) = 0;

    /// The connection is gone, and its id with it.
    virtual void lost(ConnectionId id, Loss const& loss) = 0;

    /// Some of what was queued has left; see Connections::backlog_bytes.
    virtual void sent(ConnectionId id) = 0;

    /// What was asked for with secure_as_… is so: from here on the others tell of what is inside.
    virtual void secured(ConnectionId id) { (void)id; }

protected:
    ConnectionHandler() = default;
    ConnectionHandler(ConnectionHandler const&) = default;
    ConnectionHandler& operator=(ConnectionHandler const&) = default;
    ~ConnectionHandler() = default;
};

class Connections final : Watcher, TimerHandler {
public:
    explicit Connections(Loop& loop);
    ~Connections();
    Connections(Connections const&) = delete;
    Connections& operator=(Connections const&) = delete;

    /// Takes over a connected socket. `kind` is lent until the connection is closed or lost.
    ConnectionId add(Socket socket, ConnectionHandler& kind);

    /// Null if it was closed or lost. Good until the next call of anything here.
    Connection* find(ConnectionId id);

    /// From here on `kind` is told of this connection, at once of what came and was not used up.
    void hand_over(ConnectionId id, ConnectionHandler& kind);

    // Each of these does nothing with an id that has outlived its connection.

    /// Lets there be TLS, as net/tls.hpp has it; nothing may be queued yet. `context` is lent as long as
    /// there are connections with it. A handshake that fails, or takes longer than
    /// limits::handshake_time_max, is a loss.
    ///
    /// `already_received` is what was told of this connection and is not its handler's to read: the other
    /// side has begun with a handshake.
    void secure_as_server(ConnectionId id, TlsContext& context, Bytes already_received);
    void secure_as_client(ConnectionId id, TlsContext& context);

    /// From here on so many threads do the handshakes of who calls, and the loop goes on meanwhile. 0: as before.
    void give_handshakes_to(std::size_t threads);

    void send(ConnectionId id, Bytes bytes);
    void finish_sending(ConnectionId id);
    void set_reading(ConnectionId id, bool wanted);
    void close(ConnectionId id, CloseReason reason);

    /// Sends what has gathered: one send for each connection that has something to say.
    void flush();

    [[nodiscard]] std::size_t count() const { return slots_.size() - free_slots_.size(); }

private:
    struct Slot {
        std::optional<Connection> connection;
        ConnectionHandler* kind = nullptr;
        WatchId watch;
        std::uint32_t generation = 1;
        bool is_touched = false; // stands in touched_
        bool is_at_work = false; // its handler has bytes in its hands
        bool is_lent = false;    // a handshaker has its TLS: only that touches it
    };

    void ready(Tag tag, Ready what) override;
    void due(Tag tag) override;
    void secure(ConnectionId id, TlsContext& context, Tls::Side side, Bytes already_received);
    void shake_hands(ConnectionId id);
    void take_back();
    void has_shaken(ConnectionId id, SocketResult<Tls::Progress> const& progress);
    void vacate(std::uint32_t slot);
    void look_again(ConnectionId id);
    void receive(ConnectionId id);
    void offer(ConnectionId id, Bytes bytes);
    void flush(ConnectionId id);
    void touch(ConnectionId id);
    void lose(ConnectionId id, SocketError const& error);
    void lose(ConnectionId id, CloseReason reason, SocketError const* error);

    Loop& loop_;
    std::deque<Slot> slots_; // a deque: a handler may add connections while one of them is at work
    std::vector<std::uint32_t> free_slots_;
    std::vector<ConnectionId> touched_;
    std::vector<std::byte> room_;              // read into by all, one after the other
    std::unique_ptr<Handshakers> handshakers_; // null: the loop does it
};

} // namespace duet
