#include "core/device_side.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "core/chat.hpp"
#include "core/planted.hpp"

#include <algorithm>
#include <cstring>

namespace duet {

namespace {

constexpr std::uint64_t protocol_version = 1;

/// Which ends are no reason to stay away: all others come again, however often it is tried.
bool may_come_back(Error reason)
{
    return reason == Error::signed_in_too_late or reason == Error::silent_too_long
        or reason == Error::server_stopping or reason == Error::store_full
        or reason == Error::too_fast or reason == Error::unknown_request; // a later version's word
}

bool may_come_before_welcome(Event::Body const& event)
{
    return std::holds_alternative<Greeted>(event) or std::holds_alternative<Enrolled>(event)
        or std::holds_alternative<Welcome>(event) or std::holds_alternative<Refused>(event)
        or std::holds_alternative<Bye>(event) or std::holds_alternative<Pong>(event)
        or std::holds_alternative<Waiting>(event);
}

/// What is told to the user as it came.
template <typename Body>
constexpr bool is_notice = std::is_same_v<Body, TypingEvent> or std::is_same_v<Body, Presence>
    or std::is_same_v<Body, DeviceAsks> or std::is_same_v<Body, Waiting>
    or std::is_same_v<Body, SettingsEvent> or std::is_same_v<Body, TalkEvent>;

N before(N n)
{
    return n == N {} ? n : N {number(n) - 1};
}

bool is_same(OwnSay const& say, EntryEvent const& entry)
{
    return say.to == entry.with and say.kind == entry.kind and say.text == entry.text;
}

} // namespace

void DeviceData::apply(Change const& change)
{
    if (auto const* const kept = std::get_if<SayKept>(&change)) {
        outbox.keep(kept->say);
        last_say = std::max(last_say, kept->say.id);
    } else if (auto const* const numbered = std::get_if<SayNumbered>(&change)) {
        outbox.number(numbered->id, numbered->n);
        last_n = std::max(last_n, numbered->n);
    } else if (auto const* const settled = std::get_if<SaySettled>(&change)) {
        outbox.settle(settled->id);
    } else if (auto const* const entry = std::get_if<EntryKept>(&change)) {
        Talk& talk = talks[entry->entry.with];
        talk.kept.add(entry->entry.seq);
        talk.last = std::max(talk.last, entry->entry.seq);
    } else if (auto const* const moved = std::get_if<CursorMoved>(&change)) {
        cursor = moved->feed;
    } else if (auto const* const life = std::get_if<LifeKnown>(&change)) {
        // In another life other entries may stand under the same numbers: all is fetched anew.
        if (epoch != life->epoch) {
            talks.clear();
            knows_people = false;
        }
        epoch = life->epoch;
        last_n = life->last_n;
        cursor = life->feed;
    } else if (auto const* const mark = std::get_if<MarkKept>(&change)) {
        Talk& talk = talks[mark->mark.with];
        MarkEvent& known = mark->mark.who == mark->mark.with ? talk.theirs : talk.mine;
        known.delivered = std::max(known.delivered, mark->mark.delivered);
        known.read = std::max(known.read, mark->mark.read);
    } else if (auto const* const wanted = std::get_if<ReadWanted>(&change)) {
        talks[wanted->with].read_wanted = std::max(talks[wanted->with].read_wanted, wanted->seq);
    } else if (auto const* const last = std::get_if<LastSeqKnown>(&change)) {
        talks[last->with].last = std::max(talks[last->with].last, last->last);
    } else if (std::holds_alternative<PeopleKnown>(change)) {
        knows_people = true;
    } else if (auto const* const pinned = std::get_if<ServerPinned>(&change)) {
        server = pinned->server;
    } else if (auto const* const belongs = std::get_if<BelongsTo>(&change)) {
        you = belongs->you;
        enrolling.reset();
    }
}

DeviceSide::DeviceSide(DeviceData data, KeyPair const& keys, std::optional<Identity> const& server,
    std::string client, DeviceStore& store, Random& random)
    : data_(std::move(data))
    , keys_(keys)
    , client_(std::move(client))
    , store_(store)
    , random_(random)
{
    if (server.has_value())
        data_.server = server;
}

// The user

SayId DeviceSide::say(std::string to, std::string text, Step& step)
{
    SayId const id = next(data_.last_say);
    change(SayKept {{id, std::move(to), Kind::text, std::move(text), N {}}}, step);
    say_what_waits(step);
    return id;
}

void DeviceSide::read(std::string const& with, Seq seq, Step& step)
{
    if (seq <= data_.talks[with].read_wanted)
        return;
    change(ReadWanted {with, seq}, step);
    if (is_signed_in())
        ask(Read {with, seq}, step);
}

bool DeviceSide::fetch_missing(std::string const& with, Step& step, std::optional<std::uint64_t> id)
{
    if (not is_signed_in() or not misses_any(with))
        return false;
    DeviceData::Talk const& talk = data_.talks[with];
    auto const hole = talk.kept.newest_hole(talk.last);
    // Of a conversation that nothing is known of the newest are asked for.
    auto const before = hole.has_value() ? std::optional(next(hole->last)) : std::nullopt;
    ask(History {with, before, std::nullopt, limits::page_max}, step, id);
    return true;
}

bool DeviceSide::misses_any(std::string const& with) const
{
    auto const talk = data_.talks.find(with);
    return talk == data_.talks.end() or talk->second.last == Seq {}
    or talk->second.kept.newest_hole(talk->second.last).has_value();
}

// The connection

void DeviceSide::connected(Now now, Step& step)
{
    stage_ = Stage::greeting;
    heard_at_ = now.at;
    pinged_at_ = now.at;
    unanswered_ = 0;
    said_up_to_ = N {};
    goes_back_ = false;
    has_news_ = false;
    random_.fill(nonce_);
    ask(Hello {protocol_version, nonce_}, step);
}

void DeviceSide::disconnected(Now now)
{
    if (stage_ == Stage::ended)
        return;
    failures_ = is_signed_in() ? 0 : std::min(failures_ + 1, 16U);
    stage_ = Stage::away;
    // Full jitter: anywhere between nothing and the bound, so that many do not come back together.
    auto const bound = std::min<limits::Duration>(
        limits::reconnect_delay_most, limits::reconnect_delay_least * (1U << failures_));
    std::uint32_t dice = 0;
    random_.fill(std::as_writable_bytes(std::span(&dice, 1)));
    connect_at_ = now.at + limits::Duration(dice % static_cast<std::uint32_t>(bound.count()));
    connect_at_ = std::max(connect_at_, stays_away_until_);
}

void DeviceSide::received(Event const& event, Bytes exporter, Now now, Step& step)
{
    heard_at_ = now.at;
    if (not is_signed_in() and not may_come_before_welcome(event.body)) {
        step.must_disconnect = true;
        return;
    }
    std::visit(
        [&](auto const& body) {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (std::is_same_v<Body, Greeted>)
                on(body, exporter, step);
            else if constexpr (std::is_same_v<Body, PeopleEvent>)
                on(body, event.id, step);
            else if constexpr (std::is_same_v<Body, Later> or std::is_same_v<Body, Bye>)
                on(body, now, step);
            else if constexpr (is_notice<Body>)
                step.notices.push_back(body);
            else if constexpr (requires { on(body, step); })
                on(body, step);
        },
        event.body);
}

void DeviceSide::settle(Step& step)
{
    if (std::exchange(has_news_, false) and is_signed_in())
        ask(Got {data_.cursor}, step);
}

bool DeviceSide::pass_time(Now now, Step& step)
{
    if (stage_ == Stage::away)
        return now.at >= connect_at_;
    if (stage_ == Stage::ended)
        return false;
    if (now.at >= heard_at_ + limits::ping_after + limits::answer_time_max) {
        step.must_disconnect = true;
    } else if (now.at >= pinged_at_ + limits::ping_after) {
        // Also when much is heard: signals need no answer, and the server listens for us.
        pinged_at_ = now.at;
        ask(Ping {}, step);
    }
    if (goes_back_ and unanswered_ == 0 and now.at >= resume_at_) {
        goes_back_ = false;
        say_what_waits(step);
    }
    return false;
}

std::optional<MonotonicTime> DeviceSide::next_deadline() const
{
    if (stage_ == Stage::ended)
        return std::nullopt;
    if (stage_ == Stage::away)
        return connect_at_;
    auto const ping = std::min<MonotonicTime>(
        pinged_at_ + limits::ping_after, heard_at_ + limits::ping_after + limits::answer_time_max);
    return goes_back_ and unanswered_ == 0 ? std::min<MonotonicTime>(ping, resume_at_) : ping;
}

// What the server says

void DeviceSide::on(Greeted const& greeted, Bytes exporter, Step& step)
{
    Challenge challenge {Prover::server, nonce_, greeted.nonce, greeted.identity, exporter};
    bool const is_named =
        not data_.server_hash.has_value() or hash_of(greeted.identity) == *data_.server_hash;
    bool const is_ours = is_named and greeted.identity == data_.server.value_or(greeted.identity)
        and is_proof(greeted.proof, greeted.identity, challenge);
    // Somebody else stands there: never a reason to try again quietly.
    if (stage_ != Stage::greeting or not is_ours)
        return end(Error::proof_wrong, step);
    if (not data_.server.has_value())
        change(ServerPinned {greeted.identity}, step);
    epoch_ = greeted.epoch;
    challenge.prover = Prover::device;
    proof_ = prove(keys_, challenge);
    if (not data_.enrolling.has_value())
        return sign_in(step);
    stage_ = Stage::enrolling;
    Enrolling const& ours = *data_.enrolling;
    ask(Enrol {ours.secret, keys_.identity, proof_, ours.handle, ours.name, ours.device_name},
        step);
}

void DeviceSide::on(Enrolled const& enrolled, Step& step)
{
    if (stage_ != Stage::enrolling)
        return;
    // Of a new person everything is new, also what was said before this device first signed in.
    bool const is_new_person = data_.enrolling->handle == enrolled.you;
    change(BelongsTo {enrolled.you}, step);
    if (is_new_person)
        change(LifeKnown {epoch_, N {}, Feed {}}, step);
    sign_in(step);
}

void DeviceSide::sign_in(Step& step)
{
    stage_ = Stage::signing_in;
    // Nobody's yet, and nothing to enrol with: it was paired, and all that the server has for it is new.
    if (data_.you.empty() and not data_.epoch.has_value())
        change(LifeKnown {epoch_, N {}, Feed {}}, step);
    auto const feed = data_.epoch.has_value() ? std::optional(data_.cursor) : std::nullopt;
    ask(SignIn {keys_.identity, proof_, data_.epoch, feed, client_}, step);
}

void DeviceSide::end(Error reason, Step& step)
{
    stage_ = Stage::ended;
    step.notices.push_back(Ended {reason});
    step.must_disconnect = true;
}

void DeviceSide::on(Welcome const& welcome, Step& step)
{
    if (stage_ != Stage::signing_in)
        return;
    stage_ = Stage::signed_in;
    failures_ = 0;
    unanswered_max_ = welcome.unanswered_max;
    at_once_ = unanswered_max_;
    step.notices.push_back(welcome);
    if (data_.you != welcome.you)
        change(BelongsTo {welcome.you}, step);
    if (data_.epoch != welcome.epoch)
        begin_life(welcome, step);
    else if (welcome.last_n > data_.last_n)
        change(LifeKnown {welcome.epoch, welcome.last_n, data_.cursor}, step);
    if (not data_.knows_people) // it began at the head, and perhaps the answer was lost
        ask(People {"", limits::page_max}, step);
    for (auto const& [with, talk] : data_.talks) {
        if (talk.read_wanted > talk.mine.read)
            ask(Read {with, talk.read_wanted}, step);
    }
    say_what_waits(step);
}

/// The device is new, or the store begins another life: the head is where both agree.
void DeviceSide::begin_life(Welcome const& welcome, Step& step)
{
    bool const is_another = data_.epoch.has_value();
    if (is_another)
        step.notices.push_back(AnotherLife {});
    // What the server no longer knows of ours waits again: what was said, then what was under way.
    std::vector<OwnSay> again =
        is_another ? store_.said_above(welcome.last_n) : std::vector<OwnSay> {};
    for (OwnSay const& say : data_.outbox) {
        if (say.n > welcome.last_n)
            again.push_back(say);
    }
    change(EntriesOrphaned {welcome.feed}, step);
    change(LifeKnown {welcome.epoch, welcome.last_n, welcome.feed}, step);
    for (OwnSay say : again) {
        say.n = N {};
        change(SaySettled {say.id, N {}, Seq {}, std::nullopt}, step);
        change(SayKept {say}, step);
    }
}

void DeviceSide::on(EntryEvent const& entry, Step& step)
{
    if (entry.feed == Feed {}) // of a history that was asked for
        return keep(entry, step);
    if (entry.feed != next(data_.cursor)) {
        step.must_disconnect =
            true; // something is missing: the next connection begins at the cursor
        return;
    }
    // The outbox first: then a text of ours that has this number is the entry's own.
    OwnSay const* const say = data_.outbox.find(entry.n);
    if (say != nullptr and not is_same(*say, entry))
        number_anew(entry.n, step);
    else if (say != nullptr)
        settle_say(entry.n, entry.seq, std::nullopt, step);
    keep(entry, step);
    advance(entry.feed, step);
}

void DeviceSide::on(Said const& said, Step& step)
{
    OwnSay const* const say = data_.outbox.find(said.n);
    bool const is_next = said.feed == next(data_.cursor);
    // An entry that we know nothing of, or behind one that is missing: it comes again, whole.
    if (said.feed != Feed {} and (say == nullptr or not is_next))
        step.must_disconnect = true;
    if (say != nullptr) {
        OwnSay const own = *say;
        settle_say(said.n, said.seq, std::nullopt, step);
        // Without its feed number the entry comes once more, in its turn.
        keep({is_next ? said.feed : Feed {}, said.with, said.seq, data_.you, own.kind, own.text,
                 said.time, said.n},
            step);
        if (is_next)
            advance(said.feed, step);
    }
    answered(step);
}

void DeviceSide::on(Refused const& refused, Step& step)
{
    if (refused.n == N {} and stage_ == Stage::enrolling) {
        if (not may_come_back(refused.error))
            return end(refused.error, step);
        step.must_disconnect = true;
    }
    if (refused.n == N {})
        return;
    settle_say(refused.n, Seq {}, refused.error, step);
    answered(step);
}

void DeviceSide::on(NReused const& reused, Step& step)
{
    if (reused.last_n > data_.last_n)
        change(LifeKnown {*data_.epoch, reused.last_n, data_.cursor}, step);
    number_anew(reused.n, step);
    answered(step);
}

void DeviceSide::on(Later const& later, Now now, Step& step)
{
    // As many as before would only be put off again: half of them, and one more for each that was taken.
    if (not std::exchange(goes_back_, true))
        at_once_ = std::max<std::uint64_t>(1, std::min<std::uint64_t>(at_once_, unanswered_) / 2);
    // Only then has the scribe said which it takes next; else it is the one that was put off.
    if (later.error == Error::n_skipped or planted(Bug::gap_seen_in_every_later))
        close_gap(later.n, step);
    said_up_to_ = std::min(said_up_to_, before(later.n));
    resume_at_ = std::max(resume_at_, now.at + later.wait);
    answered(step);
}

void DeviceSide::on(MarkEvent const& mark, Step& step)
{
    change(MarkKept {mark}, step);
}

void DeviceSide::on(PeopleEvent const& people, std::optional<std::uint64_t> id, Step& step)
{
    for (PeopleEvent::One const& one : people.people) {
        change(ContactKnown {one.handle, one.name}, step);
        change(LastSeqKnown {one.handle, one.last}, step);
        change(MarkKept {{one.handle, data_.you, one.my_delivered, one.my_read}}, step);
        change(MarkKept {{one.handle, one.handle, one.their_delivered, one.their_read}}, step);
        if (one.last_entry.has_value())
            keep(*one.last_entry, step);
    }
    if (people.more and not people.people.empty())
        ask(People {people.people.back().handle, limits::page_max}, step, id);
    else if (not data_.knows_people)
        change(PeopleKnown {}, step);
}

/// It counts, and nothing of it is kept: a newer program may find it by fetching.
void DeviceSide::on(UnknownEvent const& unknown, Step& step)
{
    if (unknown.feed == next(data_.cursor))
        advance(unknown.feed, step);
    else
        step.must_disconnect = true;
}

void DeviceSide::on(Bye const& bye, Now now, Step& step)
{
    stays_away_until_ = now.at + bye.wait;
    step.must_disconnect = true;
    bool const is_elsewhere = bye.reason == Error::moved and not bye.address.empty();
    if (not is_elsewhere and not may_come_back(bye.reason))
        end(bye.reason, step);
}

// Saying

/// Sends what has a number and was not sent in this connection, then numbers what waits, as far as
/// the server takes it unanswered.
void DeviceSide::say_what_waits(Step& step)
{
    if (not is_signed_in() or goes_back_)
        return;
    while (unanswered_ < at_once_) {
        OwnSay const* say = data_.outbox.first_above(said_up_to_);
        if (say == nullptr)
            return;
        if (say->n == N {}) {
            change(SayNumbered {say->id, next(data_.last_n)}, step);
            say = data_.outbox.find(data_.last_n);
        }
        said_up_to_ = say->n;
        ++unanswered_;
        ask(Say {say->n, say->to, say->kind, say->text}, step);
    }
}

void DeviceSide::answered(Step& step)
{
    if (unanswered_ > 0)
        --unanswered_;
    if (not goes_back_)
        at_once_ = std::min(at_once_ + 1, unanswered_max_);
    say_what_waits(step);
}

/// Somebody else has used this n: the text is not stored, and gets another.
void DeviceSide::number_anew(N n, Step& step)
{
    OwnSay const* const say = data_.outbox.find(n);
    if (say == nullptr or planted(Bug::n_kept_after_reuse))
        return;
    change(SayNumbered {say->id, N {}}, step);
    if (not std::exchange(told_of_copy_, true))
        step.notices.push_back(CopySeen {});
}

/// The server takes this n next, and nothing that waits has it: it has lost what had, or this device
/// is an old copy of itself. What has a greater one would be skipped for ever, so it is numbered anew.
void DeviceSide::close_gap(N expected, Step& step)
{
    OwnSay const* const first = data_.outbox.first_above(before(expected));
    if (first == nullptr or first->n == N {} or first->n == expected)
        return;
    std::vector<SayId> beyond;
    for (OwnSay const& say : data_.outbox) {
        if (say.n > expected)
            beyond.push_back(say.id);
    }
    for (SayId const id : beyond)
        change(SayNumbered {id, N {}}, step);
    change(LifeKnown {*data_.epoch, before(expected), data_.cursor}, step);
}

void DeviceSide::settle_say(N n, Seq seq, std::optional<Error> refused, Step& step)
{
    if (OwnSay const* const say = data_.outbox.find(n); say != nullptr)
        change(SaySettled {say->id, n, seq, refused}, step);
}

// Hearing

void DeviceSide::keep(EntryEvent const& entry, Step& step)
{
    change(EntryKept {entry}, step);
}

void DeviceSide::advance(Feed feed, Step& step)
{
    change(CursorMoved {feed}, step);
    has_news_ = true;
}

void DeviceSide::change(Change change, Step& step)
{
    data_.apply(change);
    step.changes.push_back(std::move(change));
}

void DeviceSide::ask(Request::Body body, Step& step, std::optional<std::uint64_t> id)
{
    step.requests.push_back({id, std::move(body)});
}

} // namespace duet
