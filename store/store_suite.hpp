// What every store must keep, as one suite of tests: made once here, run against each by its own test.
//
//   using namespace duet; TEST_CASE_TEMPLATE_INVOKE(store_suite, Given, AnotherGiven);
//
// A Given has a store, empty at first, `store()`, and is told after every batch that it may bring it into
// the state that it stands for (all indexed, closed and opened again, …): `settle()`.

#pragma once

#include "base/limits.hpp"
#include "core/store.hpp"
#include "store/memory_store.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

namespace duet {

/// A store without a journal, whose layers are moved down by hand.
class HandMovedStore final : public LayeredStore {
public:
    explicit HandMovedStore(Index& below) : LayeredStore(below), position_(below.position()) { }

    Result<void> append(std::span<Record const> batch) override
    {
        apply(batch, ++position_);
        return {};
    }

    using LayeredStore::follow;
    using LayeredStore::freeze;

    void follow_all()
    {
        freeze();
        REQUIRE(follow().has_value());
    }

    /// The first of three batches is set aside, and taken by the index behind the third: so all layers
    /// have something, soon.
    void follow_late()
    {
        if (position_ % 3 == 1)
            freeze();
        else if (position_ % 3 == 0)
            REQUIRE(follow().has_value());
    }

private:
    std::uint64_t position_;
};

/// Words for tests: records whose numbers follow from what the store says itself.
template <typename Given>
class StoreTest {
public:
    static constexpr PersonId ada {1}, bob {2}, cleo {3};
    static constexpr DeviceId ada_phone {1}, bob_phone {2}, cleo_phone {3};
    static constexpr Pair ada_and_bob {ada, bob}, ada_and_cleo {ada, cleo},
        bob_and_cleo {bob, cleo};
    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

    Store& store() { return given.store(); }

    void append(std::vector<Record> const& batch)
    {
        REQUIRE(store().append(batch).has_value());
        given.settle();
    }

