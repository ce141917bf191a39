// The simulator: server and devices in virtual time, with every cut, crash and delay that a seed asks
// for, and a check that every promise was kept.
//
//     sim [SEED]            one life, told step by step if it fails
//     sim --seeds COUNT     seeds 1 to COUNT
//
// Real are the core on both sides (Scribe, Chat, DeviceSide) and the JSON door; what lies between is a
// string of bytes that can be cut anywhere. The server's disk is a MemoryStore that survives its
// crashes: what the scribe has not written when it dies is lost, and so is what was written and not
// yet told. A device's disk is what its steps have changed, each step all or nothing.
//
// Not here yet: the journal's bytes under power loss (store/journal_crash_test.cpp has them), restored
// backups, and cloned devices.

#include "base/check.hpp"
#include "base/limits.hpp"
#include "core/chat.hpp"
#include "core/device_side.hpp"
#include "core/scribe.hpp"
#include "doors/json.hpp"
#include "doors/lines.hpp"
#include "store/memory_store.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace duet;
using namespace std::chrono_literals;

class Dice final : public Random {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) { }

    void fill(std::span<std::byte> bytes) override
    {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(engine_());
    }

    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

private:
    std::mt19937_64 engine_;
};

/// Bytes under way between one device and the server; cut, both directions are lost.
struct Wire {
    SessionId session {};
    bool is_up = false;
    std::string to_server;
    std::string to_device;
};

/// One device and what is on its disk.
struct Device final : DeviceStore {
    std::string person;
    KeyPair keys {};
    DeviceData disk;
    std::map<std::string, std::map<Seq, std::string>> logs; // by the other's handle
    std::vector<std::pair<N, OwnSay>> said;                 // settled, with their n
    Feed last_kept {};                                      // of the entries that came by the feed
    std::unique_ptr<DeviceSide> live;
    Wire wire;

    std::vector<OwnSay> said_above(N n) override
    {
        std::vector<OwnSay> above;
        for (auto const& [its_n, say] : said) {
            if (its_n > n)
                above.push_back(say);
        }
        return above;
    }
};

class World {
public:
    explicit World(std::uint64_t seed) : dice_(seed), server_keys_(key_pair_from(seed_bytes()))
    {
        start_server();
        scribe_->write(std::vector<Draft> {EpochDraft {Epoch {std::byte {1}}, now_.label}});
        add_people(2 + dice_.below(4));
    }

    /// Lives through `steps` steps with faults, then recovers. False if a promise was broken.
    bool live(std::size_t steps)
    {
        for (std::size_t i = 0; i < steps and broken_.empty(); ++i)
            step();
        recover();
        check_promises();
        if (not broken_.empty())
            std::printf("%s\n", broken_.c_str());
        return broken_.empty();
    }

    [[nodiscard]] std::size_t said_count() const { return texts_; }
    [[nodiscard]] std::size_t fault_count() const { return faults_; }

private:
    std::array<std::byte, 32> seed_bytes()
    {
        std::array<std::byte, 32> bytes {};
        dice_.fill(bytes);
        return bytes;
    }

    // People: everybody is everybody's contact, with one to three devices each

    void add_people(std::size_t count)
    {
        std::string first_secret;
        for (std::size_t i = 0; i < count; ++i) {
            std::string const handle(1, static_cast<char>('a' + i));
            PersonId const person = enrol(handle, Invitation::For::person, PersonId {});
            for (std::size_t other = 1; other <= i; ++other)
                check(store_
                        .append(std::vector<Record> {
                            ContactMade {Pair::of(person, PersonId {other}), now_.label}})
                        .has_value());
            for (std::size_t more = dice_.below(3); more > 0; --more)
                enrol(handle, Invitation::For::device, person);
        }
    }

    PersonId enrol(std::string const& handle, Invitation::For what, PersonId by)
    {
        auto device = std::make_unique<Device>();
        device->person = handle;
        device->keys = key_pair_from(seed_bytes());
        std::string const secret = "secret " + std::to_string(devices_.size());
        Enrol const enrol {secret, device->keys.identity, {}, handle, handle, "device"};
        auto const outcomes =
            scribe_->write(std::vector<Draft> {InviteDraft {{}, secret, what, by, {}, now_.label},
                EnrolDraft {{}, enrol, now_.label}});
        PersonId const person = std::get<DeviceEnrolled>(outcomes.back()).person.id;
        device->disk.epoch = store_.epoch(); // it begins at the very beginning of its feed
        start(*device);
        devices_.push_back(std::move(device));
        return person;
    }

    // One step

    void step()
    {
        now_.at += std::chrono::milliseconds(dice_.below(40));
        now_.label += 1ms;
        switch (dice_.below(12)) {
        case 0:
        case 1:
            return say(any_device());
        case 2:
            return let_time_pass();
        case 3:
            return write_drafts(dice_.below(drafts_.size() + 1));
        case 4:
            return tell_outcomes(dice_.below(outcomes_.size() + 1));
        case 5:
            return maybe_fail();
        case 6:
        case 7:
        case 8:
            return carry_to_server(any_device());
        default:
            return carry_to_device(any_device());
        }
    }

