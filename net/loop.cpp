#include "net/loop.hpp"

#include "base/check.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

namespace duet {

namespace {

constexpr std::uint64_t bell_mark = ~std::uint64_t {0};
constexpr std::size_t events_each_turn_max = 64;

std::uint32_t epoll_events(Interest interest)
{
    switch (interest) {
    case Interest::nothing:
    case Interest::trouble: // EPOLLERR and EPOLLHUP are always told
        return 0;
    case Interest::reading:
        return EPOLLIN;
    case Interest::writing:
        return EPOLLOUT;
    case Interest::both:
        return EPOLLIN | EPOLLOUT;
    }
    return 0;
}

std::uint64_t mark(std::uint32_t slot, std::uint32_t generation)
{
    return std::uint64_t {generation} << 32 | slot;
}

} // namespace

SocketResult<std::unique_ptr<Loop>> Loop::create()
{
    Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    Descriptor bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    epoll_event event {.events = EPOLLIN, .data = {.u64 = bell_mark}};
    if (not epoll.is_open() or not bell.is_open()
        or ::epoll_ctl(epoll.number(), EPOLL_CTL_ADD, bell.number(), &event) != 0)
        return fail(socket_error("make a loop", ""));
    return std::unique_ptr<Loop>(new Loop(std::move(epoll), std::move(bell)));
}

Loop::Loop(Descriptor epoll, Descriptor bell)
    : epoll_(std::move(epoll))
    , bell_(std::move(bell))
    , thread_(std::this_thread::get_id())
    , now_(std::chrono::steady_clock::now())
{
}

WatchId Loop::watch(int descriptor, Interest interest, Watcher& watcher, Tag tag)
{
    check_thread();
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(watches_.size()));
        watches_.emplace_back();
    }
    std::uint32_t const slot = free_slots_.back();
    free_slots_.pop_back();

    Watch& watch = watches_[slot];
    watch.watcher = &watcher;
    watch.tag = tag;
    watch.descriptor = descriptor;
    watch.interest = Interest::nothing;
    watch.is_always_ready = false;
    WatchId const id {slot, watch.generation};
    change(id, interest);
    return id;
}

void Loop::change(WatchId id, Interest interest)
{
    check_thread();
    Watch& watch = at(id);
    if (watch.interest == interest)
        return;
    if (not watch.is_always_ready) {
        // Out of epoll altogether when nothing is wanted: a broken connection would be told for ever.
        if (interest == Interest::nothing)
            control(EPOLL_CTL_DEL, id.slot, interest);
        else if (watch.interest == Interest::nothing)
            control(EPOLL_CTL_ADD, id.slot, interest);
        else
            control(EPOLL_CTL_MOD, id.slot, interest);
    }
    watch.interest = interest;
}

void Loop::unwatch(WatchId id)
{
    change(id, Interest::nothing);
    Watch& watch = at(id);
    if (watch.is_always_ready)
        std::erase(files_, id.slot);
    watch.watcher = nullptr;
    if (++watch.generation == 0)
        watch.generation = 1;
    free_slots_.push_back(id.slot);
}

void Loop::control(int operation, std::uint32_t slot, Interest interest)
{
    Watch& watch = watches_[slot];
    epoll_event event {
        .events = epoll_events(interest), .data = {.u64 = mark(slot, watch.generation)}};
    if (::epoll_ctl(epoll_.number(), operation, watch.descriptor, &event) == 0)
        return;
    if (operation != EPOLL_CTL_ADD or errno != EPERM)
        give_up("epoll takes no more watches");
    watch.is_always_ready = true;
    files_.push_back(slot);
}

TimerId Loop::start_timer(std::chrono::milliseconds delay, TimerHandler& handler, Tag tag)
{
    check_thread();
    return timers_.start(now_ + delay, handler, tag);
}

void Loop::turn(std::optional<std::chrono::milliseconds> at_most)
{
    check_thread();
    std::array<epoll_event, events_each_turn_max> events;
    int const count = ::epoll_wait(epoll_.number(), events.data(), events.size(), wait_ms(at_most));
    check(count >= 0 or errno == EINTR); // a debugger's stop, or a signal that nobody blocked
    now_ = std::chrono::steady_clock::now();

    for (epoll_event const& event :
        std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
        if (event.data.u64 == bell_mark) {
            std::uint64_t rings = 0;
            [[maybe_unused]] auto const bytes = ::read(bell_.number(), &rings, sizeof rings);
            continue;
        }
        tell(static_cast<std::uint32_t>(event.data.u64),
            static_cast<std::uint32_t>(event.data.u64 >> 32),
            {(event.events & EPOLLIN) != 0, (event.events & EPOLLOUT) != 0,
                (event.events & (EPOLLERR | EPOLLHUP)) != 0});
    }
    tell_files();
    timers_.ring(now_);
}

int Loop::wait_ms(std::optional<std::chrono::milliseconds> at_most)
{
    auto const is_wanted = [this](std::uint32_t slot) {
        return watches_[slot].interest != Interest::nothing;
    };
    if (std::ranges::any_of(files_, is_wanted))
        return 0;
    auto delay = at_most;
    if (auto const next = timers_.next()) {
        // Rounded up: a timer that rings early would only make another turn.
        auto const left =
            std::chrono::ceil<std::chrono::milliseconds>(*next - std::chrono::steady_clock::now());
        delay = std::min(delay.value_or(left), left);
    }
    if (not delay.has_value())
        return -1;
    constexpr std::int64_t hour = 3'600'000;
    return static_cast<int>(std::clamp<std::int64_t>(delay->count(), 0, hour));
}

void Loop::tell(std::uint32_t slot, std::uint32_t generation, Ready what)
{
    Watch const watch = watches_[slot];
    bool const is_still_wanted = watch.watcher != nullptr and watch.generation == generation
        and watch.interest != Interest::nothing;
    if (is_still_wanted)
        watch.watcher->ready(watch.tag, what);
}

void Loop::tell_files()
{
    for (std::uint32_t const slot : std::vector(files_)) { // a copy: a watcher may end its watch
        Watch const watch = watches_[slot];
        if (not watch.is_always_ready)
            continue;
        bool const both = watch.interest == Interest::both;
        tell(slot, watch.generation,
            {both or watch.interest == Interest::reading,
                both or watch.interest == Interest::writing, false});
    }
}

void Loop::wake() const
{
    std::uint64_t const one = 1;
    // It can only fail when the bell rings already 2^64 - 2 times.
    [[maybe_unused]] auto const bytes = ::write(bell_.number(), &one, sizeof one);
}

void Loop::check_thread() const
{
    check(thread_ == std::this_thread::get_id());
}

Loop::Watch& Loop::at(WatchId id)
{
    check(id.slot < watches_.size());
    check(watches_[id.slot].generation == id.generation);
    return watches_[id.slot];
}

} // namespace duet
