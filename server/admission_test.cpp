#include "server/admission.hpp"

#include "net/endpoint.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace duet;
using namespace std::chrono_literals;

namespace {

using Verdict = Admission::Verdict;
using Ids = std::vector<Admission::Id>;

Source source_of(std::string const& endpoint)
{
    return Source::of(resolve(*Endpoint::parse(endpoint), Purpose::call)->front());
}

class AdmissionTest {
public:
    Verdict come(Admission::Id id, Source const& source) { return admission.come(id, source, now); }

    /// So many, one after the other, whose ids begin with `first`.
    void crowd(Admission::Id first, std::size_t count, Source const& source)
    {
        for (std::size_t i = 0; i < count; ++i)
            come(first + i, source);
    }

    /// All whose turn it is by now.
    Ids begin() { return admission.turns(now).begin; }

    Source const here = source_of("127.0.0.1:1");
    Source const one = source_of("192.0.2.1:1");
    Source const other = source_of("192.0.2.2:1");
    AdmissionRules rules = {.strangers_source_max = 4,
        .strangers_penalised_max = 1,
        .strangers_max = 6,
        .waiting_source_max = 8,
        .waiting_max = 12,
        .quiet_max = 1s,
        .penalties = {.failed_proof = 5s, .broke_protocol = 1s, .least = 15s, .most = 60s}};
    Admission admission {rules};
    MonotonicTime now {};
};

} // namespace

TEST_SUITE_BEGIN("admission");

TEST_CASE("a source is an IPv4 address, or the 64 bits at the front of an IPv6 one")
{
    CHECK(source_of("192.0.2.1:1") == source_of("192.0.2.1:2"));
    CHECK(source_of("192.0.2.1:1") == source_of("[::ffff:192.0.2.1]:2"));
    CHECK(source_of("192.0.2.1:1") != source_of("192.0.2.2:1"));
    CHECK(source_of("[2001:db8::1]:1") == source_of("[2001:db8::2:3:4:5]:1"));
    CHECK(source_of("[2001:db8::1]:1") != source_of("[2001:db8:0:1::1]:1"));
    CHECK(source_of("[::1]:1").is_this_machine());
    CHECK(source_of("unix:/run/x").is_this_machine());
    CHECK_FALSE(source_of("10.0.0.1:1").is_this_machine());
}

TEST_CASE_FIXTURE(
    AdmissionTest, "of one source so many are at work, so many wait, and the rest is sent away")
{
    std::vector<Verdict> verdicts;
    for (Admission::Id id = 1; id <= 13; ++id)
        verdicts.push_back(come(id, one));
    CHECK(std::ranges::count(verdicts, Verdict::begins) == 4);
    CHECK(std::ranges::count(verdicts, Verdict::waits) == 8);
    CHECK(verdicts.back() == Verdict::sent_away);
    CHECK(admission.at_work() == 4);
    CHECK(admission.waiting() == 8);
    CHECK(come(20, other) == Verdict::begins);
}

TEST_CASE_FIXTURE(AdmissionTest, "this machine is spared")
{
    for (Admission::Id id = 1; id <= 100; ++id)
        CHECK(come(id, here) == Verdict::begins);
    CHECK(admission.at_work() == 0);
    admission.failed(1, Offence::failed_proof, now);
    admission.forget(1, now);
    CHECK(admission.penalised(now) == 0);
}

TEST_CASE_FIXTURE(AdmissionTest, "who has waited begins in order, as places become free")
{
    crowd(1, 7, one);
    CHECK(begin().empty());
    admission.forget(2, now); // it has proved itself
    admission.forget(6, now); // it has left
    CHECK(begin() == Ids {5});
    admission.forget(1, now);
    CHECK(begin() == Ids {7});
    CHECK(admission.waiting() == 0);
}

TEST_CASE_FIXTURE(AdmissionTest, "who has proved itself is counted no more")
{
    for (Admission::Id id = 1; id <= 1000; ++id) {
        CHECK(come(id, one) == Verdict::begins);
        admission.forget(id, now);
    }
    CHECK(admission.at_work() == 0);
}

TEST_CASE_FIXTURE(AdmissionTest, "a crowd at one address keeps nobody waiting at another")
{
    crowd(1, 12, one);
    CHECK(come(20, other) == Verdict::begins);
    CHECK(come(21, other) == Verdict::begins);
    crowd(30, 3, source_of("192.0.2.3:1")); // all places are taken now
    CHECK(admission.at_work() == 6);
    admission.forget(20, now);
    admission.forget(21, now);
    CHECK(begin() == Ids {30, 31});
}

TEST_CASE_FIXTURE(AdmissionTest, "sources take turns")
{
    crowd(1, 4, one);
    crowd(10, 2, other);
    crowd(20, 2, source_of("192.0.2.3:1"));
    crowd(30, 2, source_of("192.0.2.4:1"));
    for (Admission::Id const id : Ids {1, 2, 3, 4})
        admission.forget(id, now);
    CHECK(begin() == Ids {20, 30, 21, 31});
}

