#include "store/audit.hpp"

#include "core/scribe.hpp"
#include "store/memory_index.hpp"
#include "store/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace duet;

namespace {

/// A store that can be made to say something else than its records.
class Liar final : public LayeredStore {
public:
    explicit Liar(Index& nothing_below) : LayeredStore(nothing_below) { }

    Result<void> append(std::span<Record const> batch) override
    {
        apply(batch, ++position_);
        return {};
    }

    std::vector<Entry> log(Pair pair, Seq first, Seq last, std::size_t bytes_max) override
    {
        auto entries = LayeredStore::log(pair, first, last, bytes_max);
        if (forgets_in_log and not entries.empty())
            entries.pop_back();
        if (changes_in_log)
            for (Entry& entry : entries)
                entry.kind = Kind::file;
        return entries;
    }

    std::vector<Entry> feed(PersonId person, Feed from, std::size_t bytes_max) override
    {
        auto entries = LayeredStore::feed(person, from, bytes_max);
        if (doubles_in_feed and not entries.empty())
            entries.insert(entries.begin(), entries.front());
        return entries;
    }

    std::optional<Person> anybody_by_handle(std::string_view handle) override
    {
        return LayeredStore::anybody_by_handle(mixes_up_handles ? "bob" : handle);
    }

    std::optional<Device> device_by_secret(SecretHash const& secret) override
    {
        return forgets_secrets ? std::nullopt : LayeredStore::device_by_secret(secret);
    }

    std::vector<Relation> contacts(PersonId person, PersonId after, std::size_t limit) override
    {
        if (one_sided and person == PersonId {2})
            return {};
        return LayeredStore::contacts(person, after, limit);
    }

    bool forgets_in_log = false;
    bool changes_in_log = false;
    bool doubles_in_feed = false;
    bool mixes_up_handles = false;
    bool forgets_secrets = false;
    bool one_sided = false;

private:
    std::uint64_t position_ = 0;
};

/// Ada and Bob have talked, and Cleo has come; all by the scribe, so all is right.
class AuditTest {
public:
    static constexpr PersonId ada {1}, bob {2}, cleo {3};
    static constexpr DeviceId ada_phone {1}, bob_phone {2};
    static constexpr Pair ada_and_bob {ada, bob};
    static constexpr Time now {std::chrono::milliseconds(1000)};

    AuditTest()
    {
        append(EpochBegun {some<Epoch>(9), now});
        comes("ada", {});
        comes("bob", ada);
        comes("cleo", ada);
        says(ada_phone, ada, "bob", "are you there?");
        says(bob_phone, bob, "ada", "yes");
        says(ada_phone, ada, "nobody", "and you?"); // refused, and its n is used up
        says(ada_phone, ada, "cleo", "hello");
        says(ada_phone, ada, "bob", "good");
        append(Mark {ada_and_bob, bob, Seq {3}, Seq {1}, Feed {4}, Feed {3}});
    }

    template <typename Array>
    static Array some(unsigned value)
    {
        Array array {};
        array[0] = static_cast<std::byte>(value);
        return array;
    }

    void append(Record const& record) { REQUIRE(store.append({&record, 1}).has_value()); }

    void write(Draft const& draft) { Scribe(store).write({&draft, 1}); }

    void comes(std::string const& handle, PersonId contact)
    {
        std::string const secret = "the secret of " + handle;
        write(InviteDraft {{}, secret, Invitation::For::person, contact, {}, now});
        Enrol enrol;
        enrol.secret = secret;
        enrol.identity = some<Identity>(static_cast<unsigned>(handle.front()));
        enrol.handle = handle;
        enrol.name = handle;
        enrol.device_name = "telephone";
        write(EnrolDraft {{}, enrol, now});
    }

    void says(DeviceId device, PersonId person, std::string const& to, std::string const& text)
    {
        write(SayDraft {
            {}, device, person, Say {next(store.last_n(device)), to, Kind::text, text}, now});
    }

    /// What Ada says to Bob next, if all goes well.
    Entry next_entry()
    {
        Say const say {next(store.last_n(ada_phone)), "bob", Kind::text, "and now?"};
        return {ada_and_bob, next(store.last_seq(ada_and_bob)), ada, ada_phone, say.n,
            next(store.last_feed(ada)), next(store.last_feed(bob)), now, Kind::text, hash_of(say),
            say.text};
    }

    std::vector<std::string> faults()
    {
        std::vector<std::string> words;
        AuditEars ears;
        ears.fault = [&](std::string_view fault) { words.emplace_back(fault); };
        counts = audit(store, ears);
        CHECK(counts.faults == words.size());
        return words;
    }

    bool finds(std::string const& part)
    {
        auto const all = faults();
        for (std::string const& one : all)
            if (one.find(part) != std::string::npos)
                return true;
        MESSAGE("not among ", all.size(), " faults: ", part);
        for (std::string const& one : all)
            MESSAGE(one);
        return false;
    }

    MemoryIndex nothing_below;
    Liar store {nothing_below};
    AuditCounts counts;
};

} // namespace

TEST_SUITE_BEGIN("audit");

TEST_CASE_FIXTURE(AuditTest, "what the scribe wrote adds up")
{
    CHECK(faults().empty());
    CHECK(counts.persons == 3);
    CHECK(counts.conversations == 2);
    CHECK(counts.entries == 4);

    append(next_entry());
    CHECK(faults().empty());
}

TEST_CASE_FIXTURE(AuditTest, "bodies may be gone, and persons erased")
{
    append(Gone {ada_and_bob, Seq {1}, Seq {2}, now});
    CHECK(faults().empty());
    write(EraseDraft {{}, bob, now});
    CHECK(faults().empty());
}

