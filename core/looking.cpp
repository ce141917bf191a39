// Looking: lists and history. All of it reads what is on disk, and changes nothing.

#include "core/chat.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace duet {

namespace {

/// What one contact takes in a list, beside its last entry's text, at most; and what a letter of that
/// text takes, since a line's end or a quotation mark becomes two.
constexpr std::size_t contact_bytes = 640;
constexpr std::size_t letter_bytes = 2;

std::size_t page(std::uint64_t limit)
{
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(limit, 1, limits::page_max));
}

std::uint64_t behind(Seq of, std::size_t count)
{
    return number(of) > count ? number(of) - count : 0;
}

} // namespace

void Chat::on(Session& session, History const& history, Outbox& outbox)
{
    auto const with = contact_of(session.person, history.with);
    if (not with.has_value())
        return tell(session.id, Refused {N {}, Error::not_connected}, outbox);
    Pair const pair = Pair::of(session.person, *with);
    std::size_t const count = page(history.limit);
    Seq const newest = store_.last_seq(pair);
    bool const goes_up = history.after.has_value();
    Seq const below = std::min(history.before.value_or(next(newest)), next(newest));
    Seq first =
        goes_up ? next(*history.after) : Seq {std::max<std::uint64_t>(behind(below, count), 1)};
    Seq const last =
        goes_up ? std::min(newest, Seq {number(first) + count - 1}) : Seq {number(below) - 1};

    std::vector<Entry> entries;
    if (number(below) > 0 and first <= last)
        entries = store_.log(pair, first, last, limits::window_bytes_max);
    // Going down, what there is no room for must be the oldest, not what stands next to `before`.
    while (not goes_up and not entries.empty() and entries.back().seq < last) {
        first = Seq {number(first) + (number(last) - number(first) + 1) / 2};
        entries = store_.log(pair, first, last, limits::window_bytes_max);
    }
    for (Entry const& entry : entries)
        tell(session.id, event_of(entry, session, Feed {}), outbox);
    if (entries.empty())
        return tell(session.id, HistoryEnd {history.with, Seq {}, Seq {}, false}, outbox);
    bool const more = goes_up ? entries.back().seq < newest : number(entries.front().seq) > 1;
    tell(session.id,
        HistoryEnd {history.with, entries.front().seq, entries.back().seq,
            more or entries.back().seq < last},
        outbox);
}

void Chat::on(Session& session, People const& people, Outbox& outbox)
{
    // Whoever is no contact counts as nobody: else a list would tell which handles there are.
    auto const after = people.after.empty() ? std::nullopt : store_.person_by_handle(people.after);
    bool const is_known = after.has_value() and after->id != session.person
        and store_.are_contacts(Pair::of(session.person, after->id));
    std::size_t const count = page(people.limit);
    auto const contacts =
        store_.contacts(session.person, is_known ? after->id : PersonId {}, count + 1);
    PeopleEvent event {{}, false};
    std::size_t bytes = contact_bytes; // of the line; the first alone always fits
    for (Relation const& contact : contacts) {
        auto const person = store_.person(contact.person);
        Pair const pair = Pair::of(session.person, contact.person);
        PeopleEvent::One one {person->handle, person->name, contact.last, std::nullopt,
            contact.mine.delivered, contact.mine.read, contact.theirs.delivered,
            contact.theirs.read,
            number(contact.last) - number(std::min(contact.mine.read, contact.last))};
        for (Entry const& entry :
            store_.log(pair, contact.last, contact.last, limits::window_bytes_max)) {
            one.last_entry = event_of(entry, session, Feed {});
            bytes += letter_bytes * entry.body.size();
        }
        bytes += contact_bytes;
        event.more = event.people.size() == count or bytes > limits::json_line_bytes_max;
        if (event.more)
            break;
        event.people.push_back(std::move(one));
    }
    tell(session.id, std::move(event), outbox);
}

void Chat::on(Session& session, Devices const&, Outbox& outbox)
{
    DevicesEvent event;
    for (Device const& device : store_.devices(session.person)) {
        if (not device.is_revoked)
            event.devices.push_back(
                {device.id, device.name, not device.identity.has_value(), device.time});
    }
    tell(session.id, std::move(event), outbox);
}

} // namespace duet
