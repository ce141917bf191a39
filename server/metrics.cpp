#include "server/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace duet {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

/// In seconds: a good disk syncs in the first, and a bad day ends in the last.
Histogram::BucketBoundaries sync_times()
{
    return {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};
}

} // namespace

class Metrics::Numbers {
public:
    Family<Counter>& counters(char const* name, char const* help)
    {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }

    Family<Gauge>& gauges(char const* name, char const* help)
    {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }

    prometheus::Registry registry;

    Counter& accepted = counters("duetd_accepted_total", "Connections that were accepted.").Add({});
    Counter& sent_away = counters(
        "duetd_sent_away_total", "Connections that were closed at once, since too many were there.")
                             .Add({});
    Family<Counter>& closed =
        counters("duetd_closed_total", "Connections that have ended, by the reason.");
    Family<Counter>& refused =
        counters("duetd_refused_total", "Requests that were refused or put off, by the word.");
    Counter& messages = counters("duetd_messages_total", "Entries that were stored.").Add({});
    Histogram& writes =
        prometheus::BuildHistogram()
            .Name("duetd_write_seconds")
            .Help("How long a batch took from the scribe's hands to the disk, its sync included.")
            .Register(registry)
            .Add({}, sync_times());

    Family<Gauge>& connections =
        gauges("duetd_connections", "Connections that there are, by door and phase.");
    Gauge& penalised =
        gauges("duetd_penalised_sources", "Addresses that have failed to prove themselves of late.")
            .Add({});
    Gauge& unindexed =
        gauges("duetd_unindexed_bytes", "What the journal holds and the index does not yet.")
            .Add({});
    Gauge& free_space =
        gauges("duetd_disk_free_bytes", "What is free on the disk of the data directory.").Add({});
    Family<Gauge>& certificate =
        gauges("duetd_certificate_days", "Days until the certificate ends.");
    Gauge& log_lines_lost =
        gauges("duetd_log_lines_lost", "Lines of the log that could not be written.").Add({});
};

Metrics::Metrics() : numbers_(std::make_unique<Numbers>()) { }

Metrics::~Metrics() = default;

void Metrics::accepted()
{
    numbers_->accepted.Increment();
}

void Metrics::sent_away()
{
    numbers_->sent_away.Increment();
}

void Metrics::closed(std::string_view reason)
{
    numbers_->closed.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::refused(std::string_view word)
{
    numbers_->refused.Add({{"word", std::string(word)}}).Increment();
}

void Metrics::stored_message()
{
    numbers_->messages.Increment();
}

void Metrics::wrote(std::chrono::nanoseconds took)
{
    numbers_->writes.Observe(std::chrono::duration<double>(took).count());
}

std::string Metrics::page(Looks const& looks)
{
    for (auto const& [place, count] : looks.connections)
        numbers_->connections
            .Add({{"door", std::string(place.first)}, {"phase", std::string(place.second)}})
            .Set(static_cast<double>(count));
    numbers_->penalised.Set(static_cast<double>(looks.penalised_sources));
    numbers_->unindexed.Set(static_cast<double>(looks.unindexed_bytes));
    numbers_->free_space.Set(static_cast<double>(looks.free_bytes));
    numbers_->log_lines_lost.Set(static_cast<double>(looks.log_lines_lost));
    if (looks.certificate_days.has_value())
        numbers_->certificate.Add({}).Set(*looks.certificate_days);
    return prometheus::TextSerializer().Serialize(numbers_->registry.Collect());
}

} // namespace duet
