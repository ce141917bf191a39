#include "net/dialler.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <cerrno>

namespace duet {

namespace {

constexpr Tag next_is_due = 0;
constexpr Tag end_is_due = 1;

} // namespace

Dialler::Dialler(Loop& loop, DiallerHandler& handler) : loop_(loop), handler_(handler) { }

Dialler::~Dialler()
{
    stop();
}

void Dialler::dial(std::vector<Address> addresses)
{
    check(not addresses.empty());
    stop();
    addresses_ = std::move(addresses);
    attempts_.clear();
    errors_.clear();
    end_timer_ = loop_.start_timer(limits::connect_time_max, *this, end_is_due);
    try_next();
}

void Dialler::try_next()
{
    loop_.stop_timer(next_timer_);
    while (attempts_.size() < addresses_.size()) {
        std::size_t const index = attempts_.size();
        log_debug("connecting to " + addresses_[index].text());
        auto socket = Socket::connect(addresses_[index]);
        attempts_.emplace_back();
        if (not socket.has_value()) {
            errors_.push_back(socket.error());
            continue;
        }
        int const number = socket->number();
        attempts_[index] = Attempt {std::move(socket).value(), {}};
        attempts_[index]->watch = loop_.watch(number, Interest::writing, *this, index);
        if (attempts_.size() < addresses_.size())
            next_timer_ = loop_.start_timer(limits::connect_attempt_delay, *this, next_is_due);
        return;
    }
    if (errors_.size() == addresses_.size()) {
        stop();
        handler_.not_reached(errors_);
    }
}

void Dialler::ready(Tag tag, Ready)
{
    Attempt attempt = std::move(attempts_[tag].value());
    attempts_[tag].reset();
    loop_.unwatch(attempt.watch);
    auto const connected = attempt.socket.pending_error();
    if (connected.has_value())
        return succeed(std::move(attempt.socket));
    errors_.push_back(connected.error());
    try_next();
}

void Dialler::due(Tag tag)
{
    if (tag == next_is_due)
        return try_next();
    for (auto const& attempt : attempts_) {
        if (attempt.has_value())
            errors_.push_back(socket_error("connect to", attempt->socket.peer(), ETIMEDOUT));
    }
    stop();
    handler_.not_reached(errors_);
}

void Dialler::succeed(Socket socket)
{
    stop();
    handler_.reached(std::move(socket));
}

void Dialler::stop()
{
    loop_.stop_timer(next_timer_);
    loop_.stop_timer(end_timer_);
    for (auto& attempt : attempts_) {
        if (attempt.has_value())
            loop_.unwatch(attempt->watch);
        attempt.reset();
    }
}

} // namespace duet
