// The scribe's thread: it writes what the loop has drafted, and hands back what has become true.
//
// While one batch is on its way to the disk the next gathers: so all who say something meanwhile share one
// sync. The loop never waits for the disk; it is woken when there is something to be told.

#pragma once

#include "core/draft.hpp"
#include "core/store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace duet {

class Loop;
class ReportFile;

class ScribeThread {
public:
    /// The store is lent, and written to by nobody else; `loop` is woken. `reports`, if there are any, is
    /// lent, too: they are kept in it before they are told.
    ScribeThread(Store& store, Loop const& loop, ReportFile const* reports = nullptr);

    /// Ends after the batch that it is in: what was taken and not written by then was never said. Wait
    /// for `is_idle` first where that matters.
    ~ScribeThread() = default;

    ScribeThread(ScribeThread const&) = delete;
    ScribeThread& operator=(ScribeThread const&) = delete;

    /// Takes drafts, in the order in which they were asked.
    void take(std::vector<Draft> drafts);

    /// What has come of them since the last call, in the same order.
    std::vector<Outcome> finished();

    /// How long each batch took since the last call, from the scribe's hands to the disk.
    std::vector<std::chrono::nanoseconds> times_taken();

    /// True if nothing that was taken is still to be written, or to be fetched by `finished`.
    bool is_idle();

    /// True while so much waits for the disk that no more should be asked: limits::drafts_bytes_max.
    bool is_behind();

private:
    void run(std::stop_token const& stop);

    Store& store_;
    Loop const& loop_;
    ReportFile const* const reports_;

    std::mutex mutex_; // guards all below
    std::condition_variable_any changed_;
    std::vector<Draft> waiting_;
    std::vector<Outcome> outcomes_;
    std::vector<std::chrono::nanoseconds> times_; // as many as batches since they were fetched
    std::size_t bytes_ = 0;                       // of what waits or is being written

    std::jthread thread_; // last: it ends before all that it uses
};

} // namespace duet
