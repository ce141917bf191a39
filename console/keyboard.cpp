#include "console/keyboard.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>
#include <variant>

namespace duet {

namespace {

// Pastes come marked, so that what was pasted can be told from what was typed (xterm, "Bracketed
// Paste Mode").
constexpr std::string_view mark_pastes = "\x1b[?2004h";
constexpr std::string_view mark_no_pastes = "\x1b[?2004l";

termios key_by_key(termios mode)
{
    mode.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
    mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ECHONL | IEXTEN);
    mode.c_lflag |= ISIG;               // Ctrl-C and Ctrl-Z stay what they are everywhere
    mode.c_cc[VQUIT] = _POSIX_VDISABLE; // but Ctrl-\ would end us without a chance to tidy up
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    return mode;
}

} // namespace

Keyboard::Keyboard(
    Loop& loop, int number, std::string prompt, Output& screen, InputHandler& handler)
    : loop_(loop)
    , number_(number)
    , screen_(screen)
    , handler_(handler)
    , watch_(loop.watch(number, Interest::nothing, *this))
    , editor_(std::move(prompt), columns())
{
}

Keyboard::~Keyboard()
{
    close();
    loop_.unwatch(watch_);
}

void Keyboard::open()
{
    if (std::exchange(is_open_, true))
        return;
    enter_mode();
    resize();
    print("");
    set_reading(true);
}

void Keyboard::close()
{
    if (not is_open_)
        return;
    set_reading(false);
    std::string text;
    if (editor_.text().empty())
        editor_.erase(text);
    else
        text += '\n';
    is_open_ = false;
    screen_.write(text);
    leave_mode();
}

void Keyboard::set_reading(bool wanted)
{
    wants_to_read_ = wanted and is_open_;
    loop_.change(watch_, wants_to_read_ ? Interest::reading : Interest::nothing);
    take_events();
}

void Keyboard::print(std::string_view lines)
{
    std::string text;
    editor_.erase(text);
    text += lines;
    if (is_open_)
        editor_.draw(text);
    screen_.write(text);
}

void Keyboard::resize()
{
    std::string text;
    editor_.resize(columns(), text);
    screen_.write(text);
}

void Keyboard::suspend()
{
    if (not is_open_)
        return;
    std::string text;
    editor_.erase(text);
    screen_.write(text);
    leave_mode();
    screen_.flush_to_the_end();
}

void Keyboard::resume()
{
    if (not is_open_)
        return;
    enter_mode();
    std::string gone; // what was drawn is lost among what others wrote meanwhile
    editor_.erase(gone);
    resize();
    print("");
}

void Keyboard::ready(Tag, Ready)
{
    std::array<std::byte, 4096> block;
    ssize_t const bytes = ::read(number_, block.data(), block.size());
    if (bytes < 0 and (errno == EINTR or errno == EAGAIN))
        return;
    if (bytes <= 0) { // the terminal has hung up
        set_reading(false);
        return handler_.own_end(0);
    }
    editor_.take(Bytes(block).first(static_cast<std::size_t>(bytes)));
    take_events();
}

void Keyboard::take_events()
{
    if (std::exchange(is_taking_, true))
        return; // a handler has called set_reading from within: the round under way goes on
    while (wants_to_read_) {
        std::string drawing;
        auto event = editor_.next(drawing);
        screen_.write(drawing);
        if (not event.has_value())
            break;
        if (auto const* const line = std::get_if<LineEditor::Line>(&*event))
            handler_.own_line(line->text);
        else if (std::holds_alternative<LineEditor::TooLong>(*event))
            handler_.own_line_refused(Error::line_too_long);
        else
            handler_.own_end(0);
        if (is_open_)
            print("");
    }
    is_taking_ = false;
}

void Keyboard::enter_mode()
{
    termios mode {};
    if (::tcgetattr(number_, &mode) != 0)
        return;
    if (not before_.has_value())
        before_ = mode;
    termios const ours = key_by_key(mode);
    ::tcsetattr(number_, TCSADRAIN, &ours);
    screen_.write(mark_pastes);
}

void Keyboard::leave_mode()
{
    if (not before_.has_value())
        return;
    screen_.write(mark_no_pastes);
    ::tcsetattr(number_, TCSANOW, &*before_);
    before_.reset();
}

int Keyboard::columns() const
{
    winsize size {};
    return ::ioctl(number_, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

} // namespace duet
