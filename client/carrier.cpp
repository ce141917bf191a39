#include "client/carrier.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"

#include <algorithm>

namespace duet {

Carrier::Carrier(std::unique_ptr<Machine> machine, Connections& connections, ClientHandler& handler)
    : machine_(std::move(machine)), connections_(connections), handler_(handler)
{
}

Now Carrier::now()
{
    return {std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
        std::chrono::steady_clock::now()};
}

bool Carrier::act()
{
    check(not is_in_turn_);
    is_in_turn_ = true;
    bool const is_time = machine_->pass_time(now());
    machine_->settle(now());
    send_output();
    leave_if_must();
    tell_all();
    send_output(); // what the handler has said
    is_in_turn_ = false;
    return is_time;
}

std::optional<MonotonicTime> Carrier::next_deadline() const
{
    if (machine_->has_happenings() or not machine_->must_disconnect().empty())
        return now().at;
    return machine_->next_deadline();
}

void Carrier::push()
{
    if (not is_in_turn_)
        send_output();
}

std::uint64_t Carrier::ask(Request::Body body)
{
    std::uint64_t const id = machine_->ask(std::move(body));
    push();
    return id;
}

// The connection

void Carrier::begin(ConnectionId connection)
{
    connection_ = connection;
    auto const* const exporter = connections_.find(connection)->exporter();
    machine_->connected(now(), exporter == nullptr ? Bytes() : Bytes(*exporter));
}

void Carrier::end(std::string const& words)
{
    connections_.close(std::exchange(connection_, {}), CloseReason::we_left);
    machine_->disconnected(now(), words);
}

std::size_t Carrier::received(ConnectionId, Bytes input)
{
    return machine_->received(input, now());
}

void Carrier::ended(ConnectionId, Bytes)
{
    machine_->settle(now());
    leave_if_must(); // it has said why
    if (connections_.find(connection_) == nullptr)
        return;
    connections_.close(connection_, CloseReason::peer_left);
    end("the server has ended the connection");
}

void Carrier::lost(ConnectionId, Loss const& loss)
{
    machine_->settle(now());
    end(loss.error == nullptr ? name(loss.reason) : loss.error->text());
}

/// As much as the connection takes without growing large; the rest waits here, and is bounded by what
/// may be unanswered.
void Carrier::send_output()
{
    for (;;) {
        connections_.flush();
        Connection const* const connection = connections_.find(connection_);
        Bytes const output = machine_->output();
        if (connection == nullptr or connection->is_finishing() or output.empty())
            return;
        std::size_t const waiting = connection->backlog_bytes();
        if (waiting >= limits::backlog_bytes_mark)
            return;
        std::size_t const bytes = std::min(output.size(), limits::backlog_bytes_mark - waiting);
        connections_.send(connection_, output.first(bytes));
        machine_->sent(bytes);
    }
}

void Carrier::leave_if_must()
{
    if (not machine_->must_disconnect().empty())
        end(std::string(machine_->must_disconnect()));
}

void Carrier::tell_all()
{
    for (Happening const& happening : machine_->take_happenings())
        tell(happening);
}

void Carrier::tell(Happening const& happening)
{
    duet::tell(handler_, happening);
}

} // namespace duet
