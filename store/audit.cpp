#include "store/audit.hpp"

#include "core/scribe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

namespace duet {

namespace {

constexpr std::size_t page_bytes = 1024 * 1024;
constexpr std::size_t contacts_page = 256;

/// A run of entries in few bytes: two runs with the same sum are the same.
class Sum {
public:
    void add(std::uint64_t value)
    {
        // As splitmix64 does it: every bit of what came before moves about half of all bits.
        sum_ += value + 0x9E3779B97F4A7C15U;
        sum_ = (sum_ ^ sum_ >> 30) * 0xBF58476D1CE4E5B9U;
        sum_ = (sum_ ^ sum_ >> 27) * 0x94D049BB133111EBU;
        sum_ ^= sum_ >> 31;
    }

    /// All but the body, which retention may take away between two looks.
    void add(Entry const& entry)
    {
        for (std::uint64_t const value : {number(entry.pair.low), number(entry.pair.high),
                 number(entry.seq), number(entry.author), number(entry.device), number(entry.n),
                 number(entry.feed_low), number(entry.feed_high), std::uint64_t(entry.kind)})
            add(value);
        for (std::byte const byte : entry.hash)
            add(std::to_integer<std::uint64_t>(byte));
    }

    bool operator==(Sum const&) const = default;

private:
    std::uint64_t sum_ = 0;
};

/// One conversation, as a person's feed has it.
struct Run {
    Seq last {};
    Sum sum {};
};

bool are_same_but_for_body(Entry const& one, Entry const& other)
{
    Sum first;
    Sum second;
    first.add(one);
    second.add(other);
    return first == second;
}

class Auditor {
public:
    Auditor(Store& store, AuditEars const& ears) : store_(store), ears_(ears) { }

    AuditCounts run()
    {
        PersonId const last_person = store_.last_person();
        DeviceId const last_device = store_.last_device();
        if (store_.epoch() == Epoch {})
            fault("the store has no epoch");
        for (PersonId id {1}; id <= last_person and goes_on(); id = next(id))
            check_person(id);
        for (DeviceId id {1}; id <= last_device and goes_on(); id = next(id))
            check_device(id);
        return counts_;
    }

private:
    using Runs = std::map<PersonId, Run>; // by the other
    using Contacts = std::map<PersonId, Relation>;

    void check_person(PersonId id)
    {
        auto const person = store_.person(id);
        if (not person.has_value())
            return fault(fmt::format("person {} is missing", number(id)));
        ++counts_.persons;
        std::string const& who = person->handle;
        auto const found = store_.anybody_by_handle(who);
        if (not found.has_value() or found->id != id)
            fault(fmt::format("the handle '{}' does not lead to its person", who));

        // The conversations' heads first: whatever they speak of is in the feed by then.
        Contacts const contacts = contacts_of(id);
        for (auto const& [other, contact] : contacts)
            check_contact(*person, contact);
        Runs runs = check_feed(*person, store_.last_feed(id));
        for (auto const& [other, contact] : contacts) {
            if (contact.last == Seq {})
                continue;
            Run& run = runs[other];
            pass_over_unheard(id, Pair::of(id, other), next(contact.last), run);
            Seq const last = run.last;
            if (last < contact.last)
                fault(fmt::format("{}: the feed has seq 1 to {}, the log's head is {}",
                    between(id, other), number(last), number(contact.last)));
        }
        for (auto const& [other, run] : runs)
            check_log(id, other, run);
    }

    Contacts contacts_of(PersonId id)
    {
        Contacts all;
        for (PersonId after {}; goes_on();) {
            auto const page = store_.acquaintances(id, after, contacts_page);
            for (Relation const& contact : page)
                all.emplace(contact.person, contact);
            if (page.size() < contacts_page)
                break;
            after = page.back().person;
        }
        return all;
    }

