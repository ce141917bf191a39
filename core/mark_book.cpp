#include "core/mark_book.hpp"

#include <algorithm>

namespace duet {

MarkBook::MarkBook(Store& store) : store_(store) { }

void MarkBook::note(Pair pair, PersonId who, Seq delivered, Seq read)
{
    Mark const known = known_mark(pair, who);
    auto const noted = noted_.find({pair, who});
    Mark mark = noted != noted_.end() ? noted->second : known;
    mark.pair = pair;
    mark.who = who;
    mark.read = std::max(mark.read, read);
    mark.delivered = std::max({mark.delivered, delivered, mark.read}); // what was read has arrived
    if (mark.delivered > known.delivered or mark.read > known.read)
        noted_[{pair, who}] = mark;
}

std::vector<Mark> MarkBook::move()
{
    forget_stored();
    std::vector<Mark> moved;
    for (auto& [key, mark] : noted_) {
        mark.head_low = store_.last_feed(mark.pair.low);
        mark.head_high = store_.last_feed(mark.pair.high);
        moved.push_back(mark);
        moved_[{mark.pair.low, key}] = mark;
        moved_[{mark.pair.high, key}] = mark;
    }
    noted_.clear();
    return moved;
}

std::vector<Mark> MarkBook::under_way(PersonId person)
{
    std::vector<Mark> marks;
    for (auto moved = moved_.lower_bound({person, Key {}});
        moved != moved_.end() and moved->first.first == person; ++moved) {
        if (not is_stored(moved->second))
            marks.push_back(moved->second);
    }
    return marks;
}

/// What the store says, or will say when it has what has moved.
Mark MarkBook::known_mark(Pair pair, PersonId who)
{
    Mark known = store_.mark(pair, who);
    if (auto const moved = moved_.find({who, {pair, who}}); moved != moved_.end()) {
        known.delivered = std::max(known.delivered, moved->second.delivered);
        known.read = std::max(known.read, moved->second.read);
    }
    return known;
}

void MarkBook::forget_stored()
{
    std::erase_if(moved_, [this](auto const& moved) { return is_stored(moved.second); });
}

bool MarkBook::is_stored(Mark const& mark)
{
    Mark const known = store_.mark(mark.pair, mark.who);
    return known.delivered >= mark.delivered and known.read >= mark.read;
}

} // namespace duet
