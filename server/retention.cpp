#include "server/retention.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "net/loop.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace duet {

namespace {

constexpr std::size_t page_bytes = 1024 * 1024;
constexpr std::size_t contacts_page = 256;

/// Each entry from `first` to `last` in order, until `visit` gives false.
template <typename Visit>
void for_each_entry(Store& store, Pair pair, Seq first, Seq last, Visit visit)
{
    while (first <= last) {
        auto const page = store.log(pair, first, last, page_bytes);
        if (page.empty())
            return;
        for (Entry const& entry : page) {
            if (not visit(entry))
                return;
        }
        first = next(page.back().seq);
    }
}

} // namespace

std::vector<Gone> Retention::look(Store& store, Pair pair, Time now)
{
    Seq const last = store.last_seq(pair);
    if (last == Seq {} or (rule_.age.count() == 0 and not may_be_too_much(store, pair)))
        return {};
    Seq const first = skip_gone(store, pair, last);

    std::uint64_t bytes = 0;
    if (may_be_too_much(store, pair))
        for_each_entry(store, pair, first, last, [&](Entry const& entry) {
            bytes += entry.body.size();
            return true;
        });

    Seq end = first; // what comes before goes
    for_each_entry(store, pair, first, last, [&](Entry const& entry) {
        bool const is_too_old = rule_.age.count() > 0 and entry.time < now - rule_.age;
        bool const is_too_much = rule_.bytes_max > 0 and bytes > rule_.bytes_max;
        if (not is_too_old and not is_too_much)
            return false;
        bytes -= std::min<std::uint64_t>(bytes, entry.body.size());
        end = next(entry.seq);
        return true;
    });

    std::vector<Gone> steps;
    for (Seq from = first; from < end;) {
        Seq const until {std::min(number(end), number(from) + step_entries_max)};
        steps.push_back({pair, from, Seq {number(until) - 1}, now});
        from = until;
    }
    return steps;
}

/// The first entry whose body is there; one beyond the last if there is none.
Seq Retention::skip_gone(Store& store, Pair pair, Seq last)
{
    Seq& first = first_kept_.try_emplace(pair, Seq {1}).first->second;
    for_each_entry(store, pair, first, last, [&first](Entry const& entry) {
        bool const is_gone = entry.body.empty();
        if (is_gone)
            first = next(entry.seq);
        return is_gone;
    });
    return first;
}

/// A look that needs no entries: two people who together have said less than that are within it.
bool Retention::may_be_too_much(Store& store, Pair pair) const
{
    if (rule_.bytes_max == 0)
        return false;
    auto const low = store.person(pair.low);
    auto const high = store.person(pair.high);
    return (low.has_value() ? low->stored_bytes : 0) + (high.has_value() ? high->stored_bytes : 0)
        > rule_.bytes_max;
}

// The thread

RetentionKeeper::RetentionKeeper(Store& store, Loop const& loop, RetentionRule rule)
    : store_(store), loop_(loop), retention_(rule)
{
    if (rule.is_on())
        thread_ = std::jthread([this](std::stop_token const& stop) { keep(stop); });
}

std::vector<Draft> RetentionKeeper::take_drafts()
{
    std::vector<Draft> drafts;
    {
        std::lock_guard const lock(mutex_);
        drafts = std::exchange(drafts_, {});
    }
    if (not drafts.empty())
        changed_.notify_all();
    return drafts;
}

void RetentionKeeper::keep(std::stop_token const& stop)
{
    while (not stop.stop_requested()) {
        look_through(stop);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, limits::retention_interval, [] { return false; });
    }
}

void RetentionKeeper::look_through(std::stop_token const& stop)
{
    PersonId const last = store_.last_person();
    for (PersonId id {1}; id <= last and not stop.stop_requested(); id = next(id)) {
        // Each conversation once: with those who came later.
        for (PersonId after = id; not stop.stop_requested();) {
            auto const page = store_.contacts(id, after, contacts_page);
            for (Relation const& relation : page) {
                auto const now =
                    std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
                ask(stop, retention_.look(store_, Pair::of(id, relation.person), now));
            }
            if (page.size() < contacts_page)
                break;
            after = page.back().person;
        }
    }
}

/// One after the other: so that those who talk meanwhile wait for one small step at most.
void RetentionKeeper::ask(std::stop_token const& stop, std::vector<Gone> const& gone)
{
    for (Gone const& one : gone) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, stop, [this] { return drafts_.empty(); });
            if (stop.stop_requested())
                return;
            drafts_.emplace_back(GoneDraft {one});
        }
        loop_.wake();
        log_debug("retention: some texts of a conversation go");
    }
}

} // namespace duet