    void maybe_fail()
    {
        switch (dice_.below(12)) {
        case 0:
            ++faults_;
            return crash_server();
        case 1:
        case 2:
            ++faults_;
            return start(any_device()); // its process dies, and begins anew from its disk
        case 3:
        case 4:
        case 5:
            ++faults_;
            return cut(any_device());
        default:
            return;
        }
    }

    Device& any_device() { return *devices_[dice_.below(devices_.size())]; }

    void say(Device& device)
    {
        std::string const& to = any_device().person;
        if (to == device.person)
            return;
        Step step;
        // Some are long, so that windows fill and what is behind comes from the store.
        std::string const text = "text " + std::to_string(++texts_) + ' '
            + std::string(
                dice_.below(4) == 0 ? 1 + dice_.below(limits::text_bytes_max - 32) : 0, 'x');
        device.live->say(to, text, step);
        spoken_.push_back({device.person, to, text});
        take(device, step);
    }

    /// What a device's step asks for: first its disk, then the wire; it may die between the two.
    void take(Device& device, Step const& step)
    {
        for (Change const& change : step.changes) {
            keep(device, change);
            device.disk.apply(change);
        }
        if (not step.changes.empty() and is_failing_ and dice_.below(200) == 0) {
            ++faults_;
            return start(device);
        }
        for (Request const& request : step.requests)
            encode(request, device.wire.to_server);
        if (step.must_disconnect)
            cut(device);
    }

    void keep(Device& device, Change const& change)
    {
        if (auto const* const settled = std::get_if<SaySettled>(&change)) {
            for (OwnSay const& say : device.disk.outbox) {
                if (say.id == settled->id and not settled->refused.has_value())
                    device.said.emplace_back(settled->n, say);
            }
        }
        auto const* const kept = std::get_if<EntryKept>(&change);
        if (kept == nullptr)
            return;
        EntryEvent const& entry = kept->entry;
        auto const [at, is_new] = device.logs[entry.with].emplace(entry.seq, entry.text);
        if (not is_new and at->second != entry.text)
            breaks("one seq has two texts");
        if (entry.feed == Feed {})
            return;
        if (entry.feed != next(device.last_kept))
            breaks("a feed number came twice, or not at all");
        device.last_kept = entry.feed;
    }

    void start(Device& device)
    {
        cut(device);
        device.live = std::make_unique<DeviceSide>(
            device.disk, device.keys, server_keys_.identity, "sim", device, dice_);
    }

    void cut(Device& device)
    {
        if (not device.wire.is_up)
            return;
        chat_->disconnected(device.wire.session, outbox_);
        device.wire = {};
        if (device.live != nullptr)
            device.live->disconnected(now_);
        deliver();
    }

    void let_time_pass()
    {
        now_.at += std::chrono::milliseconds(dice_.below(1000));
        chat_->pass_time(now_, outbox_);
        deliver();
        for (auto const& device : devices_) {
            Step step;
            if (device->live->pass_time(now_, step))
                connect(*device);
            take(*device, step);
        }
    }

    void connect(Device& device)
    {
        device.wire = {SessionId {++sessions_}, true, {}, {}};
        chat_->connected(device.wire.session, now_);
        Step step;
        device.live->connected(now_, step);
        take(device, step);
    }

    // The wire: some bytes at a time, cut where they happen to be cut; what is no whole line waits

    std::string whole_lines_of(std::string& wire)
    {
        bool const comes_whole = not is_failing_ or dice_.below(2) == 0;
        std::string arrived =
            wire.substr(0, comes_whole ? wire.size() : dice_.below(wire.size() + 1));
        arrived.resize(arrived.rfind('\n') + 1);
        wire.erase(0, arrived.size());
        return arrived;
    }

    void carry_to_server(Device& device)
    {
        std::string const arrived = whole_lines_of(device.wire.to_server);
        SessionId const session = device.wire.session;
        for_each_line(arrived, [&](Bytes line) {
            auto const request = door_.decode_request(line);
            check(request.has_value());
            chat_->handle(session, *request, {}, now_, outbox_);
        });
        deliver();
    }

    void carry_to_device(Device& device)
    {
        std::string const arrived = whole_lines_of(device.wire.to_device);
        Step step;
        for_each_line(arrived, [&](Bytes line) {
            auto const event = door_.decode_event(line);
            check(event.has_value());
            if (not step.must_disconnect)
                device.live->received(event->value(), {}, now_, step);
        });
        device.live->settle(step);
        take(device, step);
    }

    template <typename Use>
    void for_each_line(std::string const& bytes, Use use)
    {
        Bytes rest = as_bytes(bytes);
        while (not rest.empty()) {
            Line const line = next_line(rest, limits::json_line_bytes_max).value().value();
            use(as_bytes(line.text));
            rest = rest.subspan(line.used);
        }
    }

    // The server

    void start_server()
    {
        scribe_ = std::make_unique<Scribe>(store_); // it knows nothing but what is on disk
        chat_ = std::make_unique<Chat>(store_, dice_, server_keys_, "sim");
    }

