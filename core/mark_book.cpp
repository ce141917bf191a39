#include "core/mark_book.hpp"

#include <algorithm>

namespace duet {

MarkBook::MarkBook(Store& store) : store_(store) { }

void MarkBook::note(Pair pair, PersonId who, Seq delivered, Seq read)
{
    Mark const known = store_.mark(pair, who);
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
    std::vector<Mark> moved;
    for (auto& [key, mark] : noted_) {
        mark.head_low = store_.last_feed(mark.pair.low);
        mark.head_high = store_.last_feed(mark.pair.high);
        moved.push_back(mark);
    }
    noted_.clear();
    return moved;
}

} // namespace duet
