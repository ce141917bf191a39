#include "net/connection.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <cerrno>

namespace duet {

char const* name(CloseReason reason)
{
    switch (reason) {
    case CloseReason::we_left:
        return "we_left";
    case CloseReason::peer_left:
        return "peer_left";
    case CloseReason::peer_lost:
        return "peer_lost";
    case CloseReason::silent_too_long:
        return "silent_too_long";
    case CloseReason::broke_protocol:
        return "broke_protocol";
    case CloseReason::turned_away:
        return "turned_away";
    case CloseReason::too_slow:
        return "too_slow";
    case CloseReason::server_stopping:
        return "server_stopping";
    }
    return "unknown";
}

Connection::Connection(Socket socket) : socket_(std::move(socket)) { }

void Connection::secure(TlsContext& context, Tls::Side side, Bytes already_received)
{
    check(tls_ == nullptr);
    check(backlog_.empty());
    tls_ = std::make_unique<Tls>(context, side, socket_, already_received);
}

TlsExporter const* Connection::exporter() const
{
    return tls_ == nullptr or is_shaking_hands() ? nullptr : &tls_->exporter();
}

std::string_view Connection::alpn() const
{
    return tls_ == nullptr or is_shaking_hands() ? "" : tls_->alpn();
}

void Connection::send(Bytes bytes)
{
    check(not wants_to_finish_);
    if (send_error_ == nullptr)
        backlog_.append(bytes);
}

SocketResult<void> Connection::flush()
{
    if (send_error_ != nullptr or is_shaking_hands())
        return {};
    if (not backlog_.empty()) {
        auto const taken = hand_over(backlog_.front());
        if (not taken.has_value()) {
            send_error_ = std::make_unique<SocketError>(taken.error());
            backlog_.drop(backlog_.size());
            return fail(*send_error_);
        }
        handed_bytes_ += *taken;
        backlog_.drop(*taken);
    }
    if (backlog_.empty() and wants_to_finish_ and not has_finished_) {
        if (tls_ != nullptr and not tls_->finish_sending())
            return {};
        has_finished_ = true;
        socket_.finish_sending();
    }
    return {};
}

void Connection::say_goodbye()
{
    if (tls_ != nullptr and backlog_.empty() and not has_finished_ and send_error_ == nullptr)
        static_cast<void>(tls_->finish_sending());
}

SocketResult<std::size_t> Connection::hand_over(Bytes bytes)
{
    return tls_ == nullptr ? socket_.send(bytes) : tls_->send(bytes);
}

SocketResult<Connection::Incoming> Connection::receive(std::span<std::byte> room)
{
    if (peer_has_ended_) {
        // To receive the system only says "end" again; the error is kept apart.
        TRY_VOID(socket_.pending_error("receive from"));
        return fail(socket_error("send to", socket_.peer(), EPIPE));
    }
    std::size_t const kept = tail_ == nullptr ? 0 : tail_->size();
    check(kept < room.size());
    if (kept > 0)
        std::ranges::copy(as_bytes(*tail_), room.begin());

    std::span<std::byte> const rest = room.subspan(kept);
    auto const came = TRY(tls_ == nullptr ? socket_.receive(rest) : tls_->receive(rest));
    if (not came.has_value())
        return Incoming {Incoming::Kind::nothing, {}};
    if (*came == 0 and send_error_ != nullptr)
        return fail(
            *send_error_); // the error was told to send; to receive the system only says "end"
    if (*came == 0) {
        peer_has_ended_ = true;
        tail_.reset(); // it is told now, and not once more with a loss
        return Incoming {Incoming::Kind::end, room.first(kept)};
    }
    return Incoming {Incoming::Kind::bytes, room.first(kept + *came)};
}

void Connection::keep(Bytes tail)
{
    if (tail.empty()) {
        tail_.reset();
        return;
    }
    if (tail_ == nullptr)
        tail_ = std::make_unique<std::string>();
    tail_->assign(as_text(tail));
}

Interest Connection::interest() const
{
    if (is_shaking_hands())
        return tls_->wants_to_write() ? Interest::both : Interest::reading;
    bool const must_say_goodbye = wants_to_finish_ and not has_finished_;
    bool const writes = (not backlog_.empty() or must_say_goodbye) and send_error_ == nullptr;
    if (peer_has_ended_) // and what else it has to say can only be a reset
        return writes ? Interest::writing : has_finished_ ? Interest::nothing : Interest::trouble;
    if (wants_to_read_)
        return writes ? Interest::both : Interest::reading;
    return writes ? Interest::writing : Interest::nothing;
}

} // namespace duet
