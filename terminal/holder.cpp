#include "terminal/holder.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace duet {

namespace {

using namespace std::chrono_literals;

} // namespace

Holder::Holder(Loop& loop, Front& front, Errands& errands, Client& client, Profile const& profile,
    Order order, TypedLines& typed)
    : loop_(loop)
    , front_(front)
    , errands_(errands)
    , client_(client)
    , lines_(typed)
    , connections_(loop)
    , door_(loop, connections_, errands, client, profile)
    , watch_(loop.watch(client.descriptor(), Interest::reading, *this))
    , own_(errands.add(std::move(order), client, front))
{
    Typist& typist = *this;
    front_.type_for(&typist);
    do_what_can_be_done();
}

Holder::~Holder()
{
    front_.type_for(nullptr);
    errands_.drop(own_);
    connections_.flush();
    loop_.stop_timer(timer_);
    loop_.unwatch(watch_);
}

void Holder::turn()
{
    set_timer();
    loop_.turn();
    do_what_can_be_done();
}

void Holder::do_what_can_be_done()
{
    door_.begin_orders();
    take_lines();
    errands_.advance(loop_.now());
    client_.turn(0ms);
    errands_.advance(loop_.now());
    for (Errands::Id const id : errands_.finished()) {
        if (id == own_)
            exit_code_ = errands_.find(id)->exit_code();
        else
            door_.finished(id);
    }
    connections_.flush();
}

void Holder::set_timer()
{
    loop_.stop_timer(timer_);
    auto const client = client_.next_deadline();
    auto const errands = errands_.next_deadline();
    if (not client.has_value() and not errands.has_value())
        return;
    auto const first =
        std::min(client.value_or(MonotonicTime::max()), errands.value_or(MonotonicTime::max()));
    auto const delay =
        std::max(first - std::chrono::steady_clock::now(), MonotonicTime::duration());
    timer_ = loop_.start_timer(std::chrono::ceil<std::chrono::milliseconds>(delay), *this);
}

void Holder::typed(std::string_view line)
{
    lines_.add(line);
}

void Holder::typed_end()
{
    lines_.end();
}

void Holder::take_lines()
{
    Errand* const own = errands_.find(own_);
    if (own == nullptr)
        return;
    auto const& waiting = lines_.not_taken();
    if (not waiting.empty()) {
        std::vector<TypedLines::Line> const lines(waiting.begin(), waiting.end());
        own->own_lines(lines);
        lines_.took(lines.back().first);
    }
    if (lines_.have_ended())
        own->own_end();
}

} // namespace duet
