// An errand that asks the server something and shows the answer.
//
// It waits for the connection, asks, and asks again if the connection went before the answer. Where
// the user gave no time it does not wait for long: what cannot be reached now is told at once.

#pragma once

#include "terminal/errand.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace duet {

class Asking : public Errand {
public:
    using Errand::Errand;

    void advance(MonotonicTime now) override;
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const override;

protected:
    /// Asks the client, and gives the number of the question.
    virtual std::uint64_t ask() = 0;

    /// The answer is there.
    virtual void show_answer() = 0;

    /// There will be none.
    virtual void do_without(std::string const& why) { finish_with(why); }

    /// For the handlers of answers: notes that this is the one.
    void note_answer(std::uint64_t asked) { has_answer_ = has_answer_ or asked == asked_; }

    [[nodiscard]] bool is_mine(std::uint64_t asked) const { return asked != 0 and asked == asked_; }

    /// True if the time that the user gave is over.
    [[nodiscard]] bool is_out_of_time() const { return is_out_of_time_; }

    /// True if the connection has gone since it was asked: what was to follow the answer may not come.
    [[nodiscard]] bool has_been_away() const { return why_away_.has_value(); }

    void denied(std::uint64_t asked, Failure const& why) override;
    void connection(Connectedness now, std::string const& words) override;

private:
    [[nodiscard]] std::optional<std::string> why_not(MonotonicTime now);

    std::uint64_t asked_ = 0;
    bool has_answer_ = false;
    bool is_out_of_time_ = false;
    std::optional<Failure> denied_;
    std::optional<std::string> why_away_;        // an attempt failed while we waited
    std::optional<MonotonicTime> patient_until_; // set by the first `advance`
};

} // namespace duet
