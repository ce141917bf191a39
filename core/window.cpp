#include "core/window.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace duet {

bool Window::has_room_for(std::size_t bytes) const
{
    return bytes_ == 0 or bytes_ + bytes <= limits::window_bytes_max;
}

std::size_t Window::room() const
{
    return limits::window_bytes_max - std::min(bytes_, limits::window_bytes_max);
}

void Window::add(Item const& item)
{
    items_.push_back(item);
    bytes_ += item.bytes;
}

std::vector<Window::Item> Window::confirm(Feed feed)
{
    auto const begin = items_.begin() + static_cast<std::ptrdiff_t>(first_);
    auto const end =
        std::find_if(begin, items_.end(), [feed](Item const& item) { return item.feed > feed; });
    std::vector<Item> confirmed(begin, end);
    for (Item const& item : confirmed)
        bytes_ -= item.bytes;
    first_ += confirmed.size();
    if (first_ == items_.size()) {
        items_ = {}; // a device that has everything owns nothing here
        first_ = 0;
    } else if (first_ > items_.size() / 2) {
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
    return confirmed;
}

} // namespace duet
