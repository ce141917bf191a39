#include "net/acceptor.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"

#include <string>
#include <utility>

namespace duet {

Acceptor::Acceptor(Loop& loop, std::vector<Listener> listeners, AcceptorHandler& handler)
    : loop_(loop), handler_(handler), listeners_(std::move(listeners))
{
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        watches_.push_back(loop_.watch(listeners_[i].number(), Interest::reading, *this, i));
}

Acceptor::~Acceptor()
{
    loop_.stop_timer(rest_timer_);
    for (WatchId const watch : watches_)
        loop_.unwatch(watch);
}

std::uint64_t Acceptor::turned_away() const
{
    std::uint64_t all = 0;
    for (Listener const& listener : listeners_)
        all += listener.turned_away();
    return all;
}

void Acceptor::ready(Tag tag, Ready)
{
    for (std::size_t i = 0; i < limits::accept_batch_max; ++i) {
        auto accepted = listeners_[tag].accept();
        if (accepted.must_rest) {
            ++rests_;
            log_warning("no descriptor is left: accepting rests, " + std::to_string(turned_away())
                + " callers turned away so far");
            for (WatchId const watch : watches_)
                loop_.change(watch, Interest::nothing);
            rest_timer_ = loop_.start_timer(limits::accept_pause, *this);
            return;
        }
        if (not accepted.socket.has_value())
            return;
        handler_.accepted(std::move(*accepted.socket));
    }
}

void Acceptor::due(Tag)
{
    for (WatchId const watch : watches_)
        loop_.change(watch, Interest::reading);
}

} // namespace duet
