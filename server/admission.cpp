#include "server/admission.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace duet {

Admission::Verdict Admission::come(Id id, Source const& source, MonotonicTime now)
{
    if (source.is_this_machine())
        return Verdict::begins;
    Line& line = lines_[source];
    // Not before those whose turn it is already.
    bool const may_begin = line.waiting.empty() and turns_.empty()
        and in_order_heard_.size() < rules_.strangers_max and has_place(source, line, now);
    bool const may_wait =
        line.waiting.size() < rules_.waiting_source_max and waiting_ < rules_.waiting_max;
    if (not may_begin and not may_wait) {
        if (line.at_work == 0 and line.waiting.empty())
            lines_.erase(source);
        return Verdict::sent_away;
    }
    auto const [place, is_new] = strangers_.try_emplace(id, Stranger {.source = source});
    check(is_new);
    if (may_begin) {
        begin(id, place->second, line, now);
        return Verdict::begins;
    }
    wait(id, place->second, line);
    give_turn(source, line, now);
    return Verdict::waits;
}

void Admission::heard(Id id, MonotonicTime now)
{
    auto const found = strangers_.find(id);
    if (found == strangers_.end() or not found->second.is_at_work)
        return;
    in_order_heard_.erase({found->second.heard_at, id});
    found->second.heard_at = now;
    in_order_heard_.emplace(now, id);
}

void Admission::failed(Id id, Offence offence, MonotonicTime now)
{
    if (auto const found = strangers_.find(id); found != strangers_.end())
        penalties_.add(found->second.source, offence, now);
}

void Admission::forget(Id id, MonotonicTime now)
{
    auto const found = strangers_.find(id);
    if (found == strangers_.end())
        return;
    Stranger const stranger = found->second;
    strangers_.erase(found);
    Line& line = lines_.find(stranger.source)->second;
    if (stranger.is_at_work) {
        in_order_heard_.erase({stranger.heard_at, id});
        --line.at_work;
    } else {
        line.waiting.erase(stranger.place_in_line);
        --waiting_;
    }
    if (line.at_work == 0 and line.waiting.empty())
        lines_.erase(stranger.source); // if it has its turn still, that is found out then
    else
        give_turn(stranger.source, line, now);
}

Admission::Turns Admission::turns(MonotonicTime now)
{
    Turns turns;
    if (waiting_ > 0)
        pause_the_quiet(turns, now);
    begin_the_next(turns, now);
    return turns;
}

/// Only for who would be missed: whose place somebody else can take.
void Admission::pause_the_quiet(Turns& turns, MonotonicTime now)
{
    bool const are_too_many = in_order_heard_.size() >= rules_.strangers_max;
    for (auto place = in_order_heard_.begin();
        place != in_order_heard_.end() and place->first + rules_.quiet_max <= now;) {
        Id const id = place->second;
        Stranger& stranger = strangers_.find(id)->second;
        Line& line = lines_.find(stranger.source)->second;
        bool const is_in_the_way = not line.waiting.empty() or are_too_many;
        ++place;
        if (not is_in_the_way)
            continue;
        in_order_heard_.erase({stranger.heard_at, id});
        --line.at_work;
        wait(id, stranger, line);
        give_turn(stranger.source, line, now);
        turns.pause.push_back(id);
    }
}

void Admission::begin_the_next(Turns& turns, MonotonicTime now)
{
    while (not turns_.empty() and in_order_heard_.size() < rules_.strangers_max) {
        Source const source = turns_.front();
        turns_.pop_front();
        auto const found = lines_.find(source);
        if (found == lines_.end())
            continue; // they have all left
        Line& line = found->second;
        line.has_turn = false;
        if (line.waiting.empty() or not has_place(source, line, now))
            continue; // it was penalised meanwhile; its turn comes when one of its own leaves
        Id const id = line.waiting.front();
        line.waiting.pop_front();
        --waiting_;
        begin(id, strangers_.find(id)->second, line, now);
        give_turn(source, line, now);
        // One that gives up its place to itself goes on as if nothing had been.
        if (std::erase(turns.pause, id) == 0)
            turns.begin.push_back(id);
    }
}

bool Admission::has_place(Source const& source, Line const& line, MonotonicTime now) const
{
    auto const of_source = penalties_.is_penalised(source, now) ? rules_.strangers_penalised_max
                                                                : rules_.strangers_source_max;
    return line.at_work < std::max<std::size_t>(of_source, 1);
}

void Admission::begin(Id id, Stranger& stranger, Line& line, MonotonicTime now)
{
    stranger.is_at_work = true;
    stranger.heard_at = now;
    in_order_heard_.emplace(now, id);
    ++line.at_work;
}

void Admission::wait(Id id, Stranger& stranger, Line& line)
{
    stranger.is_at_work = false;
    stranger.place_in_line = line.waiting.insert(line.waiting.end(), id);
    ++waiting_;
}

/// To a source that has no place of its own left its turn comes when one of its own leaves.
void Admission::give_turn(Source const& source, Line& line, MonotonicTime now)
{
    if (line.has_turn or line.waiting.empty() or not has_place(source, line, now))
        return;
    line.has_turn = true;
    turns_.push_back(source);
}

} // namespace duet
