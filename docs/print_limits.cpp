// Prints docs/limits.md, from the table that is compiled into every program of ours.

#include "base/limits.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace {

/// 16384 as "16,384".
std::string with_commas(std::int64_t value)
{
    std::string digits = fmt::format("{}", value);
    auto const first = value < 0 ? 1 : 0;
    for (auto at = static_cast<int>(digits.size()) - 3; at > first; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

} // namespace

int main()
{
    fmt::print("# The limits\n\n"
               "Everything in duet has a maximum, and a rule for the day that it is reached. This "
               "page is made by\n`./do limits` from `base/limits.hpp`; a test compares the two.\n\n"
               "| name | value | unit | what happens |\n"
               "| --- | ---: | --- | --- |\n");
    for (duet::limits::Limit const& limit : duet::limits::all())
        fmt::print("| `{}` | {} | {} | {} |\n", limit.name, with_commas(limit.value), limit.unit,
            limit.rule);
    return std::fflush(stdout) == 0 ? 0 : 1;
}
