#include "console/console.hpp"

#include "base/check.hpp"
#include "console/escape.hpp"
#include "console/standard_streams.hpp"

#include <unistd.h>

#include <cstring>
#include <utility>

namespace duet {

namespace {

bool is_terminal(int number)
{
    return ::isatty(number) == 1;
}

} // namespace

Console::Console(Loop& loop, std::string prompt)
    : has_screen_(is_terminal(STDOUT_FILENO))
    , tells_on_screen_(is_terminal(STDERR_FILENO) and (has_screen_ or is_terminal(STDIN_FILENO)))
    , output_(loop, STDOUT_FILENO, *this)
{
    InputHandler& input_handler = *this;
    OutputHandler& output_handler = *this;
    if (not is_terminal(STDIN_FILENO)) {
        input_.emplace(loop, STDIN_FILENO, input_handler);
        return;
    }
    if (not has_screen_)
        keyboard_screen_.emplace(loop, STDIN_FILENO, output_handler);
    Output& screen = has_screen_ ? output_ : *keyboard_screen_;
    keyboard_.emplace(loop, STDIN_FILENO, std::move(prompt), screen, input_handler);
}

Console::~Console()
{
    close();
}

void Console::open(ConsoleHandler& handler)
{
    check(handler_ == nullptr);
    handler_ = &handler;
    if (keyboard_.has_value())
        keyboard_->open();
    else
        set_reading(true);
}

void Console::close_input()
{
    set_reading(false);
    if (keyboard_.has_value())
        keyboard_->close();
}

void Console::close()
{
    close_input();
    handler_ = nullptr;
}

void Console::set_reading(bool wanted)
{
    if (keyboard_.has_value())
        keyboard_->set_reading(wanted);
    else
        input_->set_reading(wanted);
}

void Console::hear(std::string_view prefix, std::string_view line)
{
    if (not has_screen_) {
        output_.write(line);
        output_.write("\n");
        return;
    }
    std::string const text = std::string(prefix) + escaped(line) + '\n';
    if (keyboard_.has_value())
        keyboard_->print(text);
    else
        output_.write(text);
}

void Console::tell(std::string_view lines)
{
    std::string const text = std::string(lines) + '\n';
    if (not tells_on_screen_)
        write_to_standard_error(text);
    else if (keyboard_.has_value())
        keyboard_->print(text);
    else
        output_.write(text);
}

void Console::finish_output()
{
    if (not has_screen_)
        output_.finish();
}

bool Console::input_has_ended() const
{
    return input_.has_value() and input_->has_ended();
}

void Console::flush()
{
    output_.flush();
    if (keyboard_screen_.has_value())
        keyboard_screen_->flush();
}

bool Console::is_flushed() const
{
    return (output_.has_failed() or output_.backlog_bytes() == 0)
        and (not keyboard_screen_.has_value() or keyboard_screen_->has_failed()
            or keyboard_screen_->backlog_bytes() == 0);
}

std::string_view Console::not_shown() const
{
    return output_.has_failed() ? as_text(output_.lost()) : std::string_view();
}

void Console::resize()
{
    if (keyboard_.has_value())
        keyboard_->resize();
}

void Console::suspend()
{
    if (keyboard_.has_value())
        keyboard_->suspend();
}

void Console::resume()
{
    if (keyboard_.has_value())
        keyboard_->resume();
}

void Console::own_line(std::string_view text)
{
    if (handler_ != nullptr)
        handler_->own_line(text);
}

void Console::own_bad_line(std::uint64_t number, Error why)
{
    if (handler_ != nullptr)
        handler_->own_bad_line(number, why);
}

void Console::own_line_refused(Error why)
{
    if (handler_ != nullptr)
        handler_->own_line_refused(why);
}

void Console::own_end(int error)
{
    if (handler_ != nullptr)
        handler_->own_end(error);
}

void Console::output_failed(int error)
{
    if (handler_ != nullptr)
        handler_->output_failed(std::strerror(error));
}

void Console::output_left()
{
    if (handler_ != nullptr)
        handler_->output_left();
}

} // namespace duet
