#include "terminal/settings_words.hpp"

#include "base/check.hpp"
#include "console/escape.hpp"

#include <algorithm>

namespace duet {

namespace {

constexpr std::string_view on = "on";
constexpr std::string_view off = "off";

std::string line(std::string_view setting, bool value)
{
    return std::string(setting) + ' ' + std::string(value ? on : off) + '\n';
}

} // namespace

std::vector<std::string> settings_for_all()
{
    return {"read-marks", "presence", "typing"};
}

std::vector<std::string> settings_for_one()
{
    return {"mute", "archive", "pin", "name"};
}

bool is_setting(std::string_view setting, std::string_view value)
{
    if (setting == "name")
        return true;
    auto all = settings_for_all();
    std::ranges::copy(settings_for_one(), std::back_inserter(all));
    return std::ranges::find(all, setting) != all.end() and (value == on or value == off);
}

std::variant<SettingsChange, TalkChange> change_of(std::string_view setting, std::string_view value)
{
    check(is_setting(setting, value));
    bool const is_on = value == on;
    if (setting == "read-marks")
        return SettingsChange {.read_marks = is_on};
    if (setting == "presence")
        return SettingsChange {.presence = is_on};
    if (setting == "typing")
        return SettingsChange {.typing = is_on};
    if (setting == "mute")
        return TalkChange {.mute = is_on};
    if (setting == "archive")
        return TalkChange {.archive = is_on};
    if (setting == "pin")
        return TalkChange {.pin = is_on};
    return TalkChange {.name = std::string(value)};
}

std::string lines_of(Settings const& settings)
{
    return line("read-marks", settings.read_marks) + line("presence", settings.presence)
        + line("typing", settings.typing);
}

std::string lines_of(TalkSettings const& settings)
{
    return line("mute", settings.is_muted) + line("archive", settings.is_archived)
        + line("pin", settings.is_pinned)
        + (settings.name.empty() ? "" : "name " + escaped(settings.name) + '\n');
}

} // namespace duet
