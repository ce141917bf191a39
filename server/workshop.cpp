#include "server/workshop.hpp"

#include <algorithm>
#include <utility>

namespace duet {

/// Speaks for the job that is being done.
class Workshop::AtWork final : public Customer {
public:
    AtWork(Workshop& workshop, ConnectionId customer, std::stop_token const& stop)
        : workshop_(workshop), customer_(customer), stop_(stop)
    {
    }

    void say(std::string words) override
    {
        workshop_.say(stop_, {.to = customer_, .words = std::move(words)});
    }

    void give(std::string words, Descriptor file) override
    {
        workshop_.say(stop_, {.to = customer_, .words = std::move(words), .file = std::move(file)});
    }

    bool has_gone() override { return workshop_.has_gone(stop_); }

private:
    Workshop& workshop_;
    ConnectionId customer_;
    std::stop_token const& stop_;
};

Workshop::Workshop(Loop const& loop)
    : loop_(loop), thread_([this](std::stop_token const& stop) { run(stop); })
{
}

bool Workshop::begin(ConnectionId customer, Job job)
{
    {
        std::lock_guard const lock(mutex_);
        if (waiting_.size() >= waiting_max)
            return false;
        waiting_.push_back({customer, std::move(job)});
    }
    changed_.notify_all();
    return true;
}

std::optional<Workshop::Said> Workshop::take(std::function<bool(Said const&)> const& can_hear)
{
    std::lock_guard const lock(mutex_);
    for (auto place = said_.begin(); place != said_.end(); ++place) {
        auto const is_to_the_same = [&](Said const& other) { return other.to == place->to; };
        if (std::any_of(said_.begin(), place, is_to_the_same) or not can_hear(*place))
            continue;
        Said said = std::move(*place);
        said_.erase(place);
        unheard_bytes_ -= said.words.size();
        changed_.notify_all();
        return said;
    }
    return std::nullopt;
}

void Workshop::forget(ConnectionId customer)
{
    {
        std::lock_guard const lock(mutex_);
        std::erase_if(waiting_, [&](Order const& order) { return order.customer == customer; });
        is_forgotten_ |= at_work_for_ == customer;
        std::erase_if(said_, [&](Said const& said) {
            bool const is_theirs = said.to == customer;
            unheard_bytes_ -= is_theirs ? said.words.size() : 0;
            return is_theirs;
        });
    }
    changed_.notify_all();
}

void Workshop::say(std::stop_token const& stop, Said said)
{
    {
        std::unique_lock lock(mutex_);
        bool const may_speak = changed_.wait_for(lock, stop, patience,
            [this] { return is_forgotten_ or unheard_bytes_ < unheard_bytes_max; });
        // Others wait for the workshop, and somebody who does not listen has in effect gone.
        is_forgotten_ |= not may_speak;
        if (is_forgotten_ or stop.stop_requested())
            return;
        unheard_bytes_ += said.words.size();
        said_.push_back(std::move(said));
    }
    loop_.wake();
}

bool Workshop::has_gone(std::stop_token const& stop)
{
    std::lock_guard const lock(mutex_);
    return is_forgotten_ or stop.stop_requested();
}

void Workshop::run(std::stop_token const& stop)
{
    while (true) {
        Order order;
        {
            std::unique_lock lock(mutex_);
            if (not changed_.wait(lock, stop, [this] { return not waiting_.empty(); }))
                return;
            if (stop.stop_requested())
                return;
            order = std::move(waiting_.front());
            waiting_.pop_front();
            at_work_for_ = order.customer;
            is_forgotten_ = false;
        }
        AtWork customer(*this, order.customer, stop);
        order.job(customer);
        std::lock_guard const lock(mutex_);
        at_work_for_ = {};
    }
}

} // namespace duet
