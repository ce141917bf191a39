// Which of two connections with the same partner is kept, when both have dialled at once.
//
// It is for the one of the two to say who is not the scribe, since at the scribe's they would be one device:
// the newer, but not in place of one that the scribe has made. So both end on the same one.

#pragma once

#include "core/planted.hpp"

namespace duet {

/// What the one who is not the scribe has, and what is offered to it.
struct Offer {
    bool has_connection = false;
    bool scribe_dialled_it = false; // the one that there is
    bool we_dialled = false;        // the one that is offered
};

inline bool is_second_best(Offer const& offer)
{
    if (planted(Bug::later_dial_wins))
        return false;
    return offer.has_connection and offer.scribe_dialled_it and offer.we_dialled;
}

} // namespace duet
