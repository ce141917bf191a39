#include "core/say_queue.hpp"

#include <algorithm>
#include <utility>

namespace duet {

namespace {

/// What they are ordered by.
std::pair<std::uint64_t, SayId> place_of(OwnSay const& say)
{
    return {say.n == N {} ? ~std::uint64_t {0} : number(say.n), say.id};
}

} // namespace

void SayQueue::keep(OwnSay say)
{
    says_.insert(std::ranges::upper_bound(says_, place_of(say), {}, place_of), std::move(say));
}

void SayQueue::number(SayId id, N n)
{
    auto const at = find(id);
    if (at == says_.end())
        return;
    at->n = n;
    bool const is_behind_others = at == says_.begin() or place_of(at[-1]) < place_of(*at);
    bool const is_before_others = at + 1 == says_.end() or place_of(*at) < place_of(at[1]);
    if (is_behind_others and is_before_others)
        return;
    OwnSay say = std::move(*at);
    says_.erase(at);
    keep(std::move(say));
}

void SayQueue::settle(SayId id)
{
    if (auto const at = find(id); at != says_.end())
        says_.erase(at);
}

OwnSay const* SayQueue::find(N n) const
{
    if (n == N {})
        return nullptr;
    auto const at = find_above(N {duet::number(n) - 1});
    return at != says_.end() and at->n == n ? &*at : nullptr;
}

OwnSay const* SayQueue::first_above(N n) const
{
    auto const at = find_above(n);
    return at == says_.end() ? nullptr : &*at;
}

SayQueue::Says::iterator SayQueue::find(SayId id)
{
    // Those with a number are few: no more than may be unanswered.
    auto const waiting = says_.begin() + (find_above(N {~std::uint64_t {0} - 1}) - says_.cbegin());
    auto const at = std::ranges::find(says_.begin(), waiting, id, &OwnSay::id);
    if (at != waiting)
        return at;
    auto const among_waiting = std::ranges::lower_bound(waiting, says_.end(), id, {}, &OwnSay::id);
    bool const is_there = among_waiting != says_.end() and among_waiting->id == id;
    return is_there ? among_waiting : says_.end();
}

SayQueue::Says::const_iterator SayQueue::find_above(N n) const
{
    return std::ranges::upper_bound(
        says_, std::pair(duet::number(n), SayId {~std::uint64_t {0}}), {}, place_of);
}

} // namespace duet
