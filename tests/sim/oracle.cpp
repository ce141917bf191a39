#include "tests/sim/oracle.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace duet::sim {

namespace {

constexpr std::size_t everything = 1 << 30;

/// Enough of a text to know it again.
std::string name_of(std::string const& text)
{
    return text.substr(0, 10);
}

} // namespace

Oracle::Talk Oracle::talk_of(std::string const& one, std::string const& other)
{
    return {std::min(one, other), std::max(one, other)};
}

void Oracle::spoken(DeviceId by, std::string const& from, OwnSay const& say)
{
    Text const text {by, from, talk_of(from, say.to), say.to == "nobody"};
    bool const is_new = texts_.emplace(say.text, text).second;
    if (is_new and revoked_.contains(by))
        texts_.at(say.text).is_refused = true; // nobody may ever hear it
}

void Oracle::stands(Talk const& talk, Seq seq, Kind kind, std::string const& text)
{
    auto const [at, is_new] = told_[talk].emplace(seq, text);
    if (not is_new and at->second != text)
        breaks(fmt::format("one seq has two texts: {} of {} and {} is '{}' and '{}'", number(seq),
            talk.first, talk.second, name_of(at->second), name_of(text)));
    if (kind == Kind::device_added) // the scribe's own words
        return;
    auto const known = texts_.find(text);
    if (known == texts_.end() or known->second.talk != talk or known->second.is_refused)
        breaks(fmt::format("'{}' was never said there, or refused, and stands in the log of {} "
                           "and {}",
            name_of(text), talk.first, talk.second));
}

void Oracle::kept(std::string const& person, EntryEvent const& entry)
{
    stands(talk_of(person, entry.with), entry.seq, entry.kind, entry.text);
}

void Oracle::settled(DeviceId by, std::string const& from, OwnSay const& say, SaySettled const& how)
{
    auto const [at, is_new] = answers_.emplace(std::pair(by, how.n), say.text);
    if (not is_new and at->second != say.text)
        breaks(fmt::format("an n has two answers: {} of device {} is '{}' and '{}'", number(how.n),
            number(by), name_of(at->second), name_of(say.text)));
    if (not how.refused.has_value())
        stands(talk_of(from, say.to), how.seq, say.kind, say.text);
    else if (not texts_.at(say.text).is_refused)
        breaks(fmt::format("'{}' was refused without a reason", name_of(say.text)));
}

void Oracle::has_got(std::string const& person, Feed cursor)
{
    got_[person] = std::max(got_[person], cursor);
}

void Oracle::has_read(std::string const& person, std::string const& with, Seq seq)
{
    Seq& read = read_[{talk_of(person, with), person}];
    read = std::max(read, seq);
}

void Oracle::told_mark(
    std::string const& person, MarkEvent const& mark, DeviceData const& data, Store& store)
{
    auto const known = data.talks.find(mark.with);
    bool const knows_entry = known != data.talks.end() and mark.delivered <= known->second.last;
    if (data.knows_people and not knows_entry)
        breaks(fmt::format("a mark came before the entries that it speaks of: {} has {} of {}",
            mark.who, number(mark.delivered), mark.with));
    Talk const talk = talk_of(person, mark.with);
    PersonId const who = store.person_by_handle(mark.who)->id;
    Pair const pair =
        Pair::of(store.person_by_handle(talk.first)->id, store.person_by_handle(talk.second)->id);
    Seq const read = read_[{talk, mark.who}];
    auto const entry = store.log(pair, mark.delivered, mark.delivered, 1);
    bool const has_it = not entry.empty() and entry.front().feed_of(who) <= got_[mark.who];
    if (mark.read > read or (mark.delivered > read and not has_it))
        breaks(fmt::format("a mark runs ahead of the truth: {} is said to have {} of {} and {}",
            mark.who, number(mark.delivered), talk.first, talk.second));
}

void Oracle::restored(Store& store)
{
    auto const id = [&](std::string const& who) { return store.person_by_handle(who)->id; };
    for (auto& [talk, log] : told_)
        log.erase(
            log.upper_bound(store.last_seq(Pair::of(id(talk.first), id(talk.second)))), log.end());
    for (auto& [where, read] : read_)
        read =
            std::min(read, store.last_seq(Pair::of(id(where.first.first), id(where.first.second))));
    for (auto& [person, cursor] : got_)
        cursor = std::min(cursor, store.last_feed(id(person)));
    answers_.clear();
    // Two devices that share their numbers cannot tell which of them are lost.
    for (auto& [text, about] : texts_) {
        if (copied_.contains(about.by))
            about.may_lack = about.may_double = true;
    }
}

void Oracle::copied(DeviceId device, DeviceData const& data, std::set<std::string> const& texts,
    bool knows_this_life)
{
    copied_.insert(device);
    for (auto& [text, about] : texts_) {
        if (about.by != device)
            continue;
        // What was written since the copy was made may be nowhere else.
        if (not texts.contains(text) or not knows_this_life)
            about.may_lack = true;
        if (not knows_this_life)
            about.may_double = true;
    }
    for (OwnSay const& say : data.outbox) // both may say it, under different numbers
        texts_.at(say.text).may_double = true;
}

Log Oracle::log(std::string const& one, std::string const& other, Store& store)
{
    Log log;
    Pair const pair = Pair::of(store.person_by_handle(one)->id, store.person_by_handle(other)->id);
    Seq const last = store.last_seq(pair);
    for (Seq seq {1}; seq <= last; seq = next(seq)) {
        auto const entries = store.log(pair, seq, seq, everything);
        if (entries.size() != 1 or entries.front().seq != seq)
            breaks(fmt::format("the log of {} and {} has no {}", one, other, number(seq)));
        else
            log[seq] = entries.front().body;
        if (log.contains(seq))
            stands(talk_of(one, other), seq, entries.front().kind, log[seq]);
    }
    for (auto const& [seq, text] : told_[talk_of(one, other)]) {
        if (not log.contains(seq))
            breaks(fmt::format("'{}' was told as {} of {} and {}, and is lost", name_of(text),
                number(seq), one, other));
    }
    for (auto const& [seq, text] : log) {
        if (auto const known = texts_.find(text); known != texts_.end())
            ++known->second.found;
    }
    return log;
}

void Oracle::check_texts()
{
    for (auto const& [text, about] : texts_) {
        if (about.found > 1 and not about.may_double)
            breaks(fmt::format("'{}' is there {} times", name_of(text), about.found));
        bool const may_lack = about.is_refused or about.may_lack or cut_short_.contains(about.by);
        if (about.found == 0 and not may_lack)
            breaks(fmt::format("'{}' is lost", name_of(text)));
    }
}

std::string const& Oracle::author(std::string const& text) const
{
    static std::string const nobody;
    auto const known = texts_.find(text);
    return known == texts_.end() ? nobody : known->second.author;
}

void Oracle::breaks(std::string promise)
{
    if (broken_.empty())
        broken_ = std::move(promise);
}

} // namespace duet::sim
