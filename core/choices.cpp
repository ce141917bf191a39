#include "core/choices.hpp"

namespace duet {

namespace {

// One letter for each thing that is off. They stand in files.
constexpr char first = 'c';
constexpr char no_read_marks = 'r';
constexpr char no_presence = 'p';
constexpr char no_typing = 't';

} // namespace

PersonChoices choices_from(std::string_view settings)
{
    auto const is_on = [settings](char letter) { return not settings.contains(letter); };
    return {is_on(no_read_marks), is_on(no_presence), is_on(no_typing)};
}

std::string settings_of(PersonChoices const& choices)
{
    std::string settings(1, first);
    if (not choices.read_marks)
        settings += no_read_marks;
    if (not choices.presence)
        settings += no_presence;
    if (not choices.typing)
        settings += no_typing;
    return settings;
}

} // namespace duet
