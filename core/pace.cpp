#include "core/pace.hpp"

#include <algorithm>
#include <chrono>

namespace duet {

namespace {

double filled(double left, MonotonicTime since, PaceRule const& rule, MonotonicTime now)
{
    std::chrono::duration<double> const passed = now - since;
    return std::min(static_cast<double>(rule.burst),
        left + passed.count() * static_cast<double>(rule.per_second));
}

} // namespace

bool Paces::allow(DeviceId device, PaceRule const& rule, MonotonicTime now)
{
    if (rule.burst == 0)
        return true;
    if (buckets_.size() >= kept_max_)
        forget_full_ones(rule, now);
    Bucket const full {static_cast<double>(rule.burst), now};
    Bucket& bucket = buckets_.try_emplace(number(device), full).first->second;
    bucket = {filled(bucket.left, bucket.at, rule, now), now};
    if (bucket.left < 1)
        return false;
    bucket.left -= 1;
    return true;
}

void Paces::forget_full_ones(PaceRule const& rule, MonotonicTime now)
{
    std::erase_if(buckets_, [&](auto const& one) {
        Bucket const& bucket = one.second;
        return filled(bucket.left, bucket.at, rule, now) >= static_cast<double>(rule.burst);
    });
    kept_max_ = std::max<std::size_t>(1024, 2 * buckets_.size());
}

} // namespace duet
