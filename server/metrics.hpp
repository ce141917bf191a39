// What a server counts, for whoever watches it: the page that Prometheus reads.
//
// Everything is counted on the loop's thread. A label is a word of one of our own lists, never anything that came
// from outside, so the page cannot grow. docs/operating.md says what each number means.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace duet {

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;

    void accepted();
    void sent_away(); // too many were there
    void closed(std::string_view reason);
    void refused(std::string_view word);
    void stored_message();
    void wrote(std::chrono::nanoseconds took); // one batch, until it was on disk

    /// What is looked up when somebody asks.
    struct Looks {
        using Door = std::string_view;
        using Phase = std::string_view;

        std::map<std::pair<Door, Phase>, std::size_t> connections {};
        std::size_t penalised_sources = 0;
        std::size_t unindexed_bytes = 0;
        std::uint64_t free_bytes = 0;
        std::optional<double> certificate_days {}; // until it ends
        std::uint64_t log_lines_lost = 0;
    };

    /// The page, in Prometheus' text format.
    std::string page(Looks const& looks);

private:
    class Numbers; // the library's
    std::unique_ptr<Numbers> numbers_;
};

} // namespace duet
