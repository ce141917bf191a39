#include "terminal/asking.hpp"

#include "console/words.hpp"
#include "terminal/showing.hpp"

#include <algorithm>

namespace duet {

namespace {

using namespace std::chrono_literals;

// Where the user gave no time: longer than a healthy server takes, short enough to be waited for.
constexpr auto patience = 5s;

} // namespace

void Asking::advance(MonotonicTime now)
{
    if (not patient_until_.has_value())
        patient_until_ = now + patience;
    is_out_of_time_ = is_late(now);
    if (has_answer_)
        return show_answer();
    if (auto const why = why_not(now); why.has_value())
        return do_without(*why);
    if (asked_ == 0 and client_.connectedness() == Connectedness::here) {
        why_away_.reset();
        asked_ = ask();
    }
}

std::optional<MonotonicTime> Asking::next_deadline() const
{
    if (order_.timeout_ms.has_value())
        return Errand::next_deadline();
    // What follows an answer is waited for as long as the connection stands.
    return has_answer_ ? std::nullopt : patient_until_;
}

std::optional<std::string> Asking::why_not(MonotonicTime now)
{
    if (over_for_good_.has_value())
        return failure_in_words(*over_for_good_);
    if (denied_.has_value())
        return failure_in_words(*denied_);
    bool const is_over = order_.timeout_ms.has_value()
        ? is_out_of_time_
        : why_away_.has_value() or now >= patient_until_;
    if (not is_over)
        return std::nullopt;
    std::string const no_answer = fill(tr("No answer from {0}"), {client_.server()});
    return why_away_.has_value() and not why_away_->empty() ? no_answer + ": " + *why_away_
                                                            : no_answer;
}

void Asking::denied(std::uint64_t asked, Failure const& why)
{
    if (not is_mine(asked))
        return;
    if (why.word == "network")
        asked_ = 0;
    else
        denied_ = why;
}

void Asking::connection(Connectedness now, std::string const& words)
{
    if (now == Connectedness::away)
        why_away_ = words;
}

} // namespace duet
