// The numbers of a whole store, verified: that delivery adds up, one person and one device at a time.
//
// It looks through core/store.hpp alone, so it holds of every store, and of a store that is in use: the
// heads of a person, of the conversations and of a device are taken when their turn comes, and verified up
// to there. What became true later is nobody's fault.
//
//   persons        1 to the last, none missing; each found by the handle that it has
//   feeds          1 to the head, each number once; the entries of each conversation in it in their order
//   logs           1 to the last seq, each number once; and the feeds of both have the same entries
//   devices        1 to the last, none missing; each found by person, key and secret
//   answers        every n from 1 to the last was answered; an answer and its entry name each other
//   entries        said by a device of the author's, between contacts; a body that is still there has the
//                  hash of what was said
//   contacts       each knows the other
//   marks          not beyond the log, nor their heads beyond the feeds
//   stored bytes   are the sum of the bodies that are there

#pragma once

#include "core/store.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace duet {

struct AuditCounts {
    std::uint64_t persons = 0;
    std::uint64_t conversations = 0;
    std::uint64_t entries = 0; // each once, though two feeds have it
    std::uint64_t faults = 0;
};

struct AuditEars {
    /// Told of each fault, in a sentence; of the first `faults_told_max` alone.
    std::function<void(std::string_view words)> fault;

    /// Asked often; false gives up.
    std::function<bool(AuditCounts const& so_far)> goes_on = [](AuditCounts const&) {
        return true;
    };
};

inline constexpr std::uint64_t faults_told_max = 1000;

/// Verifies all of it. May be called from any thread that may look at the store.
AuditCounts audit(Store& store, AuditEars const& ears);

} // namespace duet
