#include "store/blanks.hpp"

#include <algorithm>

namespace duet {

void Blanks::add(Gone const& gone)
{
    ranges_[gone.pair].push_back({gone.first, gone.last});
}

void Blanks::add(PersonErased const& erased)
{
    erased_.insert(erased.person);
}

void Blanks::add(Blanks const& others)
{
    for (auto const& [pair, ranges] : others.ranges_) {
        auto& ours = ranges_[pair];
        ours.insert(ours.end(), ranges.begin(), ranges.end());
    }
    erased_.insert(others.erased_.begin(), others.erased_.end());
}

bool Blanks::cover(Entry const& entry) const
{
    if (erased_.contains(entry.author))
        return true;
    auto const found = ranges_.find(entry.pair);
    return found != ranges_.end() and std::ranges::any_of(found->second, [&](SeqRange range) {
        return range.first <= entry.seq and entry.seq <= range.last;
    });
}

std::vector<SeqRange> Blanks::uncovered(Pair pair, SeqRange range) const
{
    std::vector<SeqRange> left;
    auto const found = ranges_.find(pair);
    auto covered = found == ranges_.end() ? std::vector<SeqRange> {} : found->second;
    std::ranges::sort(covered);

    Seq from = range.first;
    for (SeqRange const blank : covered) {
        if (blank.last < from or blank.first > range.last)
            continue;
        if (blank.first > from)
            left.push_back({from, static_cast<Seq>(number(blank.first) - 1)});
        if (blank.last >= range.last)
            return left;
        from = next(blank.last);
    }
    if (from <= range.last)
        left.push_back({from, range.last});
    return left;
}

Blanks Blanks::of(Pair pair) const
{
    Blanks some;
    if (auto const found = ranges_.find(pair); found != ranges_.end())
        some.ranges_.insert(*found);
    for (PersonId const person : {pair.low, pair.high})
        if (erased_.contains(person))
            some.erased_.insert(person);
    return some;
}

Blanks Blanks::of(PersonId person) const
{
    Blanks some;
    for (auto const& range : ranges_)
        if (range.first.has(person))
            some.ranges_.insert(range);
    some.erased_ = erased_; // the other may be any of them
    return some;
}

} // namespace duet
