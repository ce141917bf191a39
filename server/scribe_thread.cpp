#include "server/scribe_thread.hpp"

#include "base/limits.hpp"
#include "core/scribe.hpp"
#include "net/loop.hpp"
#include "server/report_file.hpp"

#include <iterator>
#include <utility>

namespace duet {

namespace {

/// Somebody may not care for them.
constexpr std::size_t times_kept_max = 1024;

/// About what a draft takes, in memory and on the disk.
std::size_t bytes_of(Draft const& draft)
{
    constexpr std::size_t numbers = 256;
    auto const* const say = std::get_if<SayDraft>(&draft);
    return numbers + (say == nullptr ? 0 : say->say.text.size());
}

/// How many of the first drafts make one batch.
std::size_t batch_of(std::span<Draft const> drafts, std::size_t& bytes)
{
    std::size_t count = 0;
    bytes = 0;
    while (count < drafts.size() and bytes < limits::batch_bytes_max)
        bytes += bytes_of(drafts[count++]);
    return count;
}

} // namespace

ScribeThread::ScribeThread(Store& store, Loop const& loop, ReportFile const* reports)
    : store_(store)
    , loop_(loop)
    , reports_(reports)
    , thread_([this](std::stop_token const& stop) { run(stop); })
{
}

void ScribeThread::take(std::vector<Draft> drafts)
{
    if (drafts.empty())
        return;
    {
        std::lock_guard const lock(mutex_);
        for (Draft const& draft : drafts)
            bytes_ += bytes_of(draft);
        if (waiting_.empty())
            waiting_ = std::move(drafts);
        else
            std::ranges::move(drafts, std::back_inserter(waiting_));
    }
    changed_.notify_one();
}

std::vector<Outcome> ScribeThread::finished()
{
    std::lock_guard const lock(mutex_);
    return std::exchange(outcomes_, {});
}

std::vector<std::chrono::nanoseconds> ScribeThread::times_taken()
{
    std::lock_guard const lock(mutex_);
    return std::exchange(times_, {});
}

bool ScribeThread::is_idle()
{
    std::lock_guard const lock(mutex_);
    return bytes_ == 0 and outcomes_.empty();
}

bool ScribeThread::is_behind()
{
    std::lock_guard const lock(mutex_);
    return bytes_ >= limits::drafts_bytes_max;
}

void ScribeThread::run(std::stop_token const& stop)
{
    Scribe scribe(store_);
    while (true) {
        std::vector<Draft> drafts;
        {
            std::unique_lock lock(mutex_);
            if (not changed_.wait(lock, stop, [this] { return not waiting_.empty(); }))
                return;
            drafts = std::exchange(waiting_, {});
        }
        for (std::span<Draft const> rest = drafts; not rest.empty();) {
            std::size_t bytes = 0;
            std::size_t const count = batch_of(rest, bytes);
            auto const begin = std::chrono::steady_clock::now();
            auto outcomes = scribe.write(rest.first(count));
            if (reports_ != nullptr)
                reports_->keep(outcomes);
            auto const took = std::chrono::steady_clock::now() - begin;
            rest = rest.subspan(count);
            {
                std::lock_guard const lock(mutex_);
                bytes_ -= bytes;
                std::ranges::move(outcomes, std::back_inserter(outcomes_));
                if (times_.size() < times_kept_max)
                    times_.push_back(took);
            }
            loop_.wake();
        }
    }
}

} // namespace duet
