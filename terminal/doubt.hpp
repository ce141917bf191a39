// Whether what we say still arrives: a judgement on what the system knows (net/arrival.hpp).
//
// A calculation: it is shown the state of a connection about once a second while something is under
// way, and says when its mind has changed. Nothing is ended here; people decide that.

#pragma once

#include "base/time.hpp"
#include "net/arrival.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace duet {

class Doubt {
public:
    enum class Verdict {
        none,         // it arrives, or nothing is under way
        not_arriving, // nothing has been acknowledged for limits::arrival_doubt_after
        not_reading,  // it has been acknowledged that there is no room, for so long
    };

    /// One look: what the system knows, how many bytes it has taken since the connection began, and
    /// how many wait on our side of it.
    ///
    /// Gives   the verdict if it is another than before.
    std::optional<Verdict> look(Arrival const& arrival, std::uint64_t handed_bytes,
        std::size_t queued_bytes, MonotonicTime now);

    [[nodiscard]] Verdict verdict() const { return verdict_; }

private:
    [[nodiscard]] Verdict judge(Arrival const& arrival, MonotonicTime now) const;

    Verdict verdict_ = Verdict::none;
    std::optional<MonotonicTime> waiting_since_; // when some last arrived, or began to wait
    std::uint64_t arrived_bytes_ = 0;
};

} // namespace duet