    /// What was not written is lost, and what was not told, too; the disk stays.
    void crash_server()
    {
        drafts_.clear();
        outcomes_.clear();
        outbox_.clear();
        start_server();
        for (auto const& device : devices_) {
            if (device->wire.is_up)
                device->live->disconnected(now_);
            device->wire = {};
        }
    }

    void deliver()
    {
        for (Draft& draft : chat_->take_drafts())
            drafts_.push_back(std::move(draft));
        for (Outgoing const& outgoing : std::exchange(outbox_, {})) {
            for (auto const& device : devices_) {
                if (device->wire.is_up and device->wire.session == outgoing.to)
                    encode(outgoing.event, device->wire.to_device);
            }
        }
    }

    void write_drafts(std::size_t count)
    {
        auto const end = drafts_.begin() + static_cast<std::ptrdiff_t>(count);
        for (Outcome& outcome : scribe_->write(std::vector<Draft>(drafts_.begin(), end)))
            outcomes_.push_back(std::move(outcome));
        drafts_.erase(drafts_.begin(), end);
    }

    void tell_outcomes(std::size_t count)
    {
        auto const end = outcomes_.begin() + static_cast<std::ptrdiff_t>(count);
        std::vector<Outcome> const told(outcomes_.begin(), end);
        outcomes_.erase(outcomes_.begin(), end);
        for (Outcome const& outcome : told)
            chat_->finished(outcome, outbox_);
        deliver();
    }

    // The end: no more faults, until nothing is left to be done

    void recover()
    {
        is_failing_ = false;
        for (int round = 0; round < 400 and broken_.empty(); ++round) {
            let_time_pass();
            for (auto const& device : devices_) {
                for (std::size_t i = 0; i < 8; ++i) {
                    carry_to_server(*device);
                    write_drafts(drafts_.size());
                    tell_outcomes(outcomes_.size());
                    carry_to_device(*device);
                }
            }
        }
    }

    void check_promises()
    {
        for (auto const& device : devices_) {
            if (not device->disk.outbox.empty())
                breaks("something waits for ever");
            for (auto const& other : devices_) {
                if (other->person != device->person)
                    check_log(*device, other->person);
            }
        }
    }

    /// The log of one conversation, as one device has it, against what was really spoken.
    void check_log(Device& device, std::string const& with)
    {
        PersonId const me = store_.person_by_handle(device.person)->id;
        PersonId const other = store_.person_by_handle(with)->id;
        std::vector<std::string> truth;
        Seq const last = store_.last_seq(Pair::of(me, other));
        std::vector<std::string> kept;
        for (Seq seq {1}; seq <= last; seq = next(seq)) {
            auto const entries = store_.log(Pair::of(me, other), seq, seq, 1 << 20);
            truth.push_back(entries.front().body);
            kept.push_back(device.logs[with][seq]);
        }
        if (kept != truth)
            breaks("a device has another log than the server");
        std::vector<std::string> spoken;
        for (auto const& [from, to, text] : spoken_) {
            if ((from == device.person and to == with) or (from == with and to == device.person))
                spoken.push_back(text);
        }
        std::ranges::sort(spoken);
        std::ranges::sort(truth);
        if (spoken != truth)
            breaks("a text is lost, or there twice");
    }

    void breaks(char const* promise)
    {
        if (broken_.empty())
            broken_ = promise;
    }

    struct Spoken {
        std::string from;
        std::string to;
        std::string text;
    };

    Dice dice_;
    KeyPair server_keys_;
    Now now_ {Time(1'700'000'000s), MonotonicTime(1000s)};
    MemoryStore store_;
    std::unique_ptr<Scribe> scribe_;
    std::unique_ptr<Chat> chat_;
    JsonDoor door_;
    Outbox outbox_;
    std::vector<Draft> drafts_;     // asked, not written
    std::vector<Outcome> outcomes_; // written, not told
    std::vector<std::unique_ptr<Device>> devices_;
    std::vector<Spoken> spoken_;
    std::uint64_t sessions_ = 0;
    std::size_t texts_ = 0;
    std::size_t faults_ = 0;
    bool is_failing_ = true;
    std::string broken_;
};

bool live_through(std::uint64_t seed, std::size_t& said, std::size_t& faults)
{
    World world(seed);
    bool const kept = world.live(4000);
    if (not kept)
        std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    said += world.said_count();
    faults += world.fault_count();
    return kept;
}

} // namespace

int main(int count, char** words)
{
    bool const many = count == 3 and std::string_view(words[1]) == "--seeds";
    std::uint64_t const first = many ? 1 : count > 1 ? std::strtoull(words[1], nullptr, 10) : 1;
    std::uint64_t const last = many ? std::strtoull(words[2], nullptr, 10) : first;
    std::size_t said = 0;
    std::size_t faults = 0;
    std::size_t broken = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed)
        broken += live_through(seed, said, faults) ? 0U : 1U;
    std::printf("%llu seeds, %zu texts, %zu faults: %zu lives with a broken promise\n",
        static_cast<unsigned long long>(last - first + 1), said, faults, broken);
    return broken == 0 ? 0 : 1;
}
