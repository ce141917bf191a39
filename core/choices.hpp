// What a person has chosen for all conversations, as the store keeps it: a text that only the core reads.
//
// Nobody but the person is ever told that something is off.

#pragma once

#include <string>
#include <string_view>

namespace duet {

struct PersonChoices {
    bool read_marks = true; // others are told how far this person has read
    bool presence = true;   // others are told that this person is there
    bool typing = true;     // others are told that this person is writing

    bool operator==(PersonChoices const&) const = default;
};

/// Of a person who never chose: an empty text.
PersonChoices choices_from(std::string_view settings);

/// Never empty.
std::string settings_of(PersonChoices const& choices);

} // namespace duet