    void check_contact(Person const& person, Relation const& contact)
    {
        if (contact.person == person.id)
            return fault(fmt::format("{} is a contact of their own", person.handle));
        Pair const pair = Pair::of(person.id, contact.person);
        if (person.id == pair.low)
            ++counts_.conversations;
        if (not store_.person(contact.person).has_value())
            return fault(fmt::format("{} has person {} as contact, who is missing", person.handle,
                number(contact.person)));
        PersonId const before {number(person.id) - 1};
        auto const back = store_.contacts(contact.person, before, 1);
        bool const is_back = not back.empty() and back.front().person == person.id;
        if (contact.bond.are_contacts and not is_back)
            fault(fmt::format("{}: one is the other's contact, but not the other way round",
                between(person.id, contact.person)));
        check_mark(pair, person.id, contact.mine, contact.last);
        check_mark(pair, contact.person, contact.theirs, contact.last);
    }

    void check_mark(Pair pair, PersonId who, Mark const& mark, Seq last)
    {
        if (mark.pair != pair or mark.who != who)
            fault(fmt::format(
                "{}: the mark of {} is another's", between(pair.low, pair.high), handle_of(who)));
        if (mark.delivered > last or mark.read > last)
            fault(fmt::format(
                "{}: the mark of {} (delivered {}, read {}) is beyond the log, which ends with {}",
                between(pair.low, pair.high), handle_of(who), number(mark.delivered),
                number(mark.read), number(last)));
        if (mark.head_low > store_.last_feed(pair.low)
            or mark.head_high > store_.last_feed(pair.high))
            fault(fmt::format("{}: the mark of {} speaks of numbers beyond a feed",
                between(pair.low, pair.high), handle_of(who)));
    }

    // Feeds and logs

    /// Verifies a feed up to `head`, and what its entries say; gives which conversations it has, and how far.
    Runs check_feed(Person const& person, Feed head)
    {
        Runs runs;
        std::uint64_t bytes = 0;
        Feed expected {1};
        while (expected <= head and goes_on()) {
            auto const page = store_.feed(person.id, expected, page_bytes);
            if (page.empty()) {
                fault(fmt::format("the feed of {} ends with {}, and its head is {}", person.handle,
                    number(expected) - 1, number(head)));
                break;
            }
            for (Entry const& entry : page) {
                if (not check_feed_number(person, entry, expected) or expected > head)
                    return runs;
                expected = next(expected);
                check_entry(person, entry, runs);
                if (entry.author == person.id)
                    bytes += entry.body.size();
                if (expected > head)
                    break;
            }
        }
        check_stored_bytes(person, head, bytes);
        return runs;
    }

    /// False if there is no going on.
    bool check_feed_number(Person const& person, Entry const& entry, Feed& expected)
    {
        if (not entry.pair.has(person.id)) {
            fault(fmt::format(
                "the feed of {} has, at {}, an entry of others", person.handle, number(expected)));
            return false;
        }
        Feed const found = entry.feed_of(person.id);
        if (found < expected) {
            fault(fmt::format("the feed of {} has number {} twice", person.handle, number(found)));
            return false;
        }
        if (found > expected)
            fault(fmt::format("the feed of {} has a gap: {} is followed by {}", person.handle,
                number(expected) - 1, number(found)));
        expected = found;
        return true;
    }

    void check_entry(Person const& person, Entry const& entry, Runs& runs)
    {
        if (++looks_ % 256 == 0 and not goes_on())
            return;
        PersonId const other = entry.pair.other(person.id);
        auto const [place, is_first] = runs.try_emplace(other);
        Run& run = place->second;
        if (is_first and not may_have_talked(store_.bond(entry.pair)))
            fault(fmt::format("{}: have talked, and are no contacts", between(person.id, other)));
        pass_over_unheard(person.id, entry.pair, entry.seq, run);
        if (entry.seq != next(run.last))
            fault(fmt::format("{}: in the feed of {}, seq {} is followed by {}",
                between(person.id, other), person.handle, number(run.last), number(entry.seq)));
        run.last = std::max(run.last, entry.seq);
        run.sum.add(entry);
        if (person.id == entry.pair.low)
            ++counts_.entries;
        if (not entry.pair.has(entry.author))
            fault(fmt::format("{}: said by neither of the two", name_of(entry)));
        else if (entry.author == person.id)
            check_words(person, entry);
    }

