// Accepts callers, a batch in a turn of the loop, and rests when there are no descriptors left.

#pragma once

#include "net/listener.hpp"
#include "net/loop.hpp"

#include <cstdint>
#include <vector>

namespace duet {

class AcceptorHandler {
public:
    virtual void accepted(Socket socket) = 0;

protected:
    ~AcceptorHandler() = default;
};

class Acceptor final : Watcher, TimerHandler {
public:
    Acceptor(Loop& loop, std::vector<Listener> listeners, AcceptorHandler& handler);
    ~Acceptor();
    Acceptor(Acceptor const&) = delete;
    Acceptor& operator=(Acceptor const&) = delete;

    [[nodiscard]] std::vector<Listener> const& listeners() const { return listeners_; }

    /// Callers that were let go, and how often accepting rested, for want of descriptors.
    [[nodiscard]] std::uint64_t turned_away() const;
    [[nodiscard]] std::uint64_t rests() const { return rests_; }

private:
    void ready(Tag tag, Ready what) override; // tag: the listener's index
    void due(Tag tag) override;

    Loop& loop_;
    AcceptorHandler& handler_;
    std::vector<Listener> listeners_;
    std::vector<WatchId> watches_;
    TimerId rest_timer_;
    std::uint64_t rests_ = 0;
};

} // namespace duet
