// Signals as events of the loop, by signalfd: nothing runs in a handler, where almost nothing may.

#pragma once

#include "net/descriptor.hpp"
#include "net/loop.hpp"

#include <csignal>
#include <initializer_list>

namespace duet {

class SignalHandler {
public:
    /// `number` is SIGINT, SIGTERM, …
    virtual void signalled(int number) = 0;

protected:
    ~SignalHandler() = default;
};

/// While it lives, `numbers` no longer interrupt this thread (and those that it starts): they are
/// told to `handler` in a turn of the loop.
class Signals final : Watcher {
public:
    Signals(Loop& loop, std::initializer_list<int> numbers, SignalHandler& handler);
    ~Signals();
    Signals(Signals const&) = delete;
    Signals& operator=(Signals const&) = delete;

private:
    void ready(Tag tag, Ready what) override;

    Loop& loop_;
    SignalHandler& handler_;
    sigset_t before_ {};
    Descriptor descriptor_;
    WatchId watch_;
};

} // namespace duet
