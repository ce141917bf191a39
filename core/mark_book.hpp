// How far everybody has got: marks, merged by maximum and told in batches.
//
// A mark is state and not log. What devices confirm and people read gathers here, and about every
// limits::mark_interval it moves: it takes the feed heads of that moment, goes to the journal (for the
// next start; nobody waits for it) and is told. Until it has moved, it is as if it had not been said:
// a crash loses nothing, since `delivered` follows from the devices' cursors and a device says `read`
// again until it sees it.

#pragma once

#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/store.hpp"

#include <map>
#include <utility>
#include <vector>

namespace duet {

class MarkBook {
public:
    /// `store` is lent: it knows the marks of before.
    explicit MarkBook(Store& store);

    /// `who` has got so far; less than is known changes nothing.
    void note(Pair pair, PersonId who, Seq delivered, Seq read);

    [[nodiscard]] bool has_news() const { return not noted_.empty(); }

    /// Moves the marks that were noted, with the heads of now, and gives them.
    std::vector<Mark> move();

    /// Those in a person's conversations that have moved and may not be in the store yet: whoever comes
    /// in between would not be told of them.
    std::vector<Mark> under_way(PersonId person);

private:
    using Key = std::pair<Pair, PersonId>;

    Mark known_mark(Pair pair, PersonId who);
    void forget_stored();
    bool is_stored(Mark const& mark);

    Store& store_;
    std::map<Key, Mark> noted_;
    std::map<std::pair<PersonId, Key>, Mark> moved_; // not in the store yet; under both persons
};

} // namespace duet
