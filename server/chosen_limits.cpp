#include "server/chosen_limits.hpp"

namespace duet {

namespace {

constexpr std::uint64_t count_most = 10'000'000;
constexpr std::uint64_t ms_most = 24ull * 60 * 60 * 1000;

Result<std::uint64_t, std::string> between(
    std::string_view name, std::uint64_t value, std::uint64_t least, std::uint64_t most)
{
    if (value < least or value > most)
        return fail(std::string(name) + " must be between " + std::to_string(least) + " and "
            + std::to_string(most));
    return value;
}

} // namespace

Result<void, std::string> ChosenLimits::set(std::string_view name, std::uint64_t value)
{
    struct Count {
        std::string_view name;
        std::size_t& place;
        std::uint64_t least;
    };
    struct Span {
        std::string_view name;
        limits::Duration& place;
    };
    // Where at least one is asked for, none would keep everybody out for ever.
    Count const counts[] = {
        {"strangers_source_max", admission.strangers_source_max, 1},
        {"strangers_penalised_max", admission.strangers_penalised_max, 1},
        {"strangers_max", admission.strangers_max, 1},
        {"waiting_source_max", admission.waiting_source_max, 0},
        {"waiting_max", admission.waiting_max, 0},
        {"penalised_sources_max", admission.penalties.sources_max, 0},
        {"pace_burst", pace.burst, 0}, // 0: no pace is kept
        {"pace_per_second", pace.per_second, 1},
    };
    Span const spans[] = {
        {"stranger_quiet_max", admission.quiet_max},
        {"penalty_failed_proof", admission.penalties.failed_proof},
        {"penalty_broke_protocol", admission.penalties.broke_protocol},
        {"penalty_least", admission.penalties.least},
        {"penalty_most", admission.penalties.most},
    };
    for (Count const& count : counts) {
        if (count.name != name)
            continue;
        count.place = TRY(between(name, value, count.least, count_most));
        return {};
    }
    for (Span const& span : spans) {
        if (span.name != name)
            continue;
        span.place = limits::Duration(TRY(between(name, value, 0, ms_most)));
        return {};
    }
    return fail("there is no limit '" + std::string(name) + "' that can be chosen");
}

} // namespace duet
