// Penalties: what a source that fails to prove itself has to expect.
//
// A calculation. Each offence adds time to what its source still has to bear, and time takes it away again;
// a source counts as penalised from `least` on, and bears no more than `most`. The table is bounded: when
// it is full, whoever has least to bear is forgotten. A device that proves itself adds nothing, whatever
// others at the same address do.

#pragma once

#include "base/limits.hpp"
#include "base/time.hpp"
#include "server/source.hpp"

#include <cstddef>
#include <set>
#include <unordered_map>
#include <utility>

namespace duet {

enum class Offence {
    failed_proof,   // a key that is nobody's, a wrong proof, a wrong secret or code
    broke_protocol, // what it sent cannot be understood
};

struct PenaltyRules {
    limits::Duration failed_proof = limits::penalty_failed_proof;
    limits::Duration broke_protocol = limits::penalty_broke_protocol;
    limits::Duration least = limits::penalty_least;
    limits::Duration most = limits::penalty_most;
    std::size_t sources_max = limits::penalised_sources_max;
};

class Penalties {
public:
    explicit Penalties(PenaltyRules const& rules) : rules_(rules) { }

    /// `source` has committed an offence. This machine is never penalised.
    void add(Source const& source, Offence offence, MonotonicTime now);

    [[nodiscard]] bool is_penalised(Source const& source, MonotonicTime now) const;

    /// How many sources have anything to bear.
    [[nodiscard]] std::size_t count(MonotonicTime now);

private:
    void forget_what_is_over(MonotonicTime now);
    void put(Source const& source, MonotonicTime until);
    void forget_the_least();

    PenaltyRules const rules_;
    std::unordered_map<Source, MonotonicTime> until_;
    std::set<std::pair<MonotonicTime, Source>> in_order_; // the same, who has least to bear first
};

} // namespace duet
