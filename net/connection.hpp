// One socket and the bytes on their way. Nothing here knows what the bytes mean.
//
// A connection belongs to a Connections (net/connections.hpp), which watches it and tells its handler;
// this is the part that touches the socket. Idle, it owns no buffer: what comes is read into the room
// that all connections of a loop share, and only a tail that its handler could not use yet is kept.
// What is to be sent gathers until `flush` and leaves in one send.
//
// It may have TLS (net/tls.hpp) between it and its socket: then all of this is true of what is inside.

#pragma once

#include "base/bytes.hpp"
#include "net/backlog.hpp"
#include "net/loop.hpp"
#include "net/socket.hpp"
#include "net/tls.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace duet {

/// Phases follow in this order; an error skips ahead.
enum class Phase : std::uint8_t {
    greeting, // nothing has been said yet: the first bytes decide what this is
    open,     // both may speak
    draining, // all is said: what is queued still leaves, and the other's end is waited for
    closed,   // the descriptor is gone
};

enum class CloseReason : std::uint8_t {
    we_left,         // all was said on both sides, or enough time was given to it
    peer_left,       // it ended its side
    peer_lost,       // reset, unreachable, timed out: there is a SocketError that says how
    silent_too_long, // a deadline passed
    broke_protocol,  // what it sent cannot be understood
    turned_away,     // too many were there already
    too_slow,        // it does not take what it is sent: more than limits::backlog_bytes_max wait
    server_stopping,
};

/// A word for the log: "peer_left".
char const* name(CloseReason reason);

class Connection {
public:
    explicit Connection(Socket socket);
    Connection(Connection const&) = delete; // its TLS knows where it is
    Connection& operator=(Connection const&) = delete;

    /// From here on there is TLS; see Tls::Tls. Once, and before anything is queued.
    void secure(TlsContext& context, Tls::Side side, Bytes already_received);

    /// Queues bytes for the next flush. Nothing after finish_sending.
    void send(Bytes bytes);

    /// Half-closes when all that is queued has left. (With TLS its close_notify goes before.)
    void finish_sending() { wants_to_finish_ = true; }

    /// Hands to the system what it takes, in one send. After an error what is queued is thrown away,
    /// and nothing more is sent; what the other side had sent before can still be received.
    SocketResult<void> flush();

    /// Before it is closed: with TLS the other side hears that this is the end and no accident, if all
    /// that was queued has left and the system has room for the word.
    void say_goodbye();

    /// What a look at the socket has brought.
    struct Incoming {
        enum class Kind { nothing, bytes, end };
        Kind kind;
        Bytes bytes; // the kept tail and what came behind it, in the caller's room
    };

    /// Reads once. `room` must hold the tail and more; at the other side's end `bytes` is the tail.
    /// After that end it can only give an error: that the connection broke altogether.
    SocketResult<Incoming> receive(std::span<std::byte> room);

    /// What of the last Incoming could not be used yet: the beginning of the next.
    void keep(Bytes tail);

    /// What is kept.
    [[nodiscard]] std::string tail() const { return tail_ == nullptr ? "" : *tail_; }

    /// What the loop should wait for, seen from here.
    [[nodiscard]] Interest interest() const;

    void set_reading(bool wanted) { wants_to_read_ = wanted; }
    [[nodiscard]] bool wants_to_read() const { return wants_to_read_; }

    /// Null in clear. While it is_shaking_hands nothing is sent or received.
    [[nodiscard]] Tls* tls() const { return tls_.get(); }
    [[nodiscard]] bool is_shaking_hands() const
    {
        return tls_ != nullptr and not tls_->is_secured();
    }

    /// Null in clear, and until it is secured.
    [[nodiscard]] TlsExporter const* exporter() const;

    /// What was agreed to be spoken; empty if nothing was, in clear, and until it is secured.
    [[nodiscard]] std::string_view alpn() const;

    [[nodiscard]] Socket const& socket() const { return socket_; }
    void speaks_for(Address const& caller) { socket_.speaks_for(caller); }
    [[nodiscard]] std::size_t backlog_bytes() const { return backlog_.size(); }
    [[nodiscard]] std::uint64_t handed_bytes() const { return handed_bytes_; }
    [[nodiscard]] bool is_finishing() const { return wants_to_finish_; }
    [[nodiscard]] bool has_finished_sending() const { return has_finished_; }
    [[nodiscard]] bool peer_has_ended() const { return peer_has_ended_; }

    Phase phase = Phase::greeting; // the handler's to advance

private:
    SocketResult<std::size_t> hand_over(Bytes bytes);

    Socket socket_;
    std::unique_ptr<Tls> tls_; // null: in clear
    Backlog backlog_;
    std::unique_ptr<std::string> tail_;       // null: nothing is kept
    std::unique_ptr<SocketError> send_error_; // null: sending works
    std::uint64_t handed_bytes_ = 0;          // taken by the system so far
    bool wants_to_read_ = true;
    bool wants_to_finish_ = false;
    bool has_finished_ = false; // half-closed
    bool peer_has_ended_ = false;
};

} // namespace duet
