// The page of a server's numbers, over HTTP, at a place of its own: /metrics for Prometheus, /healthz for whoever
// asks whether all is well.
//
// It is never at the port where people come in, and for this machine alone: what it tells is nobody else's business.

#pragma once

#include "base/bytes.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "net/departures.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace duet {

class MetricsPage final : AcceptorHandler, ConnectionHandler, TimerHandler {
public:
    struct Answers {
        std::function<std::string()> metrics; // the page
        std::function<std::string()>
            sickness; // a line that says what is wrong; empty if nothing is
    };

    /// So many may ask at a time.
    static constexpr std::size_t callers_max = 32;

    /// Whoever has not asked by then is let go.
    static constexpr std::chrono::seconds patience {10};

    /// All are lent.
    MetricsPage(
        Loop& loop, Connections& connections, std::vector<Listener> listeners, Answers answers);

private:
    void accepted(Socket socket) override;
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { }
    void due(Tag tag) override;

    [[nodiscard]] std::string answer(std::string_view method, std::string_view target) const;
    void see_off(ConnectionId id, std::string const& last_word);

    Loop& loop_;
    Connections& connections_;
    Answers const answers_;
    Departures departures_;
    Acceptor acceptor_;
    std::size_t callers_ = 0; // who has not been answered
};

} // namespace duet