    static Time at(int milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

    template <typename Bytes>
    static Bytes some(unsigned value)
    {
        Bytes bytes {};
        bytes[0] = static_cast<std::byte>(value);
        bytes[bytes.size() - 1] = static_cast<std::byte>(value >> 8);
        return bytes;
    }

    /// Ada, Bob and Cleo, each with a telephone; Ada is a contact of both others.
    void three_people()
    {
        unsigned id = 0;
        for (std::string const handle : {"ada", "bob", "cleo"}) {
            ++id;
            append({PersonAdded {PersonId {id}, handle, "The " + handle, at(10)},
                DeviceAdded {DeviceId {id}, PersonId {id}, some<Identity>(id),
                    handle + "'s telephone", some<SecretHash>(id), at(20)}});
        }
        append({ContactMade {ada_and_bob, at(30)}});
        append({ContactMade {ada_and_cleo, at(31)}});
    }

    Entry entry(PersonId from, PersonId to, std::string text)
    {
        Pair const pair = Pair::of(from, to);
        DeviceId const device {number(from)};
        return {pair, next(store().last_seq(pair)), from, device, next(store().last_n(device)),
            next(store().last_feed(pair.low)), next(store().last_feed(pair.high)), at(100),
            Kind::text, some<BodyHash>(static_cast<unsigned>(text.size())), std::move(text)};
    }

    Entry says(PersonId from, PersonId to, std::string text)
    {
        Entry said = entry(from, to, std::move(text));
        append({said});
        return said;
    }

    Mark gets(PersonId who, PersonId other, unsigned delivered, unsigned read)
    {
        Pair const pair = Pair::of(who, other);
        Mark const mark {pair, who, Seq {delivered}, Seq {read}, store().last_feed(pair.low),
            store().last_feed(pair.high)};
        append({mark});
        return mark;
    }

    static std::vector<std::string> texts(std::vector<Entry> const& entries)
    {
        std::vector<std::string> texts;
        for (Entry const& one : entries)
            texts.push_back(one.body);
        return texts;
    }

    std::vector<std::string> feed_of(PersonId person, unsigned from = 1)
    {
        return texts(store().feed(person, Feed {from}, all));
    }

    std::vector<std::string> log_of(Pair pair, unsigned first = 1, unsigned last = 1000)
    {
        return texts(store().log(pair, Seq {first}, Seq {last}, all));
    }

    std::uint64_t stored_bytes(PersonId person) { return store().person(person)->stored_bytes; }

    using Texts = std::vector<std::string>;
    Given given;
};

/// Every answer that two stores can give about a few persons must be the same.
inline void check_same(Store& one, Store& other, unsigned ids_max)
{
    std::size_t const all = std::numeric_limits<std::size_t>::max();
    CHECK(one.epoch() == other.epoch());
    CHECK(one.last_person() == other.last_person());
    CHECK(one.last_device() == other.last_device());
    CHECK(one.announcements() == other.announcements());
    for (unsigned id = 0; id <= ids_max; ++id) {
        PersonId const person {id};
        CHECK(one.person(person) == other.person(person));
        CHECK(
            one.person_by_handle(std::to_string(id)) == other.person_by_handle(std::to_string(id)));
        CHECK(one.anybody_by_handle(std::to_string(id))
            == other.anybody_by_handle(std::to_string(id)));
        CHECK(one.settings(person) == other.settings(person));
        for (unsigned feed = 0; feed < 3; ++feed)
            CHECK(one.talks_since(person, Feed {feed}) == other.talks_since(person, Feed {feed}));
        CHECK(one.asked(person) == other.asked(person));
        for (std::size_t const limit : {std::size_t {2}, all})
            CHECK(one.acquaintances(person, PersonId {1}, limit)
                == other.acquaintances(person, PersonId {1}, limit));
        CHECK(one.devices(person) == other.devices(person));
        CHECK(one.last_feed(person) == other.last_feed(person));
        CHECK(one.feed(person, Feed {1}, all) == other.feed(person, Feed {1}, all));
        for (unsigned part = 1; part <= 2; ++part) {
            Feed const feed {number(one.last_feed(person)) * part / 2};
            CHECK(one.feed(person, feed, 100) == other.feed(person, feed, 100));
            CHECK(one.feed_entry(person, feed) == other.feed_entry(person, feed));
            CHECK(one.marks_since(person, feed) == other.marks_since(person, feed));
            CHECK(one.undelivered_marks(person, feed) == other.undelivered_marks(person, feed));
        }
        CHECK(one.contacts(person, PersonId {}, all) == other.contacts(person, PersonId {}, all));
        CHECK(one.contacts(person, PersonId {2}, 2) == other.contacts(person, PersonId {2}, 2));

        DeviceId const device {id};
        CHECK(one.device(device) == other.device(device));
        CHECK(one.last_n(device) == other.last_n(device));
        for (N n {}; n <= next(one.last_n(device)); n = next(n))
            CHECK(one.answer(device, n) == other.answer(device, n));

        auto const secret = StoreTest<MemoryStore>::some<SecretHash>(id);
        CHECK(one.device_by_secret(secret) == other.device_by_secret(secret));
        CHECK(one.invitation(secret) == other.invitation(secret));
        CHECK(one.person_by_recovery(secret) == other.person_by_recovery(secret));
        auto const identity = StoreTest<MemoryStore>::some<Identity>(id);
        CHECK(one.device_by_identity(identity) == other.device_by_identity(identity));

        for (unsigned low = 0; low < id; ++low) {
            Pair const pair {PersonId {low}, person};
            Seq const last = one.last_seq(pair);
            CHECK(last == other.last_seq(pair));
            CHECK(one.bond(pair) == other.bond(pair));
            CHECK(one.talk(pair.low, pair.high) == other.talk(pair.low, pair.high));
            CHECK(one.mark(pair, pair.low) == other.mark(pair, pair.low));
            CHECK(one.mark(pair, pair.high) == other.mark(pair, pair.high));
            CHECK(one.log(pair, Seq {1}, last, all) == other.log(pair, Seq {1}, last, all));
            Seq const middle {number(last) / 2};
            CHECK(one.log(pair, middle, last, 50) == other.log(pair, middle, last, 50));
        }
    }
}

/// Records at random, as a scribe might write them, from what a store says itself.
class RandomRecords {
public:
    RandomRecords(unsigned seed, Store& store) : random_(seed), store_(store) { }

    static constexpr unsigned persons_max = 6;
    static constexpr unsigned devices_max = 12;

    Record next_record()
    {
        std::uint64_t const persons = number(store_.last_person());
        if (persons < 2 or (persons < persons_max and one_in(20)))
            return PersonAdded {
                next(store_.last_person()), std::to_string(persons + 1), "name", now()};
        std::uint64_t const devices = number(store_.last_device());
        if (devices < 2 or (devices < devices_max and one_in(20)))
            return device_added();
        switch (below(26)) {
        case 20:
        case 21:
            return asked_or_stance();
        case 22:
            return TalkChanged {person(), person(),
                {one_in(2), one_in(2), one_in(2), std::string(below(9), 'n'), Seq {below(9)}},
                Feed {below(4)}};
        case 23:
            return one_in(2) ? Record {PersonSuspended {person(), one_in(2), now()}} : recovery();
        case 24:
            return DeviceAnnounced {device(), person(), one_in(2)};
        case 25:
            return one_in(2) or persons >= persons_max
                ? Record {InvitationEnded {bytes<SecretHash>(), now()}}
                : Record {PersonAwaited {
                      next(store_.last_person()), std::to_string(persons + 1), now()}};
        case 0:
            return Refusal {device(), {}, Error::over_quota, bytes<BodyHash>(), now()};
        case 1:
            return ContactMade {pair(), now()};
        case 2:
            return Invitation {bytes<SecretHash>(), Invitation::For::device, person(),
                bytes<SecretHash>(), now(), now(), static_cast<Invitation::Way>(1 + below(3))};
        case 3:
            return EpochBegun {bytes<Epoch>(), now()};
        case 4:
            return SettingsChanged {person(), std::string(below(30), 's')};
        case 5:
            return one_in(3) ? Record {PersonErased {person(), now()}} : Record {gone()};
        case 6:
            return one_in(3) ? Record {DeviceRevoked {device(), now()}} : Record {gone()};
        case 7:
            return PlainCursor {device(), Feed {below(100)}};
        case 8:
        case 9:
        case 10:
            return mark();
        default:
            return entry();
        }
    }

private:
    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    bool one_in(std::uint64_t many) { return below(many) == 0; }
    Time now() { return Time(std::chrono::milliseconds(below(1000))); }
    PersonId person() { return PersonId {1 + below(number(store_.last_person()))}; }
    DeviceId device() { return DeviceId {1 + below(number(store_.last_device()))}; }

