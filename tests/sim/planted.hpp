// Which mistake a run has, by name. See core/planted.hpp.

#pragma once

#include "core/planted.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace duet::sim {

struct BugName {
    Bug bug;
    char const* name;
};

/// All there are.
std::span<BugName const> all_bugs();

std::optional<Bug> bug_named(std::string_view name);

/// False if mistakes cannot be planted in this build.
bool plant(Bug bug);

} // namespace duet::sim
