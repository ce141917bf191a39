// What listening and calling have in common: the loop and all that hangs on it, one turn of which is
// all that the program does.

#pragma once

#include "console/console.hpp"
#include "net/connections.hpp"
#include "net/departures.hpp"
#include "net/loop.hpp"
#include "net/signals.hpp"
#include "terminal/talk.hpp"

#include <optional>
#include <string_view>

namespace duet {

class PlainChat final : SignalHandler {
public:
    explicit PlainChat(Loop& loop);

    Loop& loop() { return loop_; }
    Departures& departures() { return departures_; }
    Console& console() { return console_; }

    /// See Talk for `is_one_of_many`.
    void begin_talk(Side side, bool is_one_of_many, Socket socket);

    /// The talk that is going on, or has just ended.
    [[nodiscard]] bool is_talking() const { return talk_.has_value(); }
    [[nodiscard]] bool talk_is_over() const { return talk_.has_value() and talk_->is_over(); }

    /// Forgets the talk that is over.
    TalkEnd end_talk();

    /// Waits for what comes next, tells whom it concerns, and sends and shows what follows from it.
    void turn();

    /// True if a signal asked for the end and no talk is left that would have to end first.
    [[nodiscard]] bool must_stop() const { return stopped_by_ != 0 and not is_talking(); }

    /// Says the last word, shows all that is left to be shown, and gives what to tell the shell.
    int stop(std::string_view last_word, int code);

private:
    void signalled(int number) override;
    void stop_process();

    Loop& loop_;
    Signals signals_;
    Connections connections_;
    Departures departures_;
    Console console_;
    std::optional<Talk> talk_;
    int stopped_by_ = 0; // the signal, if one asked us to stop
    int times_stopped_ = 0;
};

/// What to tell the shell after a talk that ended so.
int exit_code_of(TalkEnd end);

} // namespace duet
