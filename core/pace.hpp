// How fast a device may go: so much at once, and so much a second for ever.
//
// A bucket for each device, which a new connection does not fill again. Full buckets are forgotten: they are
// as good as none.

#pragma once

#include "base/time.hpp"
#include "core/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace duet {

struct PaceRule {
    std::size_t burst = 0; // 0: as fast as it likes
    std::size_t per_second = 0;
};

class Paces {
public:
    /// Whether one more is in time; if so it is counted.
    bool allow(DeviceId device, PaceRule const& rule, MonotonicTime now);

private:
    struct Bucket {
        double left;
        MonotonicTime at;
    };

    void forget_full_ones(PaceRule const& rule, MonotonicTime now);

    std::unordered_map<std::uint64_t, Bucket> buckets_;
    std::size_t kept_max_ = 1024; // grows with those that are in use
};

} // namespace duet
