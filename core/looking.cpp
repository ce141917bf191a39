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
    auto const with = acquaintance_of(session.person, history.with);
    if (not with.has_value())
        return tell(session.id, Refused {N {}, Error::not_connected}, outbox);
    Pair const pair = Pair::of(session.person, *with);
    std::size_t const count = page(history.limit);
    Seq const newest = store_.last_seq(pair);
    Seq const oldest = next(store_.talk(session.person, *with).choices.deleted);
    bool const goes_up = history.after.has_value();
    Seq const below = std::min(history.before.value_or(next(newest)), next(newest));
    Seq first = goes_up ? next(*history.after) : Seq {behind(below, count)};
    first = std::max(first, oldest);
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
    bool const more = goes_up ? entries.back().seq < newest : entries.front().seq > oldest;
    tell(session.id,
        HistoryEnd {history.with, entries.front().seq, entries.back().seq,
            more or entries.back().seq < last},
        outbox);
}

void Chat::on(Session& session, People const& people, Now now, Outbox& outbox)
{
    // Whoever may not be known counts as nobody: else a list would tell which handles there are.
    PersonId after = acquaintance_of(session.person, people.after).value_or(PersonId {});
    std::size_t const count = page(people.limit);
    PeopleEvent event {{}, false};
    std::size_t bytes = contact_bytes; // of the line; the first alone always fits
    for (bool is_last = false; not is_last and not event.more;) {
        auto const some = store_.acquaintances(session.person, after, count + 1);
        is_last = some.size() <= count;
        for (Relation const& one : some) {
            after = one.person;
            TalkState const state = state_of(session.person, one, now.label);
            if (state == TalkState::none)
                continue;
            auto row = row_of(session, one, state);
            bytes += contact_bytes
                + (row.last_entry.has_value() ? letter_bytes * row.last_entry->text.size() : 0);
            event.more = event.people.size() == count or bytes > limits::json_line_bytes_max;
            if (event.more)
                break;
            event.people.push_back(std::move(row));
        }
    }
    tell(session.id, std::move(event), outbox);
}

PeopleEvent::One Chat::row_of(Session const& session, Relation const& relation, TalkState state)
{
    Bond const& bond = relation.bond;
    Stance const& theirs = bond.of(relation.person);
    bool const has_name = bond.are_contacts or (theirs.asked != Time {} and theirs.was_heard);
    bool const is_open = bond.is_open();
    bool const tells_read = is_open and choices_of(relation.person).read_marks;
    TalkChoices choices = store_.talk(session.person, relation.person).choices;
    Seq const seen = std::min(std::max(relation.mine.read, choices.deleted), relation.last);
    return {handle_of(relation.person), has_name ? store_.person(relation.person)->name : "",
        relation.last, last_entry_of(session, relation, choices.deleted), relation.mine.delivered,
        relation.mine.read, is_open ? relation.theirs.delivered : Seq {},
        tells_read ? relation.theirs.read : Seq {}, number(relation.last) - number(seen), state,
        std::move(choices)};
}

std::optional<EntryEvent> Chat::last_entry_of(
    Session const& session, Relation const& relation, Seq deleted)
{
    if (relation.last <= deleted)
        return std::nullopt;
    Pair const pair = Pair::of(session.person, relation.person);
    auto const entries = store_.log(pair, relation.last, relation.last, limits::window_bytes_max);
    if (entries.empty())
        return std::nullopt;
    return event_of(entries.front(), session, Feed {});
}

void Chat::on(Session& session, Devices const& devices, Outbox& outbox)
{
    PersonId whose = session.person;
    if (not devices.with.empty()) {
        auto const with = acquaintance_of(session.person, devices.with);
        if (not with.has_value() or not store_.are_contacts(Pair::of(session.person, *with)))
            return tell(session.id, Refused {N {}, Error::not_connected}, outbox);
        whose = *with;
    }
    bool const is_own = whose == session.person;
    DevicesEvent event {{}, devices.with};
    for (Device const& device : store_.devices(whose)) {
        if (not device.is_revoked)
            event.devices.push_back({is_own ? device.id : DeviceId {}, device.name,
                not device.identity.has_value(), device.time, device.identity});
    }
    tell(session.id, std::move(event), outbox);
}

} // namespace duet
