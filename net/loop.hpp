// Waits for whatever comes first: a socket, a file, a time, a signal, another thread.
//
// One turn waits once (epoll), tells each watcher what its descriptor is ready for, and rings the
// timers that are due. The owner turns it:
//
//     while (not done) {
//         loop.turn();
//         connections.flush();   // what the turn had to say leaves in one send for each socket
//     }
//
// Descriptors are watched level-triggered: what is not read now is told again, so nobody need drain
// anything. Files and /dev/null, which epoll refuses, count as always ready. An event for a watch
// that was ended in the same turn is found out by its generation and dropped.
//
// A loop belongs to the thread that made it; every method but `wake` checks that it runs there.

#pragma once

#include "base/time.hpp"
#include "net/descriptor.hpp"
#include "net/socket_error.hpp"
#include "net/timers.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace duet {

/// What a watcher wants to be told of. `trouble` alone tells only that the connection broke.
enum class Interest : std::uint8_t { nothing, trouble, reading, writing, both };

/// What a descriptor is ready for.
struct Ready {
    bool to_read;
    bool to_write;
    bool in_trouble; // broken, or ended in both directions; the next receive or send says how
};

class Watcher {
public:
    virtual void ready(Tag tag, Ready what) = 0;

protected:
    ~Watcher() = default;
};

/// One descriptor under watch.
struct WatchId {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0; // 0 names no watch
};

class Loop {
public:
    /// Errors  no descriptors, no memory.
    static SocketResult<std::unique_ptr<Loop>> create();

    /// Watches `descriptor`, which must stay open until `unwatch`. `watcher` is lent until then.
    /// The system has no more room for watches: the process ends (it has a limit in the millions).
    WatchId watch(int descriptor, Interest interest, Watcher& watcher, Tag tag = 0);
    void change(WatchId id, Interest interest);
    void unwatch(WatchId id);

    /// Rings once, `delay` after the beginning of this turn or later.
    TimerId start_timer(std::chrono::milliseconds delay, TimerHandler& handler, Tag tag = 0);
    void stop_timer(TimerId id) { timers_.stop(id); }

    /// Waits until something happens, for at most so long if a bound is given, and tells whom it concerns.
    void turn(std::optional<std::chrono::milliseconds> at_most = std::nullopt);

    /// For who waits elsewhere: a turn has something to do when this descriptor is readable...
    [[nodiscard]] int descriptor() const { return epoll_.number(); }

    /// ...or this time has come. Nullopt if no timer runs.
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() { return timers_.next(); }

    /// When the turn began: the one place where the clock is looked at.
    [[nodiscard]] MonotonicTime now() const { return now_; }

    /// From any thread: ends the wait of the turn under way, or of the next.
    void wake() const;

private:
    struct Watch {
        Watcher* watcher = nullptr; // null in a free slot
        Tag tag = 0;
        int descriptor = -1;
        std::uint32_t generation = 1;
        Interest interest = Interest::nothing;
        bool is_always_ready = false; // a file
    };

    Loop(Descriptor epoll, Descriptor bell);
    [[nodiscard]] int wait_ms(std::optional<std::chrono::milliseconds> at_most);
    void control(int operation, std::uint32_t slot, Interest interest);
    void tell(std::uint32_t slot, std::uint32_t generation, Ready what);
    void tell_files();
    void check_thread() const;
    Watch& at(WatchId id);

    Descriptor epoll_;
    Descriptor bell_; // an eventfd
    std::thread::id thread_;
    std::vector<Watch> watches_;
    std::vector<std::uint32_t> free_slots_;
    std::vector<std::uint32_t> files_; // slots of those that are always ready
    Timers timers_;
    MonotonicTime now_;
};

} // namespace duet
