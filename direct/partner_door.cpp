#include "direct/partner_door.hpp"

#include "base/limits.hpp"
#include "doors/lines.hpp"
#include "server/session_ids.hpp"

#include <chrono>

namespace duet {

namespace {

/// Answers that wait in the outbox before they are written out, between two requests of one device.
constexpr std::size_t events_gathered_max = 64;

} // namespace

PartnerDoor::PartnerDoor(Loop& loop, Connections& connections, Chat& chat, Outbox& outbox)
    : connections_(connections), chat_(chat), outbox_(outbox), departures_(loop, connections)
{
}

Now PartnerDoor::now()
{
    return {std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
        std::chrono::steady_clock::now()};
}

// Coming and going

void PartnerDoor::adopt(ConnectionId id)
{
    here_[id.slot] = id.generation;
    chat_.connected(session_of(id), now());
    connections_.hand_over(id, *this);
}

bool PartnerDoor::has(ConnectionId id) const
{
    auto const found = here_.find(id.slot);
    return found != here_.end() and found->second == id.generation;
}

void PartnerDoor::ended(ConnectionId id, Bytes)
{
    forget(id, true);
    departures_.show_out(id, "");
}

void PartnerDoor::lost(ConnectionId id, Loss const&)
{
    forget(id, false);
}

void PartnerDoor::forget(ConnectionId id, bool in_order)
{
    here_.erase(id.slot);
    gone_.push_back({id, in_order});
    chat_.disconnected(session_of(id), outbox_);
}

// What they say

std::size_t PartnerDoor::received(ConnectionId id, Bytes input)
{
    if (not is_listening_)
        return input.size();
    std::size_t used = 0;
    while (has(id)) {
        auto const line = next_line(input.subspan(used), limits::json_line_bytes_max);
        if (line.has_value() and not line->has_value())
            return used;
        if (not line.has_value()) {
            chat_.reject(session_of(id), line.error(), outbox_);
            deliver();
            break;
        }
        used += (*line)->used;
        hear(id, as_bytes((*line)->text));
    }
    return input.size();
}

void PartnerDoor::hear(ConnectionId id, Bytes line)
{
    auto const request = json_.decode_request(line);
    if (request.has_value())
        chat_.handle(session_of(id), *request, exporter_of(id), now(), outbox_);
    else
        chat_.reject(session_of(id), request.error(), outbox_);
    // A goodbye is delivered at once: behind it nothing is heard.
    if (not chat_.knows(session_of(id)) or outbox_.size() >= events_gathered_max)
        deliver();
    Connection const* const connection = connections_.find(id);
    if (connection != nullptr and connection->backlog_bytes() > limits::backlog_bytes_max)
        connections_.flush(); // which lets go of one who does not take it
}

/// Nothing on the pair of sockets to our own device.
Bytes PartnerDoor::exporter_of(ConnectionId id)
{
    Connection const* const connection = connections_.find(id);
    bool const has_one = connection != nullptr and connection->exporter() != nullptr;
    return has_one ? Bytes(*connection->exporter()) : Bytes();
}

// What they are told

void PartnerDoor::deliver()
{
    // It may grow meanwhile: that one has left is told to others.
    for (std::size_t i = 0; i < outbox_.size(); ++i)
        say(Outgoing(std::move(outbox_[i])));
    outbox_.clear();
}

void PartnerDoor::say(Outgoing const& outgoing)
{
    ConnectionId const id = connection_of(outgoing.to);
    if (not has(id))
        return; // it has left meanwhile
    text_.clear();
    encode(outgoing.event, text_);
    if (not std::holds_alternative<Bye>(outgoing.event.body))
        return connections_.send(id, as_bytes(text_));
    std::string const last_word = text_;
    forget(id, false);
    departures_.show_out(id, last_word);
}

} // namespace duet
