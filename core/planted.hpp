// Mistakes that are made on purpose, to see that the simulator finds them.
//
// duet itself has none of them: there `planted` is false before the program runs, and the compiler takes
// the line away. The simulator is built a second time from the same files with DUET_PLANTED; there each
// run has one of these (tests/sim/planted.cpp), and must break a promise.

#pragma once

#include <cstdint>

namespace duet {

enum class Bug : std::uint8_t {
    none,

    // of the scribe
    n_taken_twice,
    refusal_not_stored,
    answer_for_another_body,
    numbers_kept_after_failed_append,

    // of what is told
    entry_skipped_at_window_end,
    window_never_opens_again,
    lost_wake_up,
    said_out_of_turn,
    mark_before_its_entries,
    delivered_when_sent,
    late_sign_in_wins,
    replaced_session_served,
    revoked_device_served,

    // of the store
    told_before_stored,
    tail_not_synced,
    torn_tail_read_on,
    segment_removed_too_early,
    stale_head_from_index,
    last_n_forgotten,
    epoch_forgotten,

    // of a device
    cursor_before_entry,
    got_before_stored,
    sent_before_numbered,
    said_forgotten_in_another_life,
    n_kept_after_reuse,
    gap_seen_in_every_later,

    // of two who talk directly
    later_dial_wins,
};

#ifdef DUET_PLANTED
bool planted(Bug bug);
#else
constexpr bool planted(Bug)
{
    return false;
}
#endif

} // namespace duet
