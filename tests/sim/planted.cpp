#include "tests/sim/planted.hpp"

#include <algorithm>
#include <array>

namespace duet {

#ifdef DUET_PLANTED
namespace {

/// The one switch that a run has. It is set before a life begins, and never while one is lived.
Bug& switched_on()
{
    static Bug bug = Bug::none;
    return bug;
}

} // namespace

bool planted(Bug bug)
{
    return bug == switched_on();
}
#endif

namespace sim {

namespace {

constexpr std::array bugs {
    BugName {Bug::n_taken_twice, "n_taken_twice"},
    BugName {Bug::refusal_not_stored, "refusal_not_stored"},
    BugName {Bug::answer_for_another_body, "answer_for_another_body"},
    BugName {Bug::numbers_kept_after_failed_append, "numbers_kept_after_failed_append"},
    BugName {Bug::entry_skipped_at_window_end, "entry_skipped_at_window_end"},
    BugName {Bug::window_never_opens_again, "window_never_opens_again"},
    BugName {Bug::lost_wake_up, "lost_wake_up"},
    BugName {Bug::said_out_of_turn, "said_out_of_turn"},
    BugName {Bug::mark_before_its_entries, "mark_before_its_entries"},
    BugName {Bug::delivered_when_sent, "delivered_when_sent"},
    BugName {Bug::late_sign_in_wins, "late_sign_in_wins"},
    BugName {Bug::replaced_session_served, "replaced_session_served"},
    BugName {Bug::revoked_device_served, "revoked_device_served"},
    BugName {Bug::told_before_stored, "told_before_stored"},
    BugName {Bug::tail_not_synced, "tail_not_synced"},
    BugName {Bug::torn_tail_read_on, "torn_tail_read_on"},
    BugName {Bug::segment_removed_too_early, "segment_removed_too_early"},
    BugName {Bug::stale_head_from_index, "stale_head_from_index"},
    BugName {Bug::last_n_forgotten, "last_n_forgotten"},
    BugName {Bug::epoch_forgotten, "epoch_forgotten"},
    BugName {Bug::cursor_before_entry, "cursor_before_entry"},
    BugName {Bug::got_before_stored, "got_before_stored"},
    BugName {Bug::sent_before_numbered, "sent_before_numbered"},
    BugName {Bug::said_forgotten_in_another_life, "said_forgotten_in_another_life"},
    BugName {Bug::n_kept_after_reuse, "n_kept_after_reuse"},
    BugName {Bug::gap_seen_in_every_later, "gap_seen_in_every_later"},
    BugName {Bug::later_dial_wins, "later_dial_wins"},
};

} // namespace

std::span<BugName const> all_bugs()
{
    return bugs;
}

std::optional<Bug> bug_named(std::string_view name)
{
    auto const* const found = std::ranges::find(bugs, name, &BugName::name);
    return found == bugs.end() ? std::nullopt : std::optional(found->bug);
}

bool plant([[maybe_unused]] Bug bug)
{
#ifdef DUET_PLANTED
    switched_on() = bug;
    return true;
#else
    return false;
#endif
}

} // namespace sim

} // namespace duet