    template <typename Bytes>
    Bytes bytes()
    {
        return StoreTest<MemoryStore>::some<Bytes>(static_cast<unsigned>(below(devices_max)));
    }

    Pair pair()
    {
        PersonId const one = person();
        for (;;)
            if (PersonId const other = person(); other != one)
                return Pair::of(one, other);
    }

    Record device_added()
    {
        auto identity = one_in(3) ? std::nullopt : std::optional(bytes<Identity>());
        return DeviceAdded {
            next(store_.last_device()), person(), identity, "device", bytes<SecretHash>(), now()};
    }

    /// No two persons have the same phrase.
    Record recovery()
    {
        PersonId const whose = person();
        auto const which = static_cast<unsigned>(2 * number(whose) + below(2));
        return RecoverySet {whose, StoreTest<MemoryStore>::some<SecretHash>(which), now()};
    }

    Record asked_or_stance()
    {
        Pair const in = pair();
        PersonId const who = one_in(2) ? in.low : in.high;
        if (one_in(2))
            return ContactAsked {in, who, one_in(2), now()};
        return StanceTaken {in, who, one_in(2), one_in(2), now()};
    }

    Gone gone()
    {
        Pair const in = pair();
        Seq const first {1 + below(number(store_.last_seq(in)) + 1)};
        return {in, first, Seq {number(first) + below(10)}, now()};
    }

    Mark mark()
    {
        Pair const in = pair();
        std::uint64_t const end = number(store_.last_seq(in)) + 1;
        return {in, one_in(2) ? in.low : in.high, Seq {below(end)}, Seq {below(end)},
            store_.last_feed(in.low), store_.last_feed(in.high)};
    }

    Entry entry()
    {
        Pair const in = pair();
        DeviceId const by = one_in(10) ? DeviceId {} : device();
        return {in, next(store_.last_seq(in)), one_in(2) ? in.low : in.high, by,
            by == DeviceId {} ? N {} : next(store_.last_n(by)), next(store_.last_feed(in.low)),
            next(store_.last_feed(in.high)), now(), Kind::text, bytes<BodyHash>(),
            std::string(below(one_in(10) ? 9000 : 30), 'x')};
    }

