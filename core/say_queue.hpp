// Texts on their way out: what a device has said and the server has not answered for good.
//
// Those that have a number come first, in its order; behind them those that wait for one, as they were
// written. Ten thousand may wait: nothing here walks over those that do.

#pragma once

#include "core/ids.hpp"
#include "core/record.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace duet {

/// The device's own number of a text that its user wrote: its name before the scribe has named it.
enum class SayId : std::uint64_t { };

/// A text on its way out.
struct OwnSay {
    SayId id;
    std::string to;
    Kind kind;
    std::string text;
    N n; // 0 until it is first sent
};

class SayQueue {
public:
    void keep(OwnSay say);

    // Each does nothing if there is none of that id.

    /// With 0 it waits again, to be numbered anew.
    void number(SayId id, N n);
    void settle(SayId id);

    /// The one that has this number; null if none has. Good until the next change.
    [[nodiscard]] OwnSay const* find(N n) const;

    /// The first whose number is greater, or that has none; null if there is no such.
    [[nodiscard]] OwnSay const* first_above(N n) const;

    [[nodiscard]] bool empty() const { return says_.empty(); }
    [[nodiscard]] std::size_t size() const { return says_.size(); }
    [[nodiscard]] auto begin() const { return says_.begin(); }
    [[nodiscard]] auto end() const { return says_.end(); }

private:
    using Says = std::deque<OwnSay>;

    Says::iterator find(SayId id);
    [[nodiscard]] Says::const_iterator find_above(N n) const;

    Says says_;
};

} // namespace duet
