#include "net/timers.hpp"

#include <algorithm>

namespace duet {

TimerId Timers::start(MonotonicTime when, TimerHandler& handler, Tag tag)
{
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    std::uint32_t const number = free_slots_.back();
    free_slots_.pop_back();

    Slot& slot = slots_[number];
    slot.handler = &handler;
    slot.tag = tag;
    TimerId const id {number, slot.generation};
    heap_.push_back({when, started_++, id});
    std::ranges::push_heap(heap_, std::greater());
    return id;
}

void Timers::stop(TimerId id)
{
    if (not is_waiting(id))
        return;
    give_back(id);
    sweep();
}

std::optional<MonotonicTime> Timers::next()
{
    while (not heap_.empty() and not is_waiting(heap_.front().id))
        take_top();
    if (heap_.empty())
        return std::nullopt;
    return heap_.front().when;
}

void Timers::ring(MonotonicTime now)
{
    std::uint64_t const started_before = started_;
    std::vector<Place> later;
    while (not heap_.empty() and heap_.front().when <= now) {
        Place const place = heap_.front();
        take_top();
        if (not is_waiting(place.id))
            continue;
        if (place.order >= started_before) {
            later.push_back(place);
            continue;
        }
        Slot const slot = slots_[place.id.slot];
        give_back(place.id);
        slot.handler->due(slot.tag);
    }
    for (Place const& place : later) {
        heap_.push_back(place);
        std::ranges::push_heap(heap_, std::greater());
    }
}

bool Timers::is_waiting(TimerId id) const
{
    return id.slot < slots_.size() and slots_[id.slot].generation == id.generation
        and slots_[id.slot].handler != nullptr;
}

void Timers::give_back(TimerId id)
{
    Slot& slot = slots_[id.slot];
    slot.handler = nullptr;
    if (++slot.generation == 0)
        slot.generation = 1;
    free_slots_.push_back(id.slot);
}

void Timers::take_top()
{
    std::ranges::pop_heap(heap_, std::greater());
    heap_.pop_back();
}

void Timers::sweep()
{
    constexpr std::size_t worth_it = 64;
    std::size_t const waiting = slots_.size() - free_slots_.size();
    if (heap_.size() < worth_it or waiting * 2 > heap_.size())
        return;
    std::erase_if(heap_, [this](Place const& place) { return not is_waiting(place.id); });
    std::ranges::make_heap(heap_, std::greater());
}

} // namespace duet
