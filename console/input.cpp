#include "console/input.hpp"

#include "base/limits.hpp"
#include "doors/lines.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace duet {

Input::Input(Loop& loop, int number, InputHandler& handler)
    : loop_(loop)
    , number_(number)
    , handler_(handler)
    , watch_(loop.watch(number, Interest::nothing, *this))
    , block_(limits::read_buffer_bytes)
{
}

Input::~Input()
{
    loop_.unwatch(watch_);
}

void Input::set_reading(bool wanted)
{
    wants_to_read_ = wanted;
    loop_.change(watch_, wanted and not has_ended_ ? Interest::reading : Interest::nothing);
    take_lines(); // those that waited here; nothing new need ever come
}

void Input::ready(Tag, Ready)
{
    take_lines();
    if (not wants_to_read_ or has_ended_)
        return;
    // What is left is the beginning of a line: at most line_bytes_max, so there is room behind it.
    std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    ssize_t const bytes = ::read(number_, block_.data() + end_, block_.size() - end_);
    if (bytes < 0 and (errno == EINTR or errno == EAGAIN))
        return;
    if (bytes <= 0)
        return tell_end(bytes < 0 ? errno : 0);
    end_ += static_cast<std::size_t>(bytes);
    take_lines();
}

void Input::take_lines()
{
    if (std::exchange(is_taking_, true))
        return; // a handler has called set_reading from within: the round under way goes on
    while (wants_to_read_ and begin_ < end_) {
        if (is_skipping_) {
            skip_to_end_of_line();
            continue;
        }
        Bytes const rest = Bytes(block_).subspan(begin_, end_ - begin_);
        auto const line = next_line(rest);
        if (line.has_value() and not line->has_value())
            break;
        ++line_number_;
        if (line.has_value()) {
            begin_ += (*line)->used;
            handler_.own_line((*line)->text);
        } else {
            is_skipping_ = true;
            handler_.own_bad_line(line_number_, line.error());
        }
    }
    is_taking_ = false;
}

void Input::skip_to_end_of_line()
{
    void const* const end = std::memchr(block_.data() + begin_, '\n', end_ - begin_);
    if (end == nullptr) {
        begin_ = end_;
        return;
    }
    begin_ = static_cast<std::size_t>(static_cast<std::byte const*>(end) - block_.data()) + 1;
    is_skipping_ = false;
}

void Input::tell_end(int error)
{
    has_ended_ = true;
    loop_.change(watch_, Interest::nothing);
    Bytes const rest = Bytes(block_).subspan(begin_, end_ - begin_);
    auto const line = is_skipping_ ? std::nullopt : last_line(rest);
    if (not line.has_value())
        handler_.own_bad_line(line_number_ + 1, line.error());
    else if (line->has_value())
        handler_.own_line((*line)->text);
    handler_.own_end(error);
}

} // namespace duet
