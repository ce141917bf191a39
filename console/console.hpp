// The console: where one's own words come from and the other's are shown.
//
// Standard input and standard output are each a terminal or not, and each matters for itself: at a
// keyboard there is a prompt and a line editor; on a screen, another's line has its prefix and its
// control characters are made visible. In a pipe there is nothing but the lines. What is not talk
// (who has come, what went wrong) goes to standard error.

#pragma once

#include "console/input.hpp"
#include "console/keyboard.hpp"
#include "console/output.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace duet {

class ConsoleHandler : public InputHandler {
public:
    /// Standard output takes no more. `words` are the system's.
    virtual void output_failed(std::string_view words) = 0;

    /// Some of what waited to be shown has left: see Console::backlog_bytes.
    virtual void output_left() = 0;

protected:
    ~ConsoleHandler() = default;
};

class Console final : InputHandler, OutputHandler {
public:
    Console(Loop& loop, std::string prompt);
    ~Console();
    Console(Console const&) = delete;
    Console& operator=(Console const&) = delete;

    /// From here on, until `close`, `handler` is told. One's own words are read.
    void open(ConsoleHandler& handler);

    /// One's own words are no longer read; the prompt goes.
    void close_input();
    void close();

    void set_reading(bool wanted);

    /// Shows what the other side said.
    void hear(std::string_view prefix, std::string_view line);

    /// Shows what has happened: whole lines, without the last one's end.
    void tell(std::string_view lines);

    /// Nothing more will be heard: who reads our output sees its end.
    void finish_output();

    /// Writes what has gathered.
    void flush();

    /// True if all of it has been written, or never will be.
    [[nodiscard]] bool is_flushed() const;

    /// True if one's own words are at their end: nothing more will be told of them.
    [[nodiscard]] bool input_has_ended() const;

    /// True if somebody sits there typing: then the other side's end ends the talk.
    [[nodiscard]] bool has_keyboard() const { return keyboard_.has_value(); }

    /// What waits to be shown.
    [[nodiscard]] std::size_t backlog_bytes() const { return output_.backlog_bytes(); }

    /// What could not be shown, whole lines.
    [[nodiscard]] std::string_view not_shown() const;

    // What the signals say: the terminal has another size; Ctrl-Z; and on again.
    void resize();
    void suspend();
    void resume();

private:
    void own_line(std::string_view text) override;
    void own_bad_line(std::uint64_t number, Error why) override;
    void own_line_refused(Error why) override;
    void own_end(int error) override;
    void output_failed(int error) override;
    void output_left() override;

    ConsoleHandler* handler_ = nullptr; // set while open
    bool has_screen_;                   // standard output is a terminal
    bool tells_on_screen_;              // standard error is one, and ours to keep in order
    Output output_;                     // standard output
    std::optional<Output>
        keyboard_screen_; // the keyboard's terminal, where standard output is none
    std::optional<Keyboard> keyboard_;
    std::optional<Input> input_; // where standard input is no terminal
};

} // namespace duet