    static bool may_have_talked(Bond const& bond)
    {
        return bond.are_contacts or bond.low.asked != Time {} or bond.high.asked != Time {};
    }

    /// What a stranger said to somebody who does not hear them is in the log, and in no feed of theirs.
    void pass_over_unheard(PersonId person, Pair pair, Seq end, Run& run)
    {
        while (next(run.last) < end and goes_on()) {
            auto const entry = store_.log(pair, next(run.last), next(run.last), page_bytes);
            if (entry.empty() or entry.front().feed_of(person) != Feed {})
                return;
            run.last = next(run.last);
            run.sum.add(entry.front());
        }
    }

    /// What an entry says of its device, and the device's answer of it.
    void check_words(Person const& author, Entry const& entry)
    {
        if (author.is_erased and not entry.body.empty())
            fault(fmt::format(
                "{}: {} is erased, and the body is there", name_of(entry), author.handle));
        if (entry.device == DeviceId {})
            return;
        if (owner_of(entry.device) != author.id)
            return fault(fmt::format("{}: device {} is none of {}", name_of(entry),
                number(entry.device), author.handle));
        auto const answer = store_.answer(entry.device, entry.n);
        Answer const right {
            entry.hash, std::nullopt, entry.pair, entry.seq, entry.feed_of(author.id), entry.time};
        if (answer != right)
            fault(fmt::format("{}: device {} has another answer for its n {}", name_of(entry),
                number(entry.device), number(entry.n)));
        if (entry.body.empty()) // gone, by age or with its author
            return;
        Say const said {entry.n, handle_of(entry.pair.other(author.id)), entry.kind, entry.body};
        if (hash_of(said) != entry.hash)
            fault(fmt::format("{}: the body is not what was said", name_of(entry)));
    }

    void check_log(PersonId person, PersonId other, Run const& run)
    {
        Pair const pair = Pair::of(person, other);
        Sum sum;
        Seq expected {1};
        while (expected <= run.last and goes_on()) {
            auto const page = store_.log(pair, expected, run.last, page_bytes);
            if (page.empty())
                return fault(fmt::format("{}: the log ends with {}, and should go to {}",
                    between(person, other), number(expected) - 1, number(run.last)));
            for (Entry const& entry : page) {
                if (entry.pair != pair or entry.seq != expected)
                    return fault(fmt::format("{}: the log has seq {} where {} should be",
                        between(person, other), number(entry.seq), number(expected)));
                expected = next(expected);
                sum.add(entry);
            }
        }
        if (sum != run.sum and goes_on())
            fault(first_difference(person, pair, run.last));
    }

    std::string first_difference(PersonId person, Pair pair, Seq last)
    {
        for (Seq seq {1}; seq <= last and goes_on(); seq = next(seq)) {
            auto const entry = store_.log(pair, seq, seq, page_bytes);
            if (entry.empty())
                break;
            if (entry.front().feed_of(person) == Feed {})
                continue;
            auto const other = store_.feed_entry(person, entry.front().feed_of(person));
            if (not other.has_value() or not are_same_but_for_body(entry.front(), *other))
                return fmt::format("{}: the feed of {} has something else at {}",
                    name_of(entry.front()), handle_of(person),
                    number(entry.front().feed_of(person)));
        }
        return fmt::format(
            "{}: log and feed of {} differ", between(pair.low, pair.high), handle_of(person));
    }

    void check_stored_bytes(Person const& before, Feed head, std::uint64_t bytes)
    {
        // A person who is at work meanwhile, or whose texts go, is left for another time.
        auto const now = store_.person(before.id);
        bool const is_calm = now == before and store_.last_feed(before.id) == head;
        if (is_calm and before.stored_bytes != bytes)
            fault(fmt::format("{} is said to have {} bytes in texts, and has {}", before.handle,
                before.stored_bytes, bytes));
    }

