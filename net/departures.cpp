#include "net/departures.hpp"

#include "base/limits.hpp"

#include <utility>

namespace duet {

Departures::Departures(Loop& loop, Connections& connections)
    : loop_(loop), connections_(connections)
{
}

Departures::~Departures()
{
    loop_.stop_timer(timer_);
    while (not leaving_.empty())
        close_longest_leaving();
}

void Departures::show_out(Socket socket, std::string_view last_word)
{
    show_out(connections_.add(std::move(socket), *this), last_word);
}

void Departures::show_out(ConnectionId id, std::string_view last_word)
{
    connections_.hand_over(id, *this);
    Connection const* const connection = connections_.find(id);
    bool const may_speak = connection != nullptr and not connection->is_finishing();
    if (may_speak and not last_word.empty())
        connections_.send(id, as_bytes(last_word));
    connections_.finish_sending(id);
    connections_.set_reading(id, true);
    leaving_.push_back({id, loop_.now() + limits::drain_silence_max});
    if (leaving_.size() > limits::departures_max)
        std::erase_if(leaving_,
            [this](Leaving const& leaving) { return connections_.find(leaving.id) == nullptr; });
    if (leaving_.size() > limits::departures_max)
        close_longest_leaving();
    if (not timer_runs_)
        start_timer();
}

std::size_t Departures::received(ConnectionId, Bytes input)
{
    return input.size();
}

void Departures::ended(ConnectionId id, Bytes)
{
    connections_.close(id, CloseReason::peer_left);
}

void Departures::lost(ConnectionId, Loss const&) { }

void Departures::sent(ConnectionId) { }

void Departures::due(Tag)
{
    timer_runs_ = false;
    auto const has_left = [this](Leaving const& leaving) {
        return connections_.find(leaving.id) == nullptr;
    };
    while (not leaving_.empty()
        and (leaving_.front().until <= loop_.now() or has_left(leaving_.front())))
        close_longest_leaving();
    if (not leaving_.empty())
        start_timer();
}

void Departures::close_longest_leaving()
{
    connections_.close(leaving_.front().id, CloseReason::silent_too_long);
    leaving_.pop_front();
}

void Departures::start_timer()
{
    timer_runs_ = true;
    timer_ = loop_.start_timer(limits::drain_silence_max / 8, *this);
}

} // namespace duet
