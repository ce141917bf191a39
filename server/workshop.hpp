// A thread for what takes long and changes nothing: lists, checks, copies. One job at a time.
//
// What a job says waits here until whoever asked can hear it; while `unheard_bytes_max` wait, the job waits
// too. So a list of a million people goes out no faster than it is read.

#pragma once

#include "net/connections.hpp"
#include "net/descriptor.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace duet {

/// Whom a job works for. The job's thread alone speaks to it.
class Customer {
public:
    virtual ~Customer() = default;

    /// Says something. Waits while too much is unheard.
    virtual void say(std::string words) = 0;

    /// Says something, and hands over a file that is open.
    virtual void give(std::string words, Descriptor file) = 0;

    /// Whether the job should give up: they have gone, or the process wants to end.
    virtual bool has_gone() = 0;
};

class Workshop {
public:
    using Job = std::function<void(Customer& customer)>;

    struct Said {
        ConnectionId to;
        std::string words;
        Descriptor file {}; // most are not open: nothing is handed over
    };

    /// So many jobs may wait.
    static constexpr std::size_t waiting_max = 16;

    /// A job waits while so much of what it said is not taken.
    static constexpr std::size_t unheard_bytes_max = 256 * 1024;

    /// And no longer than this: then whoever ordered it counts as gone.
    static constexpr std::chrono::seconds patience {60};

    explicit Workshop(Loop const& loop);
    ~Workshop() = default;
    Workshop(Workshop const&) = delete;
    Workshop& operator=(Workshop const&) = delete;

    /// False if too many are waiting.
    bool begin(ConnectionId customer, Job job);

    /// The first thing said, of those to whoever `can_hear` it. What is said to one keeps its order.
    std::optional<Said> take(std::function<bool(Said const&)> const& can_hear);

    /// Nothing more will be taken for this one.
    void forget(ConnectionId customer);

private:
    class AtWork;

    struct Order {
        ConnectionId customer;
        Job job;
    };

    void run(std::stop_token const& stop);
    void say(std::stop_token const& stop, Said said);
    bool has_gone(std::stop_token const& stop);

    Loop const& loop_; // woken when something was said

    std::mutex mutex_; // guards all below
    std::condition_variable_any changed_;
    std::deque<Order> waiting_;
    ConnectionId at_work_for_ {};
    bool is_forgotten_ = false; // whom we are at work for
    std::deque<Said> said_;
    std::size_t unheard_bytes_ = 0;

    std::jthread thread_; // last: it ends before all that it uses
};

} // namespace duet
