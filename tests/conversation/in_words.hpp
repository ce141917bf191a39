// What is asked and what is told, in a few words each, so that a test reads like a play and a failure
// shows what was said instead.
//
//     #2 bob: hello              an entry, with its number in the feed
//     #2 ada: hello (n 1)        the same, on the device that said it
//     said 1 as 3 #2             n 1 is seq 3 of its conversation, and stands for number 2 in the feed
//     with bob: ada has 3, read 2    a mark

#pragma once

#include "core/event.hpp"
#include "core/request.hpp"

#include <string>
#include <vector>

namespace duet {

std::string in_words(Event::Body const& event);
std::string in_words(Request::Body const& request);

/// One after the other, with " / " between.
template <typename Body>
std::string in_words(std::vector<Body> const& all)
{
    std::string words;
    for (Body const& one : all)
        words += (words.empty() ? "" : " / ") + in_words(one);
    return words;
}

} // namespace duet
