#include "net/connections.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <cerrno>
#include <utility>

namespace duet {

namespace {

Tag tag_of(ConnectionId id)
{
    return std::uint64_t {id.generation} << 32 | id.slot;
}

ConnectionId id_of(Tag tag)
{
    return {static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(tag >> 32)};
}

} // namespace

Connections::Connections(Loop& loop) : loop_(loop), room_(limits::read_buffer_bytes) { }

Connections::~Connections()
{
    if (handshakers_ != nullptr)
        handshakers_->stop();
    take_back();
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
        close({slot, slots_[slot].generation}, CloseReason::server_stopping);
}

ConnectionId Connections::add(Socket socket, ConnectionHandler& kind)
{
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    std::uint32_t const number = free_slots_.back();
    free_slots_.pop_back();

    Slot& slot = slots_[number];
    ConnectionId const id {number, slot.generation};
    slot.connection.emplace(std::move(socket));
    slot.kind = &kind;
    slot.watch = loop_.watch(
        slot.connection->socket().number(), slot.connection->interest(), *this, tag_of(id));
    return id;
}

Connection* Connections::find(ConnectionId id)
{
    if (id.slot >= slots_.size() or slots_[id.slot].generation != id.generation)
        return nullptr;
    auto& connection = slots_[id.slot].connection;
    return connection.has_value() ? &*connection : nullptr;
}

void Connections::hand_over(ConnectionId id, ConnectionHandler& kind)
{
    Connection* const connection = find(id);
    if (connection == nullptr)
        return;
    Slot& slot = slots_[id.slot];
    slot.kind = &kind;
    // In the middle of receiving the rest is offered when the one before has said what it used.
    if (std::string const kept = connection->tail(); not kept.empty() and not slot.is_at_work)
        offer(id, as_bytes(kept));
}

void Connections::give_handshakes_to(std::size_t threads)
{
    check(handshakers_ == nullptr);
    if (threads > 0)
        handshakers_ = std::make_unique<Handshakers>(loop_, threads);
}

void Connections::secure_as_server(ConnectionId id, TlsContext& context, Bytes already_received)
{
    secure(id, context, Tls::Side::server, already_received);
}

void Connections::secure_as_client(ConnectionId id, TlsContext& context)
{
    secure(id, context, Tls::Side::client, {});
}

void Connections::secure(
    ConnectionId id, TlsContext& context, Tls::Side side, Bytes already_received)
{
    Connection* const connection = find(id);
    if (connection == nullptr)
        return;
    connection->secure(context, side, already_received);
    connection->tls()->timer = loop_.start_timer(limits::handshake_time_max, *this, tag_of(id));
    touch(id);
}

void Connections::send(ConnectionId id, Bytes bytes)
{
    Connection* const connection = find(id);
    if (connection == nullptr)
        return;
    connection->send(bytes);
    touch(id);
}

void Connections::finish_sending(ConnectionId id)
{
    Connection* const connection = find(id);
    if (connection == nullptr)
        return;
    connection->finish_sending();
    touch(id);
}

void Connections::set_reading(ConnectionId id, bool wanted)
{
    Connection* const connection = find(id);
    if (connection == nullptr)
        return;
    connection->set_reading(wanted);
    if (slots_[id.slot].is_lent)
        return;
    loop_.change(slots_[id.slot].watch, connection->interest());
    look_again(id);
}

void Connections::close(ConnectionId id, CloseReason reason)
{
    Connection* const connection = find(id);
    if (connection == nullptr)
        return;
    if (log_takes(LogLevel::debug))
        log_debug("connection with " + connection->socket().peer() + " closed: " + name(reason));
    Slot& slot = slots_[id.slot];
    if (connection->tls() != nullptr)
        loop_.stop_timer(connection->tls()->timer);
    connection->say_goodbye();
    connection->phase = Phase::closed;
    loop_.unwatch(slot.watch);
    slot.is_touched = false;
    slot.is_at_work = false;
    if (++slot.generation == 0)
        slot.generation = 1;
    if (not slot.is_lent) // else when it comes back
        vacate(id.slot);
}

void Connections::vacate(std::uint32_t slot)
{
    slots_[slot].connection.reset();
    free_slots_.push_back(slot);
}

void Connections::flush()
{
    take_back();
    // A handler may touch others, or the same again: those wait for the next round.
    while (not touched_.empty()) {
        for (ConnectionId const id : std::exchange(touched_, {})) {
            slots_[id.slot].is_touched = false;
            flush(id);
        }
    }
}

void Connections::ready(Tag tag, Ready what)
{
    ConnectionId const id = id_of(tag);
    Connection const& connection = *slots_[id.slot].connection;
    if (connection.is_shaking_hands())
        return shake_hands(id);
    // Trouble while its handler takes nothing is told when it takes again, behind all that came.
    bool const may_receive = connection.wants_to_read() or connection.peer_has_ended();
    if (what.to_write or (what.in_trouble and not may_receive))
        touch(id);
    if ((what.to_read or what.in_trouble) and may_receive)
        receive(id);
}

/// A handshake has taken too long, or there is more to be told than the socket knows of.
void Connections::due(Tag tag)
{
    ConnectionId const id = id_of(tag);
    Connection const& connection = *slots_[id.slot].connection;
    if (connection.is_shaking_hands())
        return lose(id, CloseReason::silent_too_long, nullptr);
    if (connection.wants_to_read() and not connection.peer_has_ended())
        receive(id);
}

void Connections::shake_hands(ConnectionId id)
{
    Slot& slot = slots_[id.slot];
    if (slot.is_lent)
        return;
    Tls& tls = *slot.connection->tls();
    if (handshakers_ == nullptr)
        return has_shaken(id, tls.work_on_keys());
    slot.is_lent = true;
    loop_.change(slot.watch, Interest::nothing);
    handshakers_->begin(tag_of(id), tls);
}

/// What the handshakers have done since the last time.
void Connections::take_back()
{
    if (handshakers_ == nullptr)
        return;
    for (Handshakers::Done const& done : handshakers_->take_done()) {
        ConnectionId const id = id_of(done.tag);
        slots_[id.slot].is_lent = false;
        if (find(id) == nullptr) // it was closed meanwhile
            vacate(id.slot);
        else
            has_shaken(id, done.progress);
    }
}

void Connections::has_shaken(ConnectionId id, SocketResult<Tls::Progress> const& progress)
{
    if (not progress.has_value())
        return lose(id, progress.error());
    Connection& connection = *slots_[id.slot].connection;
    connection.tls()->take_note(*progress);
    loop_.change(slots_[id.slot].watch, connection.interest());
    if (connection.is_shaking_hands())
        return;
    loop_.stop_timer(connection.tls()->timer);
    touch(id); // what was queued meanwhile
    slots_[id.slot].kind->secured(id);
    look_again(id);
}

/// The system tells of bytes that wait in the socket. Of those that wait inside the TLS only we know.
void Connections::look_again(ConnectionId id)
{
    Connection const* const connection = find(id);
    if (connection == nullptr or connection->exporter() == nullptr)
        return;
    Tls& tls = *connection->tls();
    if (not tls.has_more() or not connection->wants_to_read() or connection->peer_has_ended())
        return;
    loop_.stop_timer(tls.timer);
    tls.timer = loop_.start_timer(limits::Duration(0), *this, tag_of(id));
}

void Connections::receive(ConnectionId id)
{
    auto const incoming = slots_[id.slot].connection->receive(room_);
    if (not incoming.has_value())
        return lose(id, incoming.error());

    switch (incoming->kind) {
    case Connection::Incoming::Kind::nothing:
        return;
    case Connection::Incoming::Kind::end:
        loop_.change(slots_[id.slot].watch, slots_[id.slot].connection->interest());
        return slots_[id.slot].kind->ended(id, incoming->bytes);
    case Connection::Incoming::Kind::bytes:
        offer(id, incoming->bytes);
        look_again(id);
    }
}

/// What the handler does not use is kept; but if it has handed over meanwhile, the next one is asked first.
void Connections::offer(ConnectionId id, Bytes bytes)
{
    ConnectionHandler* asked = nullptr;
    while (not bytes.empty() and slots_[id.slot].kind != asked) {
        asked = slots_[id.slot].kind;
        slots_[id.slot].is_at_work = true;
        std::size_t const used = asked->received(id, bytes);
        if (find(id) == nullptr)
            return;
        slots_[id.slot].is_at_work = false;
        bytes = bytes.subspan(used);
    }
    if (Connection* const connection = find(id); connection != nullptr)
        connection->keep(bytes);
}

void Connections::flush(ConnectionId id)
{
    Connection* const connection = find(id);
    if (connection == nullptr)
        return;
    if (connection->is_shaking_hands())
        return shake_hands(id);
    auto const before = connection->handed_bytes();
    auto const result = connection->flush();
    if (not result.has_value() and connection->peer_has_ended())
        return lose(id, CloseReason::peer_lost, &result.error());
    // Otherwise receive tells the loss, at the end of what the other side had said.
    if (connection->backlog_bytes() > limits::backlog_bytes_max)
        return lose(id, CloseReason::too_slow, nullptr);
    loop_.change(slots_[id.slot].watch, connection->interest());
    if (connection->handed_bytes() != before)
        slots_[id.slot].kind->sent(id);
}

void Connections::touch(ConnectionId id)
{
    if (std::exchange(slots_[id.slot].is_touched, true))
        return;
    touched_.push_back(id);
}

void Connections::lose(ConnectionId id, SocketError const& error)
{
    // What TLS did not like, not what the system did.
    bool const is_broken = error.code == EPROTO;
    lose(id, is_broken ? CloseReason::broke_protocol : CloseReason::peer_lost, &error);
}

void Connections::lose(ConnectionId id, CloseReason reason, SocketError const* error)
{
    // Copied: closing throws away what they point into.
    std::string const tail = slots_[id.slot].connection->tail();
    std::optional<SocketError> const kept = error == nullptr ? std::nullopt : std::optional(*error);
    ConnectionHandler& kind = *slots_[id.slot].kind;
    close(id, reason);
    kind.lost(id, {reason, kept.has_value() ? &*kept : nullptr, as_bytes(tail)});
}

} // namespace duet
