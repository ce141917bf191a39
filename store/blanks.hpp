// Which bodies are gone: by retention, from a range of a conversation; or with the person who said them.
//
// The numbers stay. A layer of the store that hears of such a change keeps a note of it here, because
// the entries it speaks of may lie in layers below, which are not altered.

#pragma once

#include "core/record.hpp"

#include <map>
#include <set>
#include <vector>

namespace duet {

struct SeqRange {
    Seq first;
    Seq last;

    auto operator<=>(SeqRange const&) const = default;
};

class Blanks {
public:
    void add(Gone const& gone);
    void add(PersonErased const& erased);
    void add(Blanks const& others);

    [[nodiscard]] bool is_empty() const { return ranges_.empty() and erased_.empty(); }

    /// Whether the body of this entry is gone.
    [[nodiscard]] bool cover(Entry const& entry) const;

    [[nodiscard]] bool has_erased(PersonId person) const { return erased_.contains(person); }

    /// What is left of a range without those parts from which all bodies are gone, in order.
    [[nodiscard]] std::vector<SeqRange> uncovered(Pair pair, SeqRange range) const;

    /// Those that can matter to the entries of one conversation, or of one person's feed.
    [[nodiscard]] Blanks of(Pair pair) const;
    [[nodiscard]] Blanks of(PersonId person) const;

    [[nodiscard]] std::map<Pair, std::vector<SeqRange>> const& ranges() const { return ranges_; }
    [[nodiscard]] std::set<PersonId> const& erased() const { return erased_; }

private:
    std::map<Pair, std::vector<SeqRange>> ranges_;
    std::set<PersonId> erased_;
};

} // namespace duet