TEST_CASE_FIXTURE(AuditTest, "an empty store adds up, once it has an epoch")
{
    MemoryStore empty;
    AuditEars ears;
    ears.fault = [](std::string_view fault) { CHECK(fault == "the store has no epoch"); };
    CHECK(audit(empty, ears).faults == 1);
}

TEST_CASE_FIXTURE(AuditTest, "a gap in a feed is found")
{
    Entry entry = next_entry();
    entry.feed_high = next(entry.feed_high);
    append(entry);
    CHECK(finds("the feed of bob has a gap: 3 is followed by 5"));
}

TEST_CASE_FIXTURE(AuditTest, "a gap in a log is found")
{
    Entry entry = next_entry();
    entry.seq = next(entry.seq);
    append(entry);
    CHECK(finds("seq 3 is followed by 5"));
    CHECK(finds("the log has seq 5 where 4 should be"));
}

TEST_CASE_FIXTURE(AuditTest, "a number of a feed given twice is found")
{
    Entry entry = next_entry();
    entry.feed_high = store.last_feed(bob);
    append(entry);
    CHECK(finds("in the feed of bob, seq 2 is followed by 4"));

    store.doubles_in_feed = true;
    CHECK(finds("twice"));
}

TEST_CASE_FIXTURE(AuditTest, "an n that was never answered is found")
{
    Entry entry = next_entry();
    entry.n = next(entry.n);
    append(entry);
    CHECK(finds("device 1 of ada has no answer for its n 5, and the last is 6"));
}

TEST_CASE_FIXTURE(AuditTest, "an n given to two entries is found")
{
    Entry entry = next_entry();
    entry.n = store.last_n(ada_phone);
    append(entry);
    CHECK(finds("ada and bob, seq 3: device 1 has another answer for its n 4"));
}

TEST_CASE_FIXTURE(AuditTest, "an entry by somebody else's device is found")
{
    Entry entry = next_entry();
    entry.device = bob_phone;
    append(entry);
    CHECK(finds("seq 4: device 2 is none of ada"));
}

TEST_CASE_FIXTURE(AuditTest, "an entry by neither of the two is found")
{
    Entry entry = next_entry();
    entry.author = cleo;
    append(entry);
    CHECK(finds("seq 4: said by neither of the two"));
}

TEST_CASE_FIXTURE(AuditTest, "another body than was said is found")
{
    Entry entry = next_entry();
    entry.body = "nothing";
    append(entry);
    CHECK(finds("seq 4: the body is not what was said"));
}

TEST_CASE_FIXTURE(AuditTest, "a log that forgets is found, and one that says something else")
{
    store.forgets_in_log = true;
    CHECK(finds("the log ends with"));
    store.forgets_in_log = false;
    store.changes_in_log = true;
    CHECK(finds("ada and bob, seq 1: the feed of ada has something else at 1"));
}

TEST_CASE_FIXTURE(AuditTest, "talking without being contacts is found")
{
    Entry entry = next_entry();
    entry.pair = {bob, cleo};
    entry.seq = Seq {1};
    entry.author = bob;
    entry.device = bob_phone;
    entry.n = next(store.last_n(bob_phone));
    entry.feed_low = next(store.last_feed(bob));
    entry.feed_high = next(store.last_feed(cleo));
    append(entry);
    CHECK(finds("bob and cleo: have talked, and are no contacts"));
}

TEST_CASE_FIXTURE(AuditTest, "persons and devices that are missing are found")
{
    append(PersonAdded {PersonId {5}, "kim", "Kim", now});
    CHECK(finds("person 4 is missing"));
    append(DeviceAdded {DeviceId {5}, PersonId {9}, std::nullopt, "toaster", {}, now});
    CHECK(finds("device 4 is missing"));
    CHECK(finds("device 5 is of person 9, who is missing"));
}

TEST_CASE_FIXTURE(
    AuditTest, "a handle that leads elsewhere is found, and a secret that leads nowhere")
{
    store.mixes_up_handles = true;
    CHECK(finds("the handle 'ada' does not lead to its person"));
    store.forgets_secrets = true;
    CHECK(finds("device 1 is not found by its secret"));
}

TEST_CASE_FIXTURE(AuditTest, "a contact that is none the other way round is found")
{
    store.one_sided = true;
    CHECK(finds("ada and bob: one is the other's contact, but not the other way round"));
}

TEST_CASE_FIXTURE(AuditTest, "a contact who is nobody is found")
{
    append(ContactMade {{ada, PersonId {9}}, now});
    CHECK(finds("ada has person 9 as contact, who is missing"));
}

TEST_CASE_FIXTURE(AuditTest, "marks beyond the truth are found")
{
    append(Mark {ada_and_bob, bob, Seq {4}, Seq {1}, Feed {4}, Feed {3}});
    CHECK(finds("the mark of bob (delivered 4, read 1) is beyond the log, which ends with 3"));
    append(Mark {ada_and_bob, ada, Seq {1}, Seq {1}, Feed {400}, Feed {3}});
    CHECK(finds("the mark of ada speaks of numbers beyond a feed"));
}

TEST_CASE_FIXTURE(AuditTest, "a plain device's cursor beyond the feed is found")
{
    append(DeviceAdded {DeviceId {4}, bob, std::nullopt, "plain lines", some<SecretHash>(3), now});
    append(PlainCursor {DeviceId {4}, Feed {44}});
    CHECK(finds("device 4 has its cursor beyond the feed of bob"));
}

TEST_CASE_FIXTURE(AuditTest, "it gives up when it is told to")
{
    AuditEars ears;
    ears.fault = [](std::string_view) { FAIL("nothing is wrong"); };
    ears.goes_on = [](AuditCounts const&) { return false; };
    CHECK(audit(store, ears).persons == 0);
}

TEST_SUITE_END();
