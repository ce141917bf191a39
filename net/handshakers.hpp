// Threads that agree on keys, so that no talk waits for arithmetic.
//
// A handshake is some hundred microseconds of arithmetic for whoever is called, where a line of talk is ten. So
// when thousands come back at once their handshakes are done elsewhere, and the loop goes on meanwhile.
//
// A Tls that was given away is its thread's until it is taken back: nobody else touches it, or lets it die.

#pragma once

#include "net/loop.hpp"
#include "net/tls.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace duet {

class Handshakers {
public:
    /// `loop` is lent; it is woken when there is something to take back.
    Handshakers(Loop const& loop, std::size_t threads);
    ~Handshakers();
    Handshakers(Handshakers const&) = delete;
    Handshakers& operator=(Handshakers const&) = delete;

    /// Has one step of its handshake done.
    void begin(Tag tag, Tls& tls);

    struct Done {
        Tag tag;
        SocketResult<Tls::Progress> progress;
    };

    /// What is done since the last call, in no order.
    std::vector<Done> take_done();

    /// When it returns no thread is at work, and all that was begun can be taken back.
    void stop();

private:
    struct Job {
        Tag tag;
        Tls* tls;
    };

    void work();

    Loop const& loop_;
    std::mutex mutex_; // over the three below
    std::deque<Job> jobs_;
    std::vector<Done> done_;
    bool must_stop_ = false;
    std::condition_variable has_news_;
    std::vector<std::thread> threads_; // the last member: they use all others
};

} // namespace duet