TEST_CASE_FIXTURE(AdmissionTest, "no more wait in all than may")
{
    for (Admission::Id id = 1; id <= 30; ++id)
        come(id, source_of("192.0.2." + std::to_string(id) + ":1"));
    CHECK(admission.at_work() == 6);
    CHECK(admission.waiting() == 12);
}

TEST_CASE_FIXTURE(AdmissionTest, "who says nothing gives up the place for who waits")
{
    crowd(1, 6, one);
    now += 900ms;
    admission.heard(2, now);
    now += 100ms;
    auto const turns = admission.turns(now);
    CHECK(turns.begin == Ids {5, 6});
    CHECK(turns.pause == Ids {3, 4}); // 1 was the third in line, and stays where it is
    CHECK(admission.at_work() == 4);
    CHECK(admission.waiting() == 2);
}

TEST_CASE_FIXTURE(AdmissionTest, "who says nothing keeps the place as long as nobody waits")
{
    crowd(1, 4, one);
    now += 1h;
    CHECK(admission.turns(now).pause.empty());
    CHECK(come(5, one) == Verdict::waits);
    CHECK(begin() == Ids {5});
}

TEST_CASE_FIXTURE(AdmissionTest, "silent connections hold nobody up for long")
{
    crowd(1, 4, one); // and they stay, for ever
    std::size_t served = 0;
    for (Admission::Id id = 100; id < 200; ++id) {
        come(id, one);
        now += 100ms;
        for (Admission::Id const begun : begin()) {
            if (begun < 100)
                continue;
            ++served;
            admission.forget(begun, now);
        }
    }
    CHECK(served > 50);
}

TEST_CASE_FIXTURE(
    AdmissionTest, "a source that fails is given few places, and its own people come in by them")
{
    for (Admission::Id id = 1; id <= 3; ++id) {
        CHECK(come(id, one) == Verdict::begins);
        admission.failed(id, Offence::failed_proof, now);
        admission.forget(id, now);
    }
    CHECK(admission.penalised(now) == 1);
    CHECK(come(10, one) == Verdict::begins);
    CHECK(come(11, one) == Verdict::waits);
    CHECK(come(12, one) == Verdict::waits);
    CHECK(come(20, other) == Verdict::begins);
    admission.forget(10, now); // it has proved itself
    CHECK(begin() == Ids {11});
    admission.forget(11, now);
    CHECK(begin() == Ids {12});
    admission.forget(12, now);
    now += 1s; // less than 15 s are left
    crowd(30, 4, one);
    CHECK(admission.at_work() == 5);
}

TEST_CASE_FIXTURE(AdmissionTest, "a penalised source is let in however long it goes on failing")
{
    for (Admission::Id id = 1; id <= 1000; ++id) {
        CHECK(come(id, one) == Verdict::begins);
        admission.failed(id, Offence::failed_proof, now);
        admission.forget(id, now);
    }
    CHECK(come(2000, one) == Verdict::begins);
}

TEST_CASE_FIXTURE(AdmissionTest, "nothing is left of who has gone")
{
    for (Admission::Id id = 1; id <= 30; ++id)
        come(id, source_of("192.0.2." + std::to_string(id) + ":1"));
    for (Admission::Id id = 1; id <= 30; ++id)
        admission.forget(id, now);
    CHECK(begin().empty());
    CHECK(admission.at_work() == 0);
    CHECK(admission.waiting() == 0);
    CHECK(come(40, one) == Verdict::begins);
}

TEST_CASE("5,000 devices at one address come in while 64 silent connections stand open")
{
    AdmissionRules const rules;
    Admission admission {rules};
    Source const home = source_of("192.0.2.1:1");
    MonotonicTime now {};
    constexpr Admission::Id silent = 64;
    constexpr Admission::Id all = silent + 5'000;
    for (Admission::Id id = 0; id < silent; ++id)
        CHECK(admission.come(id, home, now) == Verdict::begins);

    // Each device calls until it is not sent away, and has proved itself 100 ms after it began.
    Ids outside;
    for (Admission::Id id = silent; id < all; ++id)
        outside.push_back(id);
    Ids at_work;
    std::size_t inside = 0;
    auto const begun = now;
    while (inside < 5'000 and now < begun + 60s) {
        inside += at_work.size();
        for (Admission::Id const id : at_work)
            admission.forget(id, now);
        at_work.clear();
        std::erase_if(outside, [&](Admission::Id id) {
            auto const verdict = admission.come(id, home, now);
            if (verdict == Verdict::begins)
                at_work.push_back(id);
            return verdict != Verdict::sent_away;
        });
        for (Admission::Id const id : admission.turns(now).begin) {
            if (id >= silent)
                at_work.push_back(id);
        }
        now += 100ms;
    }
    CHECK(inside == 5'000);
    CHECK(now - begun < 30s); // of its own clock, not of the machine's
}

TEST_SUITE_END();
