#include "core/device_side.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "core/chat.hpp"

#include <algorithm>
#include <cstring>

namespace duet {

namespace {

constexpr std::uint64_t protocol_version = 1;

/// Which ends a device does not come back from by itself.
bool is_for_good(Error reason)
{
    return reason == Error::replaced or reason == Error::revoked or reason == Error::device_revoked
        or reason == Error::device_unknown or reason == Error::version_unknown
        or reason == Error::proof_wrong;
}

bool is_same(OwnSay const& say, EntryEvent const& entry)
{
    return say.to == entry.with and say.kind == entry.kind and say.text == entry.text;
}

} // namespace

void DeviceData::apply(Change const& change)
{
    auto const by_id = [this](SayId id) {
        return std::ranges::find_if(outbox, [id](OwnSay const& say) { return say.id == id; });
    };
    if (auto const* const kept = std::get_if<SayKept>(&change)) {
        outbox.push_back(kept->say);
        last_say = std::max(last_say, kept->say.id);
    } else if (auto const* const numbered = std::get_if<SayNumbered>(&change)) {
        if (auto const say = by_id(numbered->id); say != outbox.end())
            say->n = numbered->n;
        last_n = std::max(last_n, numbered->n);
        // Those that wait for a number stand behind those that have one, each as they were written.
        std::ranges::sort(outbox, {}, [](OwnSay const& say) {
            return std::pair(say.n == N {} ? ~std::uint64_t {0} : number(say.n), say.id);
        });
    } else if (auto const* const settled = std::get_if<SaySettled>(&change)) {
        if (auto const say = by_id(settled->id); say != outbox.end())
            outbox.erase(say);
    } else if (auto const* const entry = std::get_if<EntryKept>(&change)) {
        Talk& talk = talks[entry->entry.with];
        talk.kept.add(entry->entry.seq);
        talk.last = std::max(talk.last, entry->entry.seq);
    } else if (auto const* const moved = std::get_if<CursorMoved>(&change)) {
        cursor = moved->feed;
    } else if (auto const* const life = std::get_if<LifeKnown>(&change)) {
        // In another life other entries may stand under the same numbers: all is fetched anew.
        if (epoch != life->epoch)
            talks.clear();
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
    }
}

DeviceSide::DeviceSide(DeviceData data, KeyPair const& keys, Identity const& server,
    std::string client, DeviceStore& store, Random& random)
    : data_(std::move(data))
    , keys_(keys)
    , server_(server)
    , client_(std::move(client))
    , store_(store)
    , random_(random)
{
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

void DeviceSide::fetch_missing(std::string const& with, Step& step)
{
    DeviceData::Talk const& talk = data_.talks[with];
    auto const hole = talk.kept.newest_hole(talk.last);
    if (is_signed_in() and hole.has_value())
        ask(History {with, next(hole->last), std::nullopt, limits::page_max}, step);
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
}

void DeviceSide::received(Event const& event, Bytes exporter, Now now, Step& step)
{
    heard_at_ = now.at;
    std::visit(
        [&](auto const& body) {
            using Body = std::decay_t<decltype(body)>;
            if constexpr (std::is_same_v<Body, Greeted>)
                on(body, exporter, step);
            else if constexpr (std::is_same_v<Body, Later>)
                on(body, now, step);
            else if constexpr (std::is_same_v<Body, TypingEvent> or std::is_same_v<Body, Presence>)
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
    bool const is_ours =
        greeted.identity == server_ and is_proof(greeted.proof, greeted.identity, challenge);
    if (stage_ != Stage::greeting or not is_ours) {
        stage_ = Stage::ended; // somebody else stands there: never a reason to try again quietly
        step.notices.push_back(Ended {Error::proof_wrong});
        step.must_disconnect = true;
        return;
    }
    stage_ = Stage::signing_in;
    challenge.prover = Prover::device;
    auto const feed = data_.epoch.has_value() ? std::optional(data_.cursor) : std::nullopt;
    ask(SignIn {keys_.identity, prove(keys_, challenge), data_.epoch, feed, client_}, step);
}

void DeviceSide::on(Welcome const& welcome, Step& step)
{
    stage_ = Stage::signed_in;
    failures_ = 0;
    you_ = welcome.you;
    unanswered_max_ = welcome.unanswered_max;
    step.notices.push_back(welcome);
    if (data_.epoch != welcome.epoch)
        begin_life(welcome, step);
    else if (welcome.last_n > data_.last_n)
        change(LifeKnown {welcome.epoch, welcome.last_n, data_.cursor}, step);
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
    ask(People {"", limits::page_max}, step);
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
    keep(entry, step);
    if (entry.n != N {}) {
        OwnSay const* const say = find_say(entry.n);
        if (say != nullptr and not is_same(*say, entry))
            number_anew(entry.n, step);
        else if (say != nullptr)
            settle_say(entry.n, entry.seq, std::nullopt, step);
    }
    advance(entry.feed, step);
}

void DeviceSide::on(Said const& said, Step& step)
{
    OwnSay const* const say = find_say(said.n);
    bool const is_next = said.feed == next(data_.cursor);
    // An entry that we know nothing of, or behind one that is missing: it comes again, whole.
    if (said.feed != Feed {} and (say == nullptr or not is_next))
        step.must_disconnect = true;
    if (say != nullptr) {
        OwnSay const own = *say;
        settle_say(said.n, said.seq, std::nullopt, step);
        if (is_next) {
            keep({said.feed, said.with, said.seq, you_, own.kind, own.text, said.time, said.n},
                step);
            advance(said.feed, step);
        }
    }
    answered(step);
}

void DeviceSide::on(Refused const& refused, Step& step)
{
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
    goes_back_ = true;
    said_up_to_ = std::min(said_up_to_, N {number(later.n) - 1});
    resume_at_ = std::max(resume_at_, now.at + later.wait);
    answered(step);
}

void DeviceSide::on(MarkEvent const& mark, Step& step)
{
    change(MarkKept {mark}, step);
}

void DeviceSide::on(HistoryEnd const& end, Step& step)
{
    if (end.more or data_.talks[end.with].kept.newest_hole(data_.talks[end.with].last).has_value())
        fetch_missing(end.with, step);
}

void DeviceSide::on(PeopleEvent const& people, Step& step)
{
    for (PeopleEvent::One const& one : people.people) {
        change(LastSeqKnown {one.handle, one.last}, step);
        change(MarkKept {{one.handle, you_, one.my_delivered, one.my_read}}, step);
        change(MarkKept {{one.handle, one.handle, one.their_delivered, one.their_read}}, step);
        if (one.last_entry.has_value())
            keep(*one.last_entry, step);
    }
    if (people.more and not people.people.empty())
        ask(People {people.people.back().handle, limits::page_max}, step);
}

/// It counts, and nothing of it is kept: a newer program may find it by fetching.
void DeviceSide::on(UnknownEvent const& unknown, Step& step)
{
    if (unknown.feed == next(data_.cursor))
        advance(unknown.feed, step);
    else
        step.must_disconnect = true;
}

void DeviceSide::on(Bye const& bye, Step& step)
{
    step.must_disconnect = true;
    if (not is_for_good(bye.reason))
        return;
    stage_ = Stage::ended;
    step.notices.push_back(Ended {bye.reason});
}

// Saying

/// Sends what has a number and was not sent in this connection, then numbers what waits, as far as
/// the server takes it unanswered.
void DeviceSide::say_what_waits(Step& step)
{
    if (not is_signed_in() or goes_back_)
        return;
    for (std::size_t i = 0; i < data_.outbox.size() and unanswered_ < unanswered_max_; ++i) {
        if (data_.outbox[i].n == N {})
            change(SayNumbered {data_.outbox[i].id, next(data_.last_n)}, step);
        OwnSay const& say = data_.outbox[i];
        if (say.n <= said_up_to_)
            continue;
        said_up_to_ = say.n;
        ++unanswered_;
        ask(Say {say.n, say.to, say.kind, say.text}, step);
    }
}

void DeviceSide::answered(Step& step)
{
    if (unanswered_ > 0)
        --unanswered_;
    say_what_waits(step);
}

/// Somebody else has used this n: the text is not stored, and gets another.
void DeviceSide::number_anew(N n, Step& step)
{
    OwnSay const* const say = find_say(n);
    if (say == nullptr)
        return;
    change(SayNumbered {say->id, N {}}, step);
    if (not std::exchange(told_of_copy_, true))
        step.notices.push_back(CopySeen {});
}

void DeviceSide::settle_say(N n, Seq seq, std::optional<Error> refused, Step& step)
{
    if (OwnSay const* const say = find_say(n); say != nullptr)
        change(SaySettled {say->id, n, seq, refused}, step);
}

OwnSay const* DeviceSide::find_say(N n) const
{
    auto const say =
        std::ranges::find_if(data_.outbox, [n](OwnSay const& one) { return one.n == n; });
    return n != N {} and say != data_.outbox.end() ? &*say : nullptr;
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

void DeviceSide::ask(Request::Body body, Step& step)
{
    step.requests.push_back({std::nullopt, std::move(body)});
}

} // namespace duet
