// What a device was sent and has not confirmed yet: at most limits::window_bytes_max of it.
//
// Outbound is a cursor and not a queue: a device that does not take what it is sent holds so much and
// no more, and the rest waits in the store, where it is anyway.

#pragma once

#include "core/ids.hpp"

#include <cstddef>
#include <vector>

namespace duet {

class Window {
public:
    /// One feed number that is under way.
    struct Item {
        Feed feed;
        Pair pair;
        Seq seq;
        std::size_t bytes;
        bool is_own; // said by the device's own person: no mark follows from having it
    };

    /// True if so many bytes more may be sent now. One entry alone always may, however long it is.
    [[nodiscard]] bool has_room_for(std::size_t bytes) const;

    /// How many bytes more may be sent now.
    [[nodiscard]] std::size_t room() const;

    void add(Item const& item);

    /// Everything up to `feed` is confirmed. Gives those items, in order; good until the next add.
    std::vector<Item> confirm(Feed feed);

private:
    std::vector<Item> items_; // in the order of their feeds; begins at first_
    std::size_t first_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace duet
