// Saying and hearing: requests become drafts, outcomes become entries for everybody whom they concern,
// and what devices confirm becomes marks.

#include "core/chat.hpp"

#include "base/limits.hpp"
#include "core/planted.hpp"

#include <algorithm>

namespace duet {

namespace {

/// What an entry costs in a window beside its text: about its size on the wire without it.
constexpr std::size_t entry_bytes = 128;

Feed head_of(Mark const& mark, PersonId person)
{
    return person == mark.pair.low ? mark.head_low : mark.head_high;
}

} // namespace

void Chat::on(Session& session, Say const& say, Now now, Outbox& outbox)
{
    if (session.unanswered >= limits::unanswered_max)
        return tell(session.id, Later {say.n, Error::window_full, limits::later_wait}, outbox);
    bool const is_in_time = session.is_plain or paces_.allow(session.device, rules_.pace, now.at);
    if (scribe_is_behind_ or not is_in_time)
        return tell(session.id, Later {say.n, Error::too_fast, limits::later_wait}, outbox);
    ++session.unanswered;
    drafts_.push_back(
        SayDraft {{session.id, answering_}, session.device, session.person, say, now.label});
}

void Chat::on(Session& session, Got const& got, Outbox& outbox)
{
    if (got.feed > session.sent)
        return let_go(session.id, Error::feed_ahead, outbox);
    if (got.feed < session.confirmed)
        return let_go(session.id, Error::feed_backwards, outbox);
    session.confirmed = got.feed;
    if (session.is_plain)
        drafts_.push_back(PlainCursorDraft {session.device, got.feed});
    if (planted(Bug::window_never_opens_again))
        return;
    for (Window::Item const& item : session.window.confirm(got.feed)) {
        if (not item.is_own)
            marks_.note(item.pair, session.person, item.seq, Seq {});
    }
    answering_.reset();
    catch_up(session, outbox);
}

void Chat::on(Session& session, Read const& read, Outbox& outbox)
{
    auto const with = acquaintance_of(session.person, read.with);
    if (not with.has_value())
        return tell(session.id, Refused {N {}, Error::not_connected}, outbox);
    Pair const pair = Pair::of(session.person, *with);
    if (read.seq > store_.last_seq(pair))
        return tell(session.id, Refused {N {}, Error::no_such_entry}, outbox);
    Mark const known = store_.mark(pair, session.person);
    if (known.read < read.seq)
        return marks_.note(pair, session.person, Seq {}, read.seq);
    // It is known, and the device does not know that it is: it says so until it is told.
    answering_.reset();
    session.marks.push_back(known);
    tell_marks(session, outbox);
}

/// The session that asked, if it is still there, with one answer less to wait for.
Session* Chat::answered(Asker const& asker)
{
    Session* const session = find(asker.session);
    if (session != nullptr and session->unanswered > 0)
        --session->unanswered;
    return session;
}

void Chat::became(Appended const& appended, Outbox& outbox)
{
    answered(appended.asker);
    for (PersonId const person : {appended.entry.pair.low, appended.entry.pair.high}) {
        auto const signed_in = people_.find(number(person));
        bool const hears = appended.entry.feed_of(person) != Feed {};
        if (signed_in == people_.end() or not hears)
            continue;
        for (SessionId const id : signed_in->second)
            offer(*find(id), appended, outbox);
    }
}

void Chat::offer(Session& session, Appended const& appended, Outbox& outbox)
{
    Entry const& entry = appended.entry;
    Feed const feed = entry.feed_of(session.person);
    bool const is_asker = session.id == appended.asker.session;
    bool const is_next = feed == next(session.sent);
    std::size_t const bytes = entry.body.size() + entry_bytes;
    bool const goes_out = is_next and not session.is_behind and session.window.has_room_for(bytes);

    if (not goes_out and feed > session.sent and not planted(Bug::lost_wake_up))
        session.is_behind = true; // it comes from the store, in its turn
    auto const id = std::exchange(answering_, std::nullopt);
    if (goes_out)
        tell_marks(session, outbox);
    if (is_asker) {
        // `said` stands for the entry when that is the device's next one anyway.
        answering_ = id;
        tell(session.id,
            Said {entry.n, handle_of(entry.pair.other(session.person)), entry.seq, entry.time,
                goes_out or planted(Bug::said_out_of_turn) ? feed : Feed {}},
            outbox);
    } else if (goes_out) {
        tell(session.id, event_of(entry, session, feed), outbox);
    }
    answering_ = id;
    if (not goes_out)
        return;
    session.sent = feed;
    session.window.add({feed, entry.pair, entry.seq, bytes, entry.author == session.person});
}

void Chat::catch_up(Session& session, Outbox& outbox)
{
    while (session.is_behind and session.window.has_room_for(entry_bytes)) {
        std::size_t const room = std::max(session.window.room(), entry_bytes);
        auto const entries = store_.feed(session.person, next(session.sent), room);
        for (Entry const& entry : entries) {
            // The store counts bodies alone, and always gives one: the window has the last word.
            if (not session.window.has_room_for(entry.body.size() + entry_bytes)) {
                if (planted(Bug::entry_skipped_at_window_end))
                    session.sent = next(session.sent);
                return tell_marks(session, outbox);
            }
            send_entry(session, entry, outbox);
        }
        if (entries.empty())
            session.is_behind = false;
    }
    tell_marks(session, outbox);
}

void Chat::send_entry(Session& session, Entry const& entry, Outbox& outbox)
{
    tell_marks(session, outbox);
    Feed const feed = entry.feed_of(session.person);
    tell(session.id, event_of(entry, session, feed), outbox);
    session.sent = feed;
    if (planted(Bug::delivered_when_sent) and entry.author != session.person)
        marks_.note(entry.pair, session.person, entry.seq, Seq {});
    session.window.add({feed, entry.pair, entry.seq, entry.body.size() + entry_bytes,
        entry.author == session.person});
}

void Chat::became(Repeated const& repeated, Outbox& outbox)
{
    Session const* const session = answered(repeated.asker);
    if (session == nullptr)
        return;
    Answer const& answer = repeated.answer;
    tell(session->id,
        Said {repeated.n, handle_of(answer.pair.other(session->person)), answer.seq, answer.time,
            Feed {}},
        outbox);
}

void Chat::became(RefusedForGood const& refused, Outbox& outbox)
{
    if (answered(refused.asker) != nullptr)
        tell(refused.asker.session, Refused {refused.n, refused.error, refused.offset}, outbox);
}

void Chat::became(Reused const& reused, Outbox& outbox)
{
    if (answered(reused.asker) != nullptr)
        tell(reused.asker.session, NReused {reused.n, reused.last_n}, outbox);
}

void Chat::became(Postponed const& postponed, Outbox& outbox)
{
    if (answered(postponed.asker) == nullptr)
        return;
    bool const may_come_at_once = postponed.error == Error::n_skipped;
    auto const wait = may_come_at_once ? limits::Duration {0} : limits::later_wait;
    tell(postponed.asker.session, Later {postponed.expected, postponed.error, wait}, outbox);
}

// Marks

/// Tells those whose time has come: everything they speak of was sent, and nothing beyond.
void Chat::tell_marks(Session& session, Outbox& outbox)
{
    if (session.marks.empty())
        return;
    auto const may_be_told = [&](Mark const& mark) {
        return head_of(mark, session.person) <= session.sent
            or planted(Bug::mark_before_its_entries);
    };
    for (Mark const& mark : session.marks) {
        if (not may_be_told(mark))
            continue;
        bool const is_own = mark.who == session.person;
        if (not is_own and not store_.bond(mark.pair).is_open())
            continue; // strangers, and those who block, tell nothing of themselves
        bool const tells_read = is_own or choices_of(mark.who).read_marks;
        tell(session.id,
            MarkEvent {handle_of(mark.pair.other(session.person)), handle_of(mark.who),
                mark.delivered, tells_read ? mark.read : Seq {}},
            outbox);
    }
    std::erase_if(session.marks, may_be_told);
}

void Chat::move_marks(Outbox& outbox)
{
    for (Mark const& mark : marks_.move()) {
        drafts_.push_back(MarkDraft {mark});
        for (PersonId const person : {mark.pair.low, mark.pair.high}) {
            auto const signed_in = people_.find(number(person));
            if (signed_in == people_.end())
                continue;
            for (SessionId const id : signed_in->second) {
                Session& session = *find(id);
                // A newer mark takes the place of an older one that was not told yet.
                std::erase_if(session.marks, [&](Mark const& older) {
                    return older.pair == mark.pair and older.who == mark.who;
                });
                session.marks.push_back(mark);
                tell_marks(session, outbox);
            }
        }
    }
}

} // namespace duet
