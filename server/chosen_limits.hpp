// The limits that an operator may choose: each by its name of docs/limits.md, and in its unit.

#pragma once

#include "base/result.hpp"
#include "server/admission.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

struct ChosenLimits {
    AdmissionRules admission {};

    /// Sets one: "waiting_max", 8000.
    ///
    /// Errors  a sentence: there is no such limit that can be chosen, or it cannot be that.
    Result<void, std::string> set(std::string_view name, std::uint64_t value);
};

} // namespace duet