    std::mt19937 random_;
    Store& store_;
};

TEST_CASE_TEMPLATE_DEFINE("a store", Given, store_suite)
{
    using Test = StoreTest<Given>;
    using Texts = typename Test::Texts;
    Test test;
    Store& empty = test.store();
    (void)empty;
    // A store may be another object after each batch, so it is asked for each time.
    auto const store = [&test]() -> Store& { return test.store(); };
    auto const ada = Test::ada, bob = Test::bob, cleo = Test::cleo;
    auto const ada_phone = Test::ada_phone, bob_phone = Test::bob_phone;
    auto const ada_and_bob = Test::ada_and_bob, ada_and_cleo = Test::ada_and_cleo;
    auto const bob_and_cleo = Test::bob_and_cleo;
    auto const at = &Test::at;
    auto const all = Test::all;

    SUBCASE("knows nothing at first")
    {
        MemoryStore nothing;
        check_same(store(), nothing, 2);
        CHECK(store().epoch() == Epoch {});
        CHECK(store().last_seq(ada_and_bob) == Seq {});
        CHECK(store().last_feed(ada) == Feed {});
        CHECK(store().last_n(ada_phone) == N {});
        CHECK(store().last_person() == PersonId {});
        CHECK(store().last_device() == DeviceId {});
        CHECK(store().feed(ada, Feed {1}, all).empty());
        CHECK(store().mark(ada_and_bob, bob) == Mark {ada_and_bob, bob, {}, {}, {}, {}});
    }

    SUBCASE("knows persons by id and by handle")
    {
        test.three_people();
        CHECK(store().last_person() == cleo);
        CHECK(store().person(bob) == Person {bob, "bob", "The bob", false, 0, at(10)});
        CHECK(store().person_by_handle("cleo")->id == cleo);
        CHECK_FALSE(store().person(PersonId {4}).has_value());
        CHECK_FALSE(store().person_by_handle("Cleo").has_value());
        CHECK_FALSE(store().person_by_handle("").has_value());

        test.says(cleo, ada, "four");
        CHECK(store().person_by_handle("cleo")->stored_bytes == 4);
    }

    SUBCASE("knows devices by id, key and secret")
    {
        test.three_people();
        Device const phone {ada_phone, ada, test.template some<Identity>(1), "ada's telephone",
            test.template some<SecretHash>(1), false, Feed {}, at(20)};
        CHECK(store().last_device() == Test::cleo_phone);
        CHECK(store().device(ada_phone) == phone);
        CHECK(store().device_by_identity(*phone.identity) == phone);
        CHECK(store().device_by_secret(phone.secret) == phone);
        CHECK_FALSE(store().device(DeviceId {4}).has_value());
        CHECK_FALSE(store().device_by_identity(test.template some<Identity>(4)).has_value());
        CHECK_FALSE(store().device_by_secret(test.template some<SecretHash>(4)).has_value());
    }

    SUBCASE("lists a person's devices, and says which are revoked")
    {
        test.three_people();
        DeviceId const netcat {4};
        auto const secret = test.template some<SecretHash>(4);
        test.append({DeviceAdded {netcat, ada, std::nullopt, "netcat", secret, at(40)}});
        test.append({DeviceRevoked {ada_phone, at(50)}});

        auto const devices = store().devices(ada);
        REQUIRE(devices.size() == 2);
        CHECK(devices[0].id == ada_phone);
        CHECK(devices[0].is_revoked);
        CHECK(
            devices[1] == Device {netcat, ada, std::nullopt, "netcat", secret, false, {}, at(40)});
        CHECK(store().device_by_identity(test.template some<Identity>(1))->is_revoked);
        CHECK(store().devices(bob).size() == 1);
        CHECK(store().devices(PersonId {4}).empty());
    }

    SUBCASE("keeps a plain device's cursor, which never goes back")
    {
        test.three_people();
        test.append({PlainCursor {ada_phone, Feed {7}}});
        test.append({PlainCursor {ada_phone, Feed {5}}});
        CHECK(store().device(ada_phone)->plain_cursor == Feed {7});
        CHECK(store().devices(ada)[0].plain_cursor == Feed {7});
    }

    SUBCASE("keeps invitations, used or not")
    {
        auto const secret = test.template some<SecretHash>(9);
        Invitation const invitation {secret, Invitation::For::person, ada,
            test.template some<SecretHash>(8), at(70), at(60)};
        test.append({invitation});
        CHECK(store().invitation(secret) == invitation);
        CHECK_FALSE(store().device_by_secret(secret).has_value());
        CHECK_FALSE(store().invitation(invitation.with).has_value());

        test.append({DeviceAdded {ada_phone, ada, std::nullopt, "", secret, at(65)}});
        CHECK(store().invitation(secret) == invitation);
        CHECK(store().device_by_secret(secret)->id == ada_phone);
    }

    SUBCASE("finds an entry in both feeds, in its conversation and by its n")
    {
        test.three_people();
        test.says(ada, cleo, "first");
        Entry const said = test.says(bob, ada, "second");
        CHECK(said.feed_low == Feed {2});
        CHECK(said.feed_high == Feed {1});

        CHECK(store().feed(ada, Feed {2}, all) == std::vector {said});
        CHECK(store().feed(bob, Feed {1}, all) == std::vector {said});
        CHECK(store().log(ada_and_bob, Seq {1}, Seq {1}, all) == std::vector {said});
        CHECK(store().answer(bob_phone, N {1})
            == Answer {said.hash, std::nullopt, ada_and_bob, Seq {1}, Feed {1}, said.time});
        CHECK_FALSE(store().answer(bob_phone, N {2}).has_value());
        CHECK_FALSE(store().answer(bob_phone, N {0}).has_value());

        Entry without_body = said;
        without_body.body.clear();
        CHECK(store().feed_entry(ada, Feed {2}) == without_body);
        CHECK(store().feed_entry(bob, Feed {1}) == without_body);
        CHECK_FALSE(store().feed_entry(ada, Feed {3}).has_value());
        CHECK_FALSE(store().feed_entry(ada, Feed {0}).has_value());
    }

    SUBCASE("gives feeds and conversations in order, from where they are asked for")
    {
        test.three_people();
        for (int i = 0; i < 3; ++i) {
            test.says(ada, bob, "to bob " + std::to_string(i));
            test.says(cleo, ada, "to ada " + std::to_string(i));
        }
        CHECK(test.feed_of(ada, 3) == Texts {"to bob 1", "to ada 1", "to bob 2", "to ada 2"});
        CHECK(test.feed_of(bob) == Texts {"to bob 0", "to bob 1", "to bob 2"});
        CHECK(test.feed_of(ada, 7).empty());
        CHECK(test.log_of(ada_and_cleo, 2, 2) == Texts {"to ada 1"});
        CHECK(test.log_of(ada_and_cleo, 2) == Texts {"to ada 1", "to ada 2"});
        CHECK(test.log_of(ada_and_cleo, 3, 2).empty());
        CHECK(test.log_of(bob_and_cleo).empty());

        CHECK(store().last_seq(ada_and_bob) == Seq {3});
        CHECK(store().last_feed(ada) == Feed {6});
        CHECK(store().last_feed(cleo) == Feed {3});
        CHECK(store().last_n(ada_phone) == N {3});
    }

    SUBCASE("gives no more than is asked for, but always one")
    {
        test.three_people();
        for (std::string const text : {"12345", "1234567890", "1", "2"})
            test.says(ada, bob, text);
        CHECK(Test::texts(store().feed(bob, Feed {1}, 16)) == Texts {"12345", "1234567890", "1"});
        CHECK(Test::texts(store().feed(bob, Feed {1}, 14)) == Texts {"12345"});
        CHECK(Test::texts(store().feed(bob, Feed {2}, 0)) == Texts {"1234567890"});
        CHECK(Test::texts(store().log(ada_and_bob, Seq {2}, Seq {4}, 11))
            == Texts {"1234567890", "1"});
        CHECK(Test::texts(store().log(ada_and_bob, Seq {2}, Seq {4}, 3)) == Texts {"1234567890"});
    }

    SUBCASE("gives no more than so many entries, even if their bodies are nothing")
    {
        test.three_people();
        std::vector<Record> batch;
        Entry one = test.entry(ada, bob, "");
        for (std::size_t i = 0; i < limits::entries_read_max + 2; ++i) {
            batch.push_back(one);
            one.seq = next(one.seq);
            one.n = next(one.n);
            one.feed_low = next(one.feed_low);
            one.feed_high = next(one.feed_high);
            if (batch.size() == limits::entries_read_max / 2) { // so they may lie in two places
                test.append(batch);
                batch.clear();
            }
        }
        test.append(batch);
        CHECK(store().feed(ada, Feed {1}, all).size() == limits::entries_read_max);
        CHECK(
            store().log(ada_and_bob, Seq {2}, Seq {9999}, all).size() == limits::entries_read_max);
        CHECK(store().log(ada_and_bob, Seq {9}, Seq {9999}, all).size()
            == limits::entries_read_max - 6);
    }

    SUBCASE("gives any bytes back as they were")
    {
        test.three_people();
        std::string const odd("\0\xFF'; --\n", 8);
        Entry const long_one = test.says(ada, bob, odd + std::string(16 * 1024, 'x'));
        CHECK(store().feed(bob, Feed {1}, all) == std::vector {long_one});
    }

    SUBCASE("remembers what was refused, and that its n is used up")
    {
        test.three_people();
        test.says(ada, bob, "fine");
        auto const hash = test.template some<BodyHash>(77);
        test.append({Refusal {ada_phone, N {2}, Error::not_connected, hash, at(200)}});
        CHECK(store().last_n(ada_phone) == N {2});
        CHECK(store().answer(ada_phone, N {2})
            == Answer {hash, Error::not_connected, {}, {}, {}, at(200)});
        CHECK_FALSE(store().answer(ada_phone, N {1})->refused.has_value());
        CHECK(test.says(ada, bob, "fine, too").n == N {3});
        CHECK(test.log_of(ada_and_bob) == Texts {"fine", "fine, too"});
    }

    SUBCASE("counts what the scribe says itself, but answers no n with it")
    {
        test.three_people();
        Entry note = test.entry(ada, bob, "a device was added");
        note.device = DeviceId {};
        note.n = N {};
        note.kind = Kind::device_added;
        test.append({note});
        CHECK(store().feed(bob, Feed {1}, all) == std::vector {note});
        CHECK(store().last_n(DeviceId {}) == N {});
        CHECK_FALSE(store().answer(DeviceId {}, N {}).has_value());
    }

    SUBCASE("lists contacts in order, with how far both have got")
    {
        test.three_people();
        for (unsigned id = 4; id <= 6; ++id)
            test.append({ContactMade {Pair::of(PersonId {id}, bob), at(30)}});
        test.says(ada, bob, "hello");
        test.says(cleo, bob, "we are no contacts");
        Mark const mark = test.gets(bob, ada, 1, 0);

        CHECK(store().are_contacts(ada_and_bob));
        CHECK_FALSE(store().are_contacts(bob_and_cleo));
        auto const contacts = store().contacts(bob, PersonId {}, all);
        REQUIRE(contacts.size() == 4);
        CHECK(contacts[0]
            == Relation {ada, Seq {1}, mark, Mark {ada_and_bob, ada, {}, {}, {}, {}},
                Bond {ada_and_bob, true}});
        CHECK(contacts[1].person == PersonId {4});
        CHECK(contacts[1].last == Seq {});
        CHECK(contacts[3].person == PersonId {6});
        CHECK(store().contacts(bob, ada, 2).size() == 2);
        CHECK(store().contacts(bob, ada, 2)[1].person == PersonId {5});
        CHECK(store().contacts(bob, PersonId {5}, 2).size() == 1);
        CHECK(store().contacts(bob, PersonId {6}, 2).empty());
        CHECK(store().contacts(cleo, PersonId {}, 0).empty());
        CHECK(store().contacts(cleo, PersonId {}, 1)[0].person == ada);
    }

    SUBCASE("joins marks by maximum")
    {
        test.three_people();
        for (int i = 0; i < 4; ++i)
            test.says(ada, bob, "hello");
        test.gets(bob, ada, 3, 1);
        test.append({Mark {ada_and_bob, bob, Seq {2}, Seq {2}, Feed {1}, Feed {9}}});
        CHECK(store().mark(ada_and_bob, bob)
            == Mark {ada_and_bob, bob, Seq {3}, Seq {2}, Feed {4}, Feed {9}});
        CHECK(store().mark(ada_and_bob, ada) == Mark {ada_and_bob, ada, {}, {}, {}, {}});
        CHECK(store().contacts(ada, PersonId {}, all)[0].theirs.delivered == Seq {3});
    }

    SUBCASE("tells the marks that moved since a feed number")
    {
        test.three_people();
        test.says(ada, bob, "1 for ada, 1 for bob");
        Mark const of_bob = test.gets(bob, ada, 1, 1);
        test.says(cleo, ada, "2 for ada, 1 for cleo");
        Mark const of_ada = test.gets(ada, cleo, 1, 0);

        CHECK(store().marks_since(ada, Feed {1}) == std::vector {of_bob, of_ada});
        CHECK(store().marks_since(ada, Feed {0}) == std::vector {of_bob, of_ada});
        CHECK(store().marks_since(ada, Feed {2}) == std::vector {of_ada});
        CHECK(store().marks_since(ada, Feed {3}).empty());
        CHECK(store().marks_since(bob, Feed {1}) == std::vector {of_bob});
        CHECK(store().marks_since(bob, Feed {2}).empty());
        CHECK(store().marks_since(cleo, Feed {1}) == std::vector {of_ada});
    }

    SUBCASE("finds what has arrived and is not marked so")
    {
        test.three_people();
        test.says(bob, ada, "ada's 1, seq 1");
        test.says(cleo, ada, "ada's 2");
        test.says(bob, ada, "ada's 3, seq 2");
        test.says(ada, bob, "ada's 4, seq 3");
        test.says(ada, bob, "ada's 5, seq 4");
        test.says(bob, ada, "ada's 6, seq 5");
        auto const delivered = [&](unsigned cursor) {
            std::vector<std::pair<PersonId, Seq>> marks;
            for (Mark const& mark : store().undelivered_marks(ada, Feed {cursor})) {
                CHECK(mark.who == ada);
                marks.push_back({mark.pair.other(ada), mark.delivered});
            }
            return marks;
        };
        using Marks = std::vector<std::pair<PersonId, Seq>>;
        CHECK(delivered(0) == Marks {});
        CHECK(delivered(1) == Marks {{bob, Seq {1}}});
        CHECK(delivered(2) == Marks {{bob, Seq {1}}, {cleo, Seq {1}}});
        CHECK(delivered(3) == Marks {{bob, Seq {2}}, {cleo, Seq {1}}});
        CHECK(delivered(5) == Marks {{bob, Seq {2}}, {cleo, Seq {1}}});
        CHECK(delivered(6) == Marks {{bob, Seq {5}}, {cleo, Seq {1}}});

        test.gets(ada, bob, 2, 1);
        test.gets(ada, cleo, 1, 0);
        CHECK(delivered(5) == Marks {});
        CHECK(delivered(9) == Marks {{bob, Seq {5}}});
        CHECK(store().undelivered_marks(ada, Feed {9})[0].read == Seq {1});
    }

    SUBCASE("empties bodies that are gone, and keeps their numbers")
    {
        test.three_people();
        for (std::string const text : {"1", "22", "333", "4444"})
            test.says(ada, bob, text);
        test.says(bob, ada, "55555");
        test.says(ada, cleo, "stays");
        test.append({Gone {ada_and_bob, Seq {2}, Seq {3}, at(300)}});
        CHECK(test.log_of(ada_and_bob) == Texts {"1", "", "", "4444", "55555"});
        CHECK(test.feed_of(ada) == Texts {"1", "", "", "4444", "55555", "stays"});
        CHECK(test.stored_bytes(ada) == 10);
        CHECK(store().log(ada_and_bob, Seq {2}, Seq {2}, all)[0].n == N {2});
        CHECK(store().answer(ada_phone, N {3})->seq == Seq {3});

        test.says(ada, bob, "666666");
        test.append({Gone {ada_and_bob, Seq {1}, Seq {5}, at(301)}});
        CHECK(test.log_of(ada_and_bob) == Texts {"", "", "", "", "", "666666"});
        CHECK(test.stored_bytes(ada) == 11);
        CHECK(test.stored_bytes(bob) == 0);
        test.append({Gone {ada_and_bob, Seq {1}, Seq {100}, at(302)}});
        CHECK(test.stored_bytes(ada) == 5);
        CHECK(test.says(ada, bob, "7777777").seq == Seq {7});
        CHECK(test.log_of(ada_and_bob, 6) == Texts {"", "7777777"});
    }

    SUBCASE("empties what an erased person said, and nothing else")
    {
        test.three_people();
        test.says(ada, bob, "of ada");
        test.says(bob, ada, "of bob");
        test.append({SettingsChanged {ada, "loud"}});
        test.append({PersonErased {ada, at(400)}});
        CHECK(store().person(ada) == Person {ada, "ada", "", true, 0, at(10)});
        CHECK(store().person_by_handle("ada")->is_erased);
        CHECK(store().settings(ada).empty());
        CHECK(test.log_of(ada_and_bob) == Texts {"", "of bob"});
        CHECK(test.feed_of(bob) == Texts {"", "of bob"});
        CHECK(test.stored_bytes(bob) == 6);
        CHECK(store().answer(ada_phone, N {1})->seq == Seq {1});

        test.append({Gone {ada_and_bob, Seq {1}, Seq {2}, at(401)}});
        CHECK(test.stored_bytes(ada) == 0);
        CHECK(test.stored_bytes(bob) == 0);
        CHECK(store().last_person() == cleo);
    }

    SUBCASE("keeps the last epoch and the last settings")
    {
        test.append({EpochBegun {test.template some<Epoch>(1), at(1)}});
        test.append({EpochBegun {test.template some<Epoch>(2), at(2)}});
        CHECK(store().epoch() == test.template some<Epoch>(2));

        test.three_people();
        CHECK(store().settings(ada).empty());
        test.append({SettingsChanged {ada, "loud"}, SettingsChanged {bob, "low"}});
        test.append({SettingsChanged {ada, std::string("\0\xFF", 2)}});
        CHECK(store().settings(ada) == std::string("\0\xFF", 2));
        CHECK(store().settings(bob) == "low");
    }

    SUBCASE("knows who asks whom, and for whom that is a secret")
    {
        test.three_people();
        test.append({ContactAsked {bob_and_cleo, cleo, false, at(50)}});
        CHECK(store().bond(bob_and_cleo).high == Stance {.asked = at(50)});
        CHECK(store().bond(bob_and_cleo).low == Stance {});
        REQUIRE(store().asked(cleo).size() == 1);
        CHECK(store().asked(cleo)[0].person == bob);
        CHECK(store().asked(bob).empty());
        CHECK(store().acquaintances(cleo, PersonId {}, all).size() == 2);
        CHECK(store().acquaintances(bob, PersonId {}, all).size() == 1);

        test.append({ContactAsked {bob_and_cleo, cleo, true, at(60)}});
        CHECK(store().acquaintances(bob, PersonId {}, all).size() == 2);
        CHECK(store().acquaintances(bob, PersonId {}, 1)[0].person == ada);
        CHECK(store().acquaintances(bob, ada, 1)[0].bond.high == Stance {at(60), true});
        CHECK(store().contacts(bob, PersonId {}, all).size() == 1);

        test.append({StanceTaken {bob_and_cleo, bob, true, true, at(70)}});
        CHECK(store().bond(bob_and_cleo).low == Stance {.refuses = true, .blocks = true});
        test.append({ContactMade {bob_and_cleo, at(80)}});
        CHECK(store().bond(bob_and_cleo)
            == Bond {bob_and_cleo, true, Stance {.blocks = true}, Stance {}});
        CHECK_FALSE(store().bond(bob_and_cleo).is_open());
        CHECK(store().asked(cleo).empty());
    }

    SUBCASE("keeps a place for one who is awaited, until somebody takes the handle")
    {
        test.three_people();
        PersonId const dora {4};
        test.append({PersonAwaited {dora, "dora", at(90)}});
        CHECK(store().last_person() == dora);
        CHECK_FALSE(store().person_by_handle("dora").has_value());
        CHECK(store().anybody_by_handle("dora")->id == dora);
        CHECK(store().person(dora)->is_awaited);

        Entry said = test.entry(ada, dora, "are you there?");
        said.feed_high = Feed {};
        test.append({said});
        CHECK(store().last_feed(dora) == Feed {});
        CHECK(store().feed(dora, Feed {1}, all).empty());
        CHECK(store().feed_entry(ada, said.feed_low)->seq == Seq {1});
        CHECK(store().undelivered_marks(dora, Feed {9}).empty());

        test.append({PersonAdded {dora, "dora", "Dora", at(100)}});
        CHECK(store().person_by_handle("dora")
            == Person {.id = dora, .handle = "dora", .name = "Dora", .time = at(100)});
        Entry const heard = test.says(ada, dora, "now you are");
        CHECK(heard.seq == Seq {2});
        CHECK(heard.feed_high == Feed {1});
        REQUIRE(store().undelivered_marks(dora, Feed {9}).size() == 1);
        CHECK(store().undelivered_marks(dora, Feed {9})[0].delivered == Seq {2});
        CHECK(store().undelivered_marks(dora, Feed {}).empty());
    }

    SUBCASE("finds what has arrived between entries that never do")
    {
        test.three_people();
        auto const says = [&](bool is_heard) {
            Entry said = test.entry(ada, bob, "?");
            said.feed_high = is_heard ? said.feed_high : Feed {};
            test.append({said});
        };
        for (bool const is_heard : {false, true, false, false, true, false})
            says(is_heard);
        auto const arrived = [&](unsigned cursor) {
            auto const marks = store().undelivered_marks(bob, Feed {cursor});
            return marks.empty() ? Seq {} : marks[0].delivered;
        };
        CHECK(arrived(0) == Seq {});
        CHECK(arrived(1) == Seq {2});
        CHECK(arrived(2) == Seq {5});
    }

    SUBCASE("knows one recovery phrase of a person, and who is suspended")
    {
        test.three_people();
        auto const first = test.template some<SecretHash>(71);
        auto const second = test.template some<SecretHash>(72);
        test.append({RecoverySet {ada, first, at(1)}});
        CHECK(store().person_by_recovery(first)->id == ada);
        test.append({RecoverySet {ada, second, at(2)}});
        CHECK_FALSE(store().person_by_recovery(first).has_value());
        CHECK(store().person_by_recovery(second)->recovery == second);
        test.append({PersonSuspended {ada, true, at(3)}});
        CHECK(store().person(ada)->is_suspended);
        test.append({PersonSuspended {ada, false, at(4)}, PersonErased {ada, at(5)}});
        CHECK_FALSE(store().person(ada)->is_suspended);
        CHECK_FALSE(store().person_by_recovery(second).has_value());
    }

    SUBCASE("keeps what a person chose for a conversation, and tells what changed since")
    {
        test.three_people();
        CHECK(store().talk(ada, bob) == TalkChanged {ada, bob, {}, {}});
        TalkChanged const with_bob {ada, bob, {true, false, true, "Bobby", Seq {7}}, Feed {3}};
        TalkChanged const with_cleo {ada, cleo, {.archive = true}, Feed {5}};
        test.append({with_bob});
        test.append({with_cleo});
        CHECK(store().talk(ada, bob) == with_bob);
        CHECK(store().talk(bob, ada) == TalkChanged {bob, ada, {}, {}});
        CHECK(store().talks_since(ada, Feed {3}) == std::vector {with_bob, with_cleo});
        CHECK(store().talks_since(ada, Feed {4}) == std::vector {with_cleo});
        CHECK(store().talks_since(bob, Feed {0}).empty());
        test.append({PersonErased {ada, at(5)}});
        CHECK(store().talk(ada, bob).choices == TalkChoices {});
        CHECK(store().talks_since(ada, Feed {0}).empty());
    }

    SUBCASE("knows which devices not everybody was told of")
    {
        test.three_people();
        test.append({DeviceAnnounced {ada_phone, PersonId {}, false}});
        test.append({DeviceAnnounced {bob_phone, PersonId {}, false}});
        test.append({DeviceAnnounced {bob_phone, ada, true}});
        test.append({DeviceAnnounced {ada_phone, bob, false}});
        CHECK(store().announcements() == std::vector {DeviceAnnounced {ada_phone, bob, false}});
    }

    SUBCASE("ends an invitation before its time")
    {
        auto const secret = test.template some<SecretHash>(9);
        Invitation const invitation {
            secret, Invitation::For::device, ada, {}, at(70), at(60), Invitation::Way::code};
        test.append({invitation});
        CHECK(store().invitation(secret) == invitation);
        test.append({InvitationEnded {secret, at(65)}});
        CHECK(store().invitation(secret)->expires == at(65));
        test.append({InvitationEnded {secret, at(90)}});
        CHECK(store().invitation(secret)->expires == at(65));
    }

    SUBCASE("makes a batch true in its order")
    {
        test.three_people();
        Entry const said = test.entry(ada, bob, "soon gone");
        test.append({said, Gone {ada_and_bob, Seq {1}, Seq {1}, at(5)},
            Mark {ada_and_bob, bob, Seq {1}, {}, Feed {1}, Feed {1}}});
        CHECK(test.log_of(ada_and_bob) == Texts {""});
        CHECK(test.stored_bytes(ada) == 0);
        CHECK(store().mark(ada_and_bob, bob).delivered == Seq {1});
    }

    SUBCASE("says the same as memory after any records")
    {
        for (unsigned seed = 1; seed <= 3; ++seed) {
            CAPTURE(seed);
            Test fresh;
            MemoryStore model;
            RandomRecords records(seed, model);
            for (int batch = 0; batch < 60; ++batch) {
                std::vector<Record> some;
                for (int i = 0; i < 5; ++i) {
                    Record record = records.next_record();
                    if (auto* refusal = std::get_if<Refusal>(&record))
                        refusal->n = next(model.last_n(refusal->device));
                    REQUIRE(model.append(std::span(&record, 1)).has_value());
                    some.push_back(std::move(record));
                }
                fresh.append(some);
                if (batch % 10 == 9)
                    check_same(fresh.store(), model, RandomRecords::devices_max);
            }
        }
    }
}

} // namespace duet
