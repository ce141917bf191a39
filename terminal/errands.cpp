#include "terminal/errands.hpp"

#include <algorithm>
#include <utility>

namespace duet {

Errands::Id Errands::add(Order order, Client& client, Sink& sink)
{
    Id const id = ++last_id_;
    std::unique_ptr<Errand>& errand = all_[id];
    errand = make_errand(std::move(order), client, sink);
    ClientHandler& handler = *errand;
    if (over_for_good_.has_value())
        handler.ended(*over_for_good_);
    return id;
}

Errand* Errands::find(Id id) const
{
    auto const found = all_.find(id);
    return found == all_.end() ? nullptr : found->second.get();
}

void Errands::advance(MonotonicTime now)
{
    for (auto const& [id, errand] : all_) {
        if (not errand->exit_code().has_value())
            errand->advance(now);
    }
}

std::optional<MonotonicTime> Errands::next_deadline() const
{
    std::optional<MonotonicTime> first;
    for (auto const& [id, errand] : all_) {
        auto const deadline =
            errand->can_go_on() ? std::optional(MonotonicTime()) : errand->next_deadline();
        if (deadline.has_value() and not errand->exit_code().has_value())
            first = std::min(*deadline, first.value_or(*deadline));
    }
    return first;
}

std::vector<Errands::Id> Errands::finished() const
{
    std::vector<Id> ids;
    for (auto const& [id, errand] : all_) {
        if (errand->exit_code().has_value())
            ids.push_back(id);
    }
    return ids;
}

namespace {

/// Each errand as the client sees it.
ClientHandler& handler_of(std::pair<Errands::Id const, std::unique_ptr<Errand>> const& place)
{
    return *place.second;
}

} // namespace

void Errands::heard(Message const& message)
{
    for (auto const& each : all_)
        handler_of(each).heard(message);
}

void Errands::changed(Message const& message)
{
    for (auto const& each : all_)
        handler_of(each).changed(message);
}

void Errands::fetched(std::string const& with, bool more)
{
    for (auto const& each : all_)
        handler_of(each).fetched(with, more);
}

void Errands::typing(std::string const& from)
{
    for (auto const& each : all_)
        handler_of(each).typing(from);
}

void Errands::presence(std::string const& who, bool is_online)
{
    for (auto const& each : all_)
        handler_of(each).presence(who, is_online);
}

void Errands::connection(Connectedness now, std::string const& words)
{
    for (auto const& each : all_)
        handler_of(each).connection(now, words);
}

void Errands::ended(Failure const& why)
{
    over_for_good_ = why;
    for (auto const& each : all_)
        handler_of(each).ended(why);
}

void Errands::device_asks(WaitingDevice const& device)
{
    for (auto const& each : all_)
        handler_of(each).device_asks(device);
}

void Errands::talk_changed(std::string const& with, std::optional<Contact> const& contact)
{
    for (auto const& each : all_)
        handler_of(each).talk_changed(with, contact);
}

void Errands::recovery(std::uint64_t asked, std::string const& phrase)
{
    for (auto const& each : all_)
        handler_of(each).recovery(asked, phrase);
}

void Errands::copy_seen()
{
    for (auto const& each : all_)
        handler_of(each).copy_seen();
}

void Errands::another_life()
{
    for (auto const& each : all_)
        handler_of(each).another_life();
}

void Errands::people(std::uint64_t asked, std::vector<Contact> const& all)
{
    for (auto const& each : all_)
        handler_of(each).people(asked, all);
}

void Errands::devices(std::uint64_t asked, std::vector<OwnDevice> const& all)
{
    for (auto const& each : all_)
        handler_of(each).devices(asked, all);
}

void Errands::secret(std::uint64_t asked, Secret const& secret)
{
    for (auto const& each : all_)
        handler_of(each).secret(asked, secret);
}

void Errands::done(std::uint64_t asked)
{
    for (auto const& each : all_)
        handler_of(each).done(asked);
}

void Errands::denied(std::uint64_t asked, Failure const& why)
{
    for (auto const& each : all_)
        handler_of(each).denied(asked, why);
}

} // namespace duet
