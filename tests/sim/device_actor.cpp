#include "tests/sim/device_actor.hpp"

#include "core/planted.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace duet::sim {

DeviceActor::DeviceActor(std::string person, DeviceId device, KeyPair const& keys, Oracle& oracle)
    : person_(std::move(person)), device_(device), keys_(keys), oracle_(oracle)
{
}

void DeviceActor::start(Identity const& server, Dice& dice)
{
    wire_.reset();
    is_ended = false;
    live_ = std::make_unique<DeviceSide>(disk_.data, keys_, server, "sim", *this, dice);
}

// The disk

void DeviceActor::save(Step const& step)
{
    for (Change const& change : step.changes)
        save(change);
}

void DeviceActor::save(Change const& change)
{
    if (auto const* const say = std::get_if<SayKept>(&change))
        oracle_.spoken(device_, person_, say->say);
    else if (auto const* const settled = std::get_if<SaySettled>(&change))
        this->settled(*settled);
    else if (auto const* const kept = std::get_if<EntryKept>(&change))
        this->kept(kept->entry);
    else if (auto const* const life = std::get_if<LifeKnown>(&change))
        begun(*life);
    else if (auto const* const moved = std::get_if<CursorMoved>(&change))
        oracle_.has_got(person_, moved->feed);
    else if (auto const* const wanted = std::get_if<ReadWanted>(&change))
        oracle_.has_read(person_, wanted->with, wanted->seq);
    disk_.data.apply(change);
}

void DeviceActor::kept(EntryEvent const& entry)
{
    oracle_.kept(person_, entry);
    disk_.logs[entry.with][entry.seq] = entry.text;
    // Our own words; if a copy of us has said them, they need a name here.
    if (auto const said = disk_.said.find(entry.n);
        entry.n != N {} and (said == disk_.said.end() or said->second.text != entry.text))
        disk_.said[entry.n] = {
            SayId {number(entry.n) << 20}, entry.with, entry.kind, entry.text, entry.n};
    if (entry.feed == Feed {})
        return;
    if (entry.feed != next(disk_.last_kept))
        oracle_.breaks(fmt::format("feed number {} came to a device that had {}",
            number(entry.feed), number(disk_.last_kept)));
    disk_.last_kept = entry.feed;
}

void DeviceActor::settled(SaySettled const& settled)
{
    auto const& outbox = disk_.data.outbox;
    auto const say = std::ranges::find(outbox, settled.id, &OwnSay::id);
    if (settled.n == N {} or say == outbox.end()) // taken back, to be said again
        return;
    oracle_.settled(device_, person_, *say, settled);
    if (not settled.refused.has_value())
        disk_.said[settled.n] = *say;
}

void DeviceActor::begun(LifeKnown const& life)
{
    oracle_.has_got(person_, life.feed);
    disk_.last_kept = life.feed;
    if (disk_.data.epoch == life.epoch)
        return;
    disk_.logs.clear(); // what the server still has, it gives again
    disk_.said.erase(disk_.said.upper_bound(life.last_n), disk_.said.end());
}

std::vector<OwnSay> DeviceActor::said_above(N n)
{
    std::vector<OwnSay> above;
    if (planted(Bug::said_forgotten_in_another_life))
        return above;
    for (auto said = disk_.said.upper_bound(n); said != disk_.said.end(); ++said)
        above.push_back(said->second);
    return above;
}

// What is heard

void DeviceActor::hear(Event const& event, Now now, Step& step)
{
    Feed feed {};
    if (auto const* const entry = std::get_if<EntryEvent>(&event.body))
        feed = entry->feed;
    else if (auto const* const said = std::get_if<Said>(&event.body))
        feed = said->feed;
    if (feed != Feed {} and feed != next(live_->data().cursor))
        oracle_.breaks(fmt::format("a device that has its feed up to {} was told {}",
            number(live_->data().cursor), number(feed)));
    live_->received(event, {}, now, step);
}

void DeviceActor::disconnected(Now now)
{
    wire_.reset();
    live_->disconnected(now);
}

std::optional<std::string> DeviceActor::hole() const
{
    for (auto const& [with, talk] : disk_.data.talks) {
        if (talk.kept.newest_hole(talk.last).has_value())
            return with;
    }
    return std::nullopt;
}

// Copies

void DeviceActor::restore(Epoch const& now)
{
    tell_of_copy(*backup_, now);
    disk_ = *backup_;
}

std::unique_ptr<DeviceActor> DeviceActor::clone(Epoch const& now)
{
    tell_of_copy(disk_, now);
    auto clone = std::make_unique<DeviceActor>(person_, device_, keys_, oracle_);
    clone->disk_ = disk_;
    clone->is_clone = true;
    clone->is_cut_short = is_cut_short;
    has_clone = true;
    return clone;
}

void DeviceActor::tell_of_copy(DeviceDisk const& copy, Epoch const& now)
{
    std::set<std::string> texts;
    for (OwnSay const& say : copy.data.outbox)
        texts.insert(say.text);
    for (auto const& [n, say] : copy.said)
        texts.insert(say.text);
    oracle_.copied(device_, copy.data, texts, copy.data.epoch == now);
}

} // namespace duet::sim
