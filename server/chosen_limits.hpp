// The limits that an operator may choose: each by its name of docs/limits.md, and in its unit.

#pragma once

#include "base/limits.hpp"
#include "base/result.hpp"
#include "core/pace.hpp"
#include "server/admission.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

struct ChosenLimits {
    AdmissionRules admission {};
    PaceRule pace {limits::pace_burst, limits::pace_per_second};

    /// Sets one: "waiting_max", 8000.
    ///
    /// Errors  a sentence: there is no such limit that can be chosen, or it cannot be that.
    Result<void, std::string> set(std::string_view name, std::uint64_t value);
};

} // namespace duet
