#include "terminal/refusals.hpp"

#include "base/limits.hpp"

#include <utility>

namespace duet {

Refusals::Refusals(Loop& loop, Connections& connections)
    : loop_(loop), connections_(connections) { }

Refusals::~Refusals()
{
    loop_.stop_timer(timer_);
    for (Leaving const& leaving : leaving_)
        connections_.close(leaving.id, CloseReason::server_stopping);
}

void Refusals::refuse(Socket socket, std::string_view words)
{
    ConnectionId const id = connections_.add(std::move(socket), *this);
    connections_.send(id, as_bytes(words));
    connections_.finish_sending(id);
    leaving_.push_back({id, loop_.now() + limits::drain_silence_max});
    if (leaving_.size() > limits::busy_callers_max) {
        connections_.close(leaving_.front().id, CloseReason::silent_too_long);
        leaving_.pop_front();
    }
    if (not timer_runs_)
        start_timer();
}

std::size_t Refusals::received(ConnectionId, Bytes input)
{
    return input.size();
}

void Refusals::ended(ConnectionId id, Bytes)
{
    connections_.close(id, CloseReason::peer_left);
}

void Refusals::lost(ConnectionId, Loss const&) { }

void Refusals::sent(ConnectionId) { }

void Refusals::due(Tag)
{
    timer_runs_ = false;
    while (not leaving_.empty()
        and (leaving_.front().until <= loop_.now()
            or connections_.find(leaving_.front().id) == nullptr)) {
        connections_.close(leaving_.front().id, CloseReason::silent_too_long);
        leaving_.pop_front();
    }
    if (not leaving_.empty())
        start_timer();
}

void Refusals::start_timer()
{
    timer_runs_ = true;
    timer_ = loop_.start_timer(limits::drain_silence_max / 8, *this);
}

} // namespace duet
