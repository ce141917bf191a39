// Retention: bodies that are older, or more, than the operator wants to keep go; their numbers stay.
//
// It is off unless the configuration says otherwise. Of each conversation the oldest go first, and always
// from its beginning on, so that nobody reads a talk with holes.

#pragma once

#include "core/draft.hpp"
#include "core/store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace duet {

class Loop;

struct RetentionRule {
    std::chrono::days age {};    // an older text goes; 0: none does
    std::uint64_t bytes_max = 0; // of one conversation's texts; 0: no bound

    [[nodiscard]] bool is_on() const { return age.count() > 0 or bytes_max > 0; }
};

/// What must go, as a calculation.
class Retention {
public:
    explicit Retention(RetentionRule rule) : rule_(rule) { }

    /// No record speaks of more entries: each is a small step for who must apply it.
    static constexpr std::uint64_t step_entries_max = 4096;

    /// What must go from a conversation now, in order; empty if nothing.
    std::vector<Gone> look(Store& store, Pair pair, Time now);

private:
    Seq skip_gone(Store& store, Pair pair, Seq last);
    [[nodiscard]] bool may_be_too_much(Store& store, Pair pair) const;

    RetentionRule const rule_;
    std::unordered_map<Pair, Seq> first_kept_; // all before are gone: known from the last look
};

/// Looks through all conversations every limits::retention_interval, in a thread of its own.
class RetentionKeeper {
public:
    /// The store is lent; `loop` is woken when there are drafts.
    RetentionKeeper(Store& store, Loop const& loop, RetentionRule rule);
    ~RetentionKeeper() = default;
    RetentionKeeper(RetentionKeeper const&) = delete;
    RetentionKeeper& operator=(RetentionKeeper const&) = delete;

    /// What the scribe is asked since the last call. While it is not taken, nothing more is looked for.
    std::vector<Draft> take_drafts();

private:
    void keep(std::stop_token const& stop);
    void look_through(std::stop_token const& stop);
    void ask(std::stop_token const& stop, std::vector<Gone> const& gone);

    Store& store_;
    Loop const& loop_;
    Retention retention_; // the thread's

    std::mutex mutex_; // guards the drafts
    std::condition_variable_any changed_;
    std::vector<Draft> drafts_;

    std::jthread thread_; // last: it ends before all that it uses
};

} // namespace duet