    // Devices

    void check_device(DeviceId id)
    {
        auto const device = store_.device(id);
        if (not device.has_value())
            return fault(fmt::format("device {} is missing", number(id)));
        if (not store_.person(device->person).has_value())
            return fault(fmt::format(
                "device {} is of person {}, who is missing", number(id), number(device->person)));
        auto const theirs = store_.devices(device->person);
        if (std::ranges::find(theirs, id, &Device::id) == theirs.end())
            fault(fmt::format(
                "device {} is not among those of {}", number(id), handle_of(device->person)));
        if (device->identity.has_value()) {
            auto const found = store_.device_by_identity(*device->identity);
            if (not found.has_value() or found->id < id)
                fault(fmt::format("device {} is not found by its key", number(id)));
        }
        auto const by_secret = store_.device_by_secret(device->secret);
        if (not by_secret.has_value() or by_secret->id != id)
            fault(fmt::format("device {} is not found by its secret", number(id)));
        if (device->plain_cursor > store_.last_feed(device->person))
            fault(fmt::format("device {} has its cursor beyond the feed of {}", number(id),
                handle_of(device->person)));
        check_answers(*device);
    }

    void check_answers(Device const& device)
    {
        N const last = store_.last_n(device.id);
        for (N n {1}; n <= last; n = next(n)) {
            if (++looks_ % 256 == 0 and not goes_on())
                return;
            auto const answer = store_.answer(device.id, n);
            if (not answer.has_value()) {
                fault(fmt::format("device {} of {} has no answer for its n {}, and the last is {}",
                    number(device.id), handle_of(device.person), number(n), number(last)));
                continue;
            }
            if (answer->refused.has_value())
                continue;
            auto const entry = store_.feed_entry(device.person, answer->feed);
            if (not entry.has_value() or entry->device != device.id or entry->n != n
                or entry->pair != answer->pair or entry->seq != answer->seq
                or entry->hash != answer->hash)
                fault(fmt::format("device {} of {}: n {} was answered with an entry that is not "
                                  "there",
                    number(device.id), handle_of(device.person), number(n)));
        }
    }

    // Words

    PersonId owner_of(DeviceId id)
    {
        auto const found = owners_.find(number(id));
        if (found != owners_.end())
            return found->second;
        auto const device = store_.device(id);
        PersonId const owner = device.has_value() ? device->person : PersonId {};
        return owners_.emplace(number(id), owner).first->second;
    }

    std::string const& handle_of(PersonId id)
    {
        auto const found = handles_.find(number(id));
        if (found != handles_.end())
            return found->second;
        auto const person = store_.person(id);
        std::string name = person.has_value() ? person->handle : fmt::format("#{}", number(id));
        return handles_.emplace(number(id), std::move(name)).first->second;
    }

    std::string between(PersonId one, PersonId other)
    {
        return fmt::format("{} and {}", handle_of(one), handle_of(other));
    }

    std::string name_of(Entry const& entry)
    {
        return fmt::format(
            "{}, seq {}", between(entry.pair.low, entry.pair.high), number(entry.seq));
    }

    bool goes_on()
    {
        if (not has_given_up_)
            has_given_up_ = not ears_.goes_on(counts_);
        return not has_given_up_;
    }

    void fault(std::string_view words)
    {
        if (++counts_.faults <= faults_told_max)
            ears_.fault(words);
    }

    Store& store_;
    AuditEars const& ears_;
    AuditCounts counts_;
    std::uint64_t looks_ = 0;
    bool has_given_up_ = false;
    std::unordered_map<std::uint64_t, std::string> handles_;
    std::unordered_map<std::uint64_t, PersonId> owners_;
};

} // namespace

AuditCounts audit(Store& store, AuditEars const& ears)
{
    return Auditor(store, ears).run();
}

} // namespace duet
