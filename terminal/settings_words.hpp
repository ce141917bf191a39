// What can be chosen, by the words that are typed: "typing off", "mute on", "name Kimmy".

#pragma once

#include "client/duet.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace duet {

/// The words for everything, and those for one conversation.
std::vector<std::string> settings_for_all();
std::vector<std::string> settings_for_one();

/// Whether this may be the value of a setting that there is.
bool is_setting(std::string_view setting, std::string_view value);

/// What is to change. It must be a setting.
std::variant<SettingsChange, TalkChange> change_of(
    std::string_view setting, std::string_view value);

/// A line for each: "typing on".
std::string lines_of(Settings const& settings);
std::string lines_of(TalkSettings const& settings);

} // namespace duet
