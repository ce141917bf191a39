#include "net/handshakers.hpp"

#include <utility>

namespace duet {

Handshakers::Handshakers(Loop const& loop, std::size_t threads) : loop_(loop)
{
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] { work(); });
}

Handshakers::~Handshakers()
{
    stop();
}

void Handshakers::begin(Tag tag, Tls& tls)
{
    {
        std::lock_guard const lock(mutex_);
        jobs_.push_back({tag, &tls});
    }
    has_news_.notify_one();
}

std::vector<Handshakers::Done> Handshakers::take_done()
{
    std::lock_guard const lock(mutex_);
    return std::exchange(done_, {});
}

void Handshakers::stop()
{
    {
        std::lock_guard const lock(mutex_);
        must_stop_ = true;
    }
    has_news_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
    threads_.clear();
}

/// What is begun is done to its end also when it must stop: somebody waits to take it back.
void Handshakers::work()
{
    std::unique_lock lock(mutex_);
    while (true) {
        has_news_.wait(lock, [this] { return must_stop_ or not jobs_.empty(); });
        if (jobs_.empty())
            return;
        Job const job = jobs_.front();
        jobs_.pop_front();
        lock.unlock();
        auto progress = job.tls->work_on_keys();
        lock.lock();
        done_.push_back({job.tag, std::move(progress)});
        if (done_.size() == 1) // else the loop was woken already, and takes this with the rest
            loop_.wake();
    }
}

} // namespace duet
