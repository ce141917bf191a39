// One's own words when they are typed: the terminal, in the mode that the line editor wants.
//
// While it is open the terminal sends each key at once and echoes nothing; closed, or suspended, or
// gone, it is as it was found. The editor decides what the keys mean; what it draws goes to `screen`,
// the same Output that everything else on this terminal goes to, so nothing is ever out of order.

#pragma once

#include "console/input.hpp"
#include "console/line_editor.hpp"
#include "console/output.hpp"
#include "net/loop.hpp"

#include <termios.h>

#include <optional>
#include <string>
#include <string_view>

namespace duet {

class Keyboard final : Watcher {
public:
    /// `number` is a terminal and lent. Nothing happens to it before `open`.
    Keyboard(Loop& loop, int number, std::string prompt, Output& screen, InputHandler& handler);
    ~Keyboard();
    Keyboard(Keyboard const&) = delete;
    Keyboard& operator=(Keyboard const&) = delete;

    /// Draws the prompt and begins to listen to the keys.
    void open();

    /// Takes the prompt away; a line that was begun stays on the screen, since somebody typed it.
    void close();

    /// Whether to go on making lines of what is typed.
    void set_reading(bool wanted);

    /// Writes whole lines above the line that is being typed, which stays as it is.
    void print(std::string_view lines);

    /// The terminal has another size.
    void resize();

    /// Before the process stops (Ctrl-Z), and after it goes on.
    void suspend();
    void resume();

private:
    void ready(Tag tag, Ready what) override;
    void take_events();
    void enter_mode();
    void leave_mode();
    [[nodiscard]] int columns() const;

    Loop& loop_;
    int number_;
    Output& screen_;
    InputHandler& handler_;
    WatchId watch_;
    LineEditor editor_;
    std::optional<termios> before_; // set while the mode is ours
    bool is_open_ = false;
    bool wants_to_read_ = false;
    bool is_taking_ = false;
};

} // namespace duet
