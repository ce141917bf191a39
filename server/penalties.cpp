#include "server/penalties.hpp"

#include <algorithm>

namespace duet {

void Penalties::add(Source const& source, Offence offence, MonotonicTime now)
{
    if (source.is_this_machine() or rules_.sources_max == 0)
        return;
    forget_what_is_over(now);
    auto const found = until_.find(source);
    auto const from = found == until_.end() ? now : found->second;
    auto const more =
        offence == Offence::failed_proof ? rules_.failed_proof : rules_.broke_protocol;
    if (found == until_.end() and until_.size() >= rules_.sources_max)
        forget_the_least();
    put(source, std::min(from + more, now + rules_.most));
}

bool Penalties::is_penalised(Source const& source, MonotonicTime now) const
{
    auto const found = until_.find(source);
    return found != until_.end() and found->second - now >= rules_.least;
}

std::size_t Penalties::count(MonotonicTime now)
{
    forget_what_is_over(now);
    return until_.size();
}

void Penalties::forget_what_is_over(MonotonicTime now)
{
    while (not in_order_.empty() and in_order_.begin()->first <= now)
        forget_the_least();
}

void Penalties::put(Source const& source, MonotonicTime until)
{
    auto const [place, is_new] = until_.try_emplace(source, until);
    if (not is_new)
        in_order_.erase({place->second, source});
    place->second = until;
    in_order_.emplace(until, source);
}

void Penalties::forget_the_least()
{
    until_.erase(in_order_.begin()->second);
    in_order_.erase(in_order_.begin());
}

} // namespace duet
