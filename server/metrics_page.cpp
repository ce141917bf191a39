#include "server/metrics_page.hpp"

#include "doors/http_request.hpp"

#include <string_view>
#include <utility>

namespace duet {

namespace {

std::string page(std::string_view status, std::string_view body, std::string_view more = "")
{
    return "HTTP/1.1 " + std::string(status)
        + "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\nCache-Control: no-store\r\n" + std::string(more)
        + "Connection: close\r\n\r\n" + std::string(body);
}

Tag tag_of(ConnectionId id)
{
    return std::uint64_t {id.generation} << 32 | id.slot;
}

ConnectionId id_of(Tag tag)
{
    return {static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(tag >> 32)};
}

} // namespace

MetricsPage::MetricsPage(
    Loop& loop, Connections& connections, std::vector<Listener> listeners, Answers answers)
    : loop_(loop)
    , connections_(connections)
    , answers_(std::move(answers))
    , departures_(loop, connections)
    , acceptor_(loop, std::move(listeners), *this)
{
}

void MetricsPage::accepted(Socket socket)
{
    if (callers_ >= callers_max)
        return; // it closes here
    ++callers_;
    ConnectionId const id = connections_.add(std::move(socket), *this);
    loop_.start_timer(patience, *this, tag_of(id));
}

std::size_t MetricsPage::received(ConnectionId id, Bytes input)
{
    auto const request = read_http_request(input);
    if (request.has_value() and not request->has_value())
        return 0;
    if (not request.has_value())
        see_off(id, page("400 Bad Request", std::string(sentence(request.error())) + "\n"));
    else
        see_off(id, answer((*request)->method, (*request)->target));
    return input.size();
}

std::string MetricsPage::answer(std::string_view method, std::string_view target) const
{
    if (method != "GET")
        return page("405 Method Not Allowed", "only GET is answered here\n", "Allow: GET\r\n");
    if (target == "/metrics")
        return page("200 OK", answers_.metrics());
    if (target != "/healthz")
        return page("404 Not Found", "there are /metrics and /healthz\n");
    auto const sickness = answers_.sickness();
    return sickness.empty() ? page("200 OK", "all is well\n")
                            : page("503 Service Unavailable", sickness + "\n");
}

void MetricsPage::see_off(ConnectionId id, std::string const& last_word)
{
    --callers_;
    departures_.show_out(id, last_word);
}

void MetricsPage::ended(ConnectionId id, Bytes)
{
    see_off(id, "");
}

void MetricsPage::lost(ConnectionId, Loss const&)
{
    --callers_;
}

void MetricsPage::due(Tag tag)
{
    // It may have been answered, and be on its way out: then it is none of ours, and time ends it soon.
    ConnectionId const id = id_of(tag);
    Connection const* const connection = connections_.find(id);
    if (connection != nullptr and not connection->is_finishing())
        see_off(id, "");
}

} // namespace duet
