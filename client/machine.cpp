#include "client/machine.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "client/message.hpp"
#include "core/scribe.hpp"
#include "core/text.hpp"
#include "doors/lines.hpp"
#include "pairing/phrase.hpp"

#include <algorithm>
#include <map>

namespace duet {

namespace {

constexpr std::size_t key_bytes_max = 128;

Failure failure(Error error)
{
    return {word(error), sentence(error)};
}

Failure no_network()
{
    return {"network", "not connected with the server"};
}

/// Entries of a history, and all pages but the last, are followed by more.
bool is_last_of_answer(Event::Body const& event)
{
    auto const* const people = std::get_if<PeopleEvent>(&event);
    return not std::holds_alternative<EntryEvent>(event)
        and (people == nullptr or not people->more);
}

/// Why this cannot be said; nullopt if it can.
std::optional<Failure> why_not(Saying const& saying)
{
    if (auto why = why_not_said(saying.text))
        return why;
    if (auto const checked = check_handle(saying.to); not checked.has_value())
        return failure(checked.error());
    if (saying.key.size() > key_bytes_max)
        return Failure {word(Error::text_too_long), "the key is longer than 128 bytes"};
    return std::nullopt;
}

} // namespace

Result<std::unique_ptr<Machine>, Failure> Machine::open(
    std::string const& directory, Random& random)
{
    auto lock = TRY(DirectoryLock::take(directory));
    auto file = TRY(DeviceFile::open(directory));
    auto machine = std::unique_ptr<Machine>(new Machine(std::move(lock), std::move(file), random));
    if (auto broken = machine->file_->take_failure())
        return fail(std::move(*broken));
    return machine;
}

Machine::Machine(DirectoryLock lock, std::unique_ptr<DeviceFile> file, Random& random)
    : lock_(std::move(lock)), file_(std::move(file)), random_(random)
{
    start();
}

/// From what the file says.
void Machine::start()
{
    side_ = std::make_unique<DeviceSide>(
        file_->load(), file_->keys(), std::nullopt, "duet " DUET_VERSION, *file_, random_);
    for (auto const& [with, talk] : side_->data().talks)
        told_[with] = {talk.theirs.delivered, talk.theirs.read};
}

// The connection

void Machine::connecting()
{
    move_to(Connectedness::connecting, {});
}

void Machine::connected(Now now, Bytes exporter)
{
    exporter_ = as_text(exporter);
    output_.clear();
    output_sent_ = 0;
    must_disconnect_.clear();
    is_up_ = true;
    side_->connected(now, step_);
    settle(now);
}

void Machine::disconnected(Now now, std::string const& words)
{
    side_->disconnected(now);
    is_up_ = false;
    step_ = {};
    output_.clear();
    output_sent_ = 0;
    must_disconnect_.clear();
    answers_.clear();
    online_.clear();
    phrases_.clear();
    waiting_.clear();
    for (auto const& [id, with] : std::exchange(asked_, {})) {
        if (with.empty())
            happenings_.emplace_back(DeniedAnswer {id, no_network()});
    }
    move_to(Connectedness::away, words);
}

std::size_t Machine::received(Bytes input, Now now)
{
    std::size_t used = 0;
    while (must_disconnect_.empty() and not step_.must_disconnect) {
        auto const line = next_line(input.subspan(used), limits::json_line_bytes_max);
        if (line.has_value() and not line->has_value())
            return used;
        auto const event =
            line.has_value() ? door_.decode_event(as_bytes((*line)->text)) : fail(line.error());
        if (not event.has_value()) {
            must_disconnect_ =
                std::string("the server cannot be understood: ") + sentence(event.error());
            break;
        }
        used += (*line)->used;
        if (event->has_value())
            take(**event, now);
    }
    return input.size(); // nothing behind the end is looked at
}

void Machine::take(Event const& event, Now now)
{
    if (auto const* const bye = std::get_if<Bye>(&event.body))
        must_disconnect_ = sentence(bye->reason);
    note_strangers(event);
    side_->received(event, as_bytes(exporter_), now, step_);
    bool const is_answer = event.id.has_value() and asked_.contains(*event.id);
    if (is_answer and is_last_of_answer(event.body))
        answers_.push_back(event);
}

/// Somebody of whom not even the name is known: the list of contacts has changed.
void Machine::note_strangers(Event const& event)
{
    auto const* const entry = std::get_if<EntryEvent>(&event.body);
    auto const* const presence = std::get_if<Presence>(&event.body);
    if (entry != nullptr and not data().talks.contains(entry->with))
        wants_people_ = true;
    if (presence != nullptr and not data().talks.contains(presence->who))
        wants_people_ = true;
}

bool Machine::pass_time(Now now)
{
    bool const is_time = side_->pass_time(now, step_);
    return is_time and connectedness_ == Connectedness::away;
}

void Machine::settle(Now now)
{
    side_->settle(step_);
    static_cast<void>(commit(now)); // what has failed is told by must_disconnect
}

Result<void, Failure> Machine::commit(Now now, std::span<SaidKey const> keys)
{
    Step const step = std::exchange(step_, {});
    if (not step.changes.empty() or not keys.empty()) {
        auto written = file_->apply(step.changes, now.label, keys);
        if (not written.has_value()) {
            if (is_up_)
                must_disconnect_ = written.error().sentence;
            output_.clear();
            output_sent_ = 0;
            answers_.clear();
            start();
            return written;
        }
    }
    for (Request const& request : step.requests) {
        encode(request, output_);
        if (std::holds_alternative<People>(request.body))
            wants_people_ = false;
    }
    if (side_->is_signed_in() and std::exchange(wants_people_, false))
        send(People {"", limits::page_max});
    if (step.must_disconnect and must_disconnect_.empty())
        must_disconnect_ = "something is missing: the next connection goes on from the cursor";
    for (Notice const& notice : step.notices)
        tell_notice(notice);
    tell_changes(step);
    tell_answers();
    tell_end(step);
    return {};
}

void Machine::sent(std::size_t bytes)
{
    output_sent_ += bytes;
    check(output_sent_ <= output_.size());
    if (output_sent_ < output_.size())
        return;
    output_.clear();
    output_sent_ = 0;
}

std::optional<MonotonicTime> Machine::next_deadline() const
{
    // While it is being connected, whoever does it knows how long that may take.
    if (connectedness_ == Connectedness::connecting and not is_up_)
        return std::nullopt;
    return side_->next_deadline();
}

// What the user is told

void Machine::tell_changes(Step const& step)
{
    changed_.clear();
    for (Change const& change : step.changes) {
        if (auto const* const settled = std::get_if<SaySettled>(&change)) {
            changed_.insert(number(settled->id));
            if (auto message = file_->own(settled->id))
                happenings_.emplace_back(MessageChanged {std::move(*message)});
        } else if (auto const* const kept = std::get_if<EntryKept>(&change)) {
            tell_entry(kept->entry);
        } else if (auto const* const mark = std::get_if<MarkKept>(&change)) {
            if (mark->mark.who == mark->mark.with)
                tell_marks(mark->mark.with);
        }
    }
}

/// What this device has said itself is no news: its user knows it, and is told of its states.
void Machine::tell_entry(EntryEvent const& entry)
{
    if (entry.feed == Feed {} or file_->say_of(entry.n, entry.seq) != SayId {})
        return;
    auto const talk = data().talks.find(entry.with);
    bool const is_known = talk != data().talks.end();
    if (is_known and entry.seq <= talk->second.choices.deleted)
        return;
    happenings_.emplace_back(EntryHeard {message_of(entry, is_known ? &talk->second : nullptr)});
}

void Machine::tell_marks(std::string const& with)
{
    auto const talk = data().talks.find(with);
    if (talk == data().talks.end())
        return;
    Told const before = told_[with];
    MarkEvent const& now = talk->second.theirs;
    told_[with] = {now.delivered, now.read};
    auto const tell_range = [&](Seq after, Seq last) {
        if (after >= last)
            return;
        for (Message& message : file_->own_between(with, next(after), last)) {
            if (not changed_.contains(message.say_id))
                happenings_.emplace_back(MessageChanged {std::move(message)});
        }
    };
    tell_range(before.read, now.read);
    tell_range(std::max(before.delivered, now.read), now.delivered);
}

void Machine::tell_notice(Notice const& notice)
{
    if (auto const* const welcome = std::get_if<Welcome>(&notice)) {
        this_device_ = welcome->device;
        move_to(Connectedness::here, {});
        for (std::string const& with : std::set(fetch_wanted_))
            fetch(with);
    } else if (auto const* const presence = std::get_if<Presence>(&notice)) {
        presence->online ? void(online_.insert(presence->who)) : void(online_.erase(presence->who));
        happenings_.emplace_back(*presence);
    } else if (auto const* const typing = std::get_if<TypingEvent>(&notice)) {
        happenings_.emplace_back(*typing);
    } else if (auto const* const asks = std::get_if<DeviceAsks>(&notice)) {
        waiting_.push_back({asks->ask, asks->device, asks->address, asks->identity});
        happenings_.emplace_back(DeviceWaits {waiting_.back()});
    } else if (auto const* const talk = std::get_if<TalkEvent>(&notice)) {
        tell_talk(talk->with);
    } else if (std::holds_alternative<SettingsEvent>(notice)) {
        happenings_.emplace_back(settings());
    } else if (std::holds_alternative<Waiting>(notice)) {
        happenings_.emplace_back(WaitsForConfirmation {});
    } else if (std::holds_alternative<AnotherLife>(notice)) {
        told_.clear();
        happenings_.emplace_back(AnotherLife {});
    } else if (std::holds_alternative<CopySeen>(notice)) {
        happenings_.emplace_back(CopySeen {});
    }
}

void Machine::tell_talk(std::string const& with)
{
    std::optional<Contact> found;
    for (Contact& contact : contacts()) {
        if (contact.handle == with)
            found = std::move(contact);
    }
    happenings_.emplace_back(TalkMoved {with, std::move(found)});
    // Whoever was asked has answered, perhaps: then the request has another state.
    if (auto request = file_->last_request(with); request.has_value())
        happenings_.emplace_back(MessageChanged {std::move(*request)});
}

/// Behind everything else: nothing more will happen.
void Machine::tell_end(Step const& step)
{
    for (Notice const& notice : step.notices) {
        if (auto const* const ended = std::get_if<Ended>(&notice))
            happenings_.emplace_back(EndedForGood {failure(ended->reason)});
    }
}

void Machine::tell_answers()
{
    for (Event const& event : std::exchange(answers_, {}))
        answer(event);
}

void Machine::answer(Event const& event)
{
    std::uint64_t const id = event.id.value();
    auto const asked = asked_.extract(id);
    if (asked.empty())
        return;
    std::string const& with = asked.mapped();
    if (std::holds_alternative<Refused>(event.body))
        phrases_.erase(id);
    if (not with.empty()) {
        // An empty answer is the last one, whatever is still missing.
        auto const* const end = std::get_if<HistoryEnd>(&event.body);
        bool const came = end != nullptr and end->first != Seq {};
        fetch_wanted_.erase(with);
        happenings_.emplace_back(OlderFetched {with, came and side_->misses_any(with)});
    } else if (std::holds_alternative<PeopleEvent>(event.body)) {
        happenings_.emplace_back(PeopleAnswer {id, contacts()});
    } else if (auto const* const devices = std::get_if<DevicesEvent>(&event.body)) {
        DevicesAnswer told {id, {}};
        for (DevicesEvent::One const& one : devices->devices)
            told.all.push_back({number(one.device), one.name, one.plain, one.device == this_device_,
                one.time, one.identity});
        happenings_.emplace_back(std::move(told));
    } else if (auto const* const linked = std::get_if<Linked>(&event.body)) {
        happenings_.emplace_back(SecretAnswer {id, {linked->secret, linked->expires}});
    } else if (auto const* const refused = std::get_if<Refused>(&event.body)) {
        happenings_.emplace_back(DeniedAnswer {id, failure(refused->error)});
    } else if (auto const phrase = phrases_.extract(id); not phrase.empty()) {
        happenings_.emplace_back(RecoveryAnswer {id, phrase.mapped()});
    } else {
        happenings_.emplace_back(DoneAnswer {id});
    }
}

void Machine::move_to(Connectedness now, std::string const& words)
{
    if (std::exchange(connectedness_, now) != now)
        happenings_.emplace_back(ConnectionMoved {now, words});
}

// The user

Result<std::vector<std::uint64_t>, Failure> Machine::say(std::span<Saying const> sayings, Now now)
{
    for (Saying const& saying : sayings) {
        if (auto why = why_not(saying); why.has_value())
            return fail(std::move(*why));
    }
    if (auto used = key_used_otherwise(sayings); used.has_value())
        return fail(std::move(*used));
    std::vector<std::uint64_t> ids;
    std::vector<SaidKey> keys;
    for (Saying const& saying : sayings) {
        std::optional<SayId> known;
        if (not saying.key.empty()) {
            auto const in_these = std::ranges::find(keys, saying.key, &SaidKey::key);
            known = in_these != keys.end() ? in_these->say : file_->say_of_key(saying.key);
        }
        SayId const id = known.has_value() ? *known : side_->say(saying.to, saying.text, step_);
        if (not known.has_value() and not saying.key.empty())
            keys.push_back({saying.key, id});
        ids.push_back(number(id));
    }
    TRY_VOID(commit(now, keys));
    return ids;
}

/// A key names one message. Given for another person it is a mistake, and silence would be a loss.
std::optional<Failure> Machine::key_used_otherwise(std::span<Saying const> sayings)
{
    std::map<std::string, std::string> receivers; // by key
    for (Saying const& saying : sayings) {
        if (saying.key.empty())
            continue;
        auto const known = file_->say_of_key(saying.key);
        auto const own = known.has_value() ? file_->own(*known) : std::nullopt;
        std::string const& first =
            receivers.emplace(saying.key, own.has_value() ? own->with : saying.to).first->second;
        if (first != saying.to)
            return Failure {"key_used", "this key was used for a message to " + first};
    }
    return std::nullopt;
}

void Machine::read(std::string const& with, std::uint64_t seq, Now now)
{
    auto const talk = data().talks.find(with);
    if (talk == data().talks.end())
        return;
    // No further than there is anything: the server would refuse it each time.
    side_->read(with, std::min(Seq {seq}, talk->second.last), step_);
    static_cast<void>(commit(now)); // it is only said again if it was not kept
}

void Machine::typing(std::string const& to)
{
    if (side_->is_signed_in() and check_handle(to).has_value())
        send(Typing {to});
}

std::uint64_t Machine::ask(Request::Body body)
{
    std::uint64_t const id = ++last_asked_;
    if (side_->is_signed_in()) {
        asked_.emplace(id, "");
        if (auto const* const confirm = std::get_if<Confirm>(&body))
            std::erase_if(waiting_, [&](auto const& one) { return one.ask == confirm->ask; });
        send(std::move(body), id);
    } else {
        happenings_.emplace_back(DeniedAnswer {id, no_network()});
    }
    return id;
}

/// The server gets its hash alone; the phrase is told when that is good.
std::uint64_t Machine::ask_recovery()
{
    std::array<std::byte, 16> dice {};
    random_.fill(dice);
    std::string phrase = phrase_of(dice);
    std::uint64_t const id = ask(ChangeRecovery {hash_of_secret(phrase)});
    if (side_->is_signed_in())
        phrases_.emplace(id, std::move(phrase));
    return id;
}

Settings Machine::settings() const
{
    SettingsEvent const& chosen = data().settings;
    return {chosen.read_marks, chosen.presence, chosen.typing};
}

void Machine::fetch_older(std::string const& with)
{
    if (not check_handle(with).has_value() or fetch_wanted_.contains(with))
        return;
    fetch_wanted_.insert(with);
    fetch(with);
}

/// Away, it waits for the next connection.
void Machine::fetch(std::string const& with)
{
    if (not side_->misses_any(with)) {
        fetch_wanted_.erase(with);
        happenings_.emplace_back(OlderFetched {with, false});
        return;
    }
    Step step;
    std::uint64_t const id = ++last_asked_;
    if (not side_->fetch_missing(with, step, id))
        return;
    asked_.emplace(id, with);
    for (Request const& request : step.requests)
        encode(request, output_);
}

std::vector<Contact> Machine::contacts() const
{
    std::vector<Contact> all = file_->contacts();
    for (Contact& contact : all)
        contact.is_online = online_.contains(contact.handle);
    return all;
}

void Machine::send(Request::Body body, std::optional<std::uint64_t> id)
{
    encode(Request {id, std::move(body)}, output_);
}

} // namespace duet
