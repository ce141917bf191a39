// docs/protocol.md, "Pairing by a code": a try is gone before anybody has a share, and nothing but the
// right code brings anything.

#include "base/limits.hpp"
#include "pairing/pairing.hpp"
#include "tests/conversation/stage.hpp"

#include <doctest/doctest.h>

using namespace duet;
using namespace std::chrono_literals;

namespace {

/// bob is there, and somebody calls who has nothing but a code.
class CodeTest : public ConversationTest {
public:
    CodeTest() { comes_back(bob); }

    ShortCode asks_for_code(Handset& by, Request::Body request = Invite {.code = true})
    {
        asks(by, std::move(request));
        disk_has_it();
        auto const linked = std::get<Linked>(by.heard.back().body);
        by.heard.pop_back();
        CHECK(linked.secret.empty());
        CHECK(linked.expires == now.label + limits::code_life);
        return ShortCode::parse(linked.code).value();
    }

    PairingCaller calls_with(Handset& device, ShortCode const& code)
    {
        connects(device);
        CHECK(hears(device) == "hello");
        PairingRandom entropy {};
        random.fill(entropy);
        return {code,
            {std::nullopt, server_keys.identity, device.client_nonce, device.server_nonce, {}},
            entropy};
    }

    void shows(Handset& device, ShortCode const& code, CpaceShare const& share)
    {
        asks(device, PairStep {PairStep::Share {code.name, share}});
    }

    /// What the listener has answered, which must be the last thing that was heard.
    template <typename Answer>
    Answer answered(Handset& device)
    {
        REQUIRE(device.heard.size() == 1);
        auto const answer = std::get<PairAnswer>(device.heard.front().body);
        device.heard.clear();
        return std::get<Answer>(answer.what);
    }

    /// One run to its end. What comes of it is heard.
    void tries(Handset& device, ShortCode const& code)
    {
        PairingCaller caller = calls_with(device, code);
        shows(device, code, caller.share());
        disk_has_it();
        auto const tag = caller.meet(answered<PairAnswer::Share>(device).share);
        asks(device, PairStep {PairStep::Confirm {tag.value()}});
        disk_has_it();
    }

    static ShortCode wrong(ShortCode code, std::uint32_t by = 1)
    {
        code.secret ^= by;
        return code;
    }

    std::uint32_t tries_left(ShortCode const& code) { return store.code(code.name)->tries_left; }

    Handset dora = handset("dora");
};

} // namespace

TEST_SUITE_BEGIN("codes");

TEST_CASE_FIXTURE(CodeTest, "who knows a code comes in, as a contact of whoever asked for it")
{
    ShortCode const code = asks_for_code(bob);
    CHECK(code.name == 1);
    PairingCaller caller = calls_with(dora, code);
    shows(dora, code, caller.share());
    disk_has_it();
    auto const tag = caller.meet(answered<PairAnswer::Share>(dora).share);
    asks(dora, PairStep {PairStep::Confirm {tag.value()}});
    disk_has_it();
    auto const answer = answered<PairAnswer::Confirm>(dora);
    CHECK(caller.is_shown_by(answer.tag));
    CHECK(hears(bob) == "code 1 used");

    asks(dora,
        Enrol {answer.secret, dora.keys.identity, proof_of(dora), "dora", "Dora", "a handset"});
    disk_has_it();
    CHECK(dora.heard.size() == 1);
    CHECK(std::get<Enrolled>(dora.heard.front().body).you == "dora");
    CHECK(store.are_contacts(Pair::of(person("bob"), person("dora"))));
}

TEST_CASE_FIXTURE(CodeTest, "a try is on disk before the share is told")
{
    ShortCode const code = asks_for_code(bob);
    PairingCaller const caller = calls_with(dora, code);
    shows(dora, code, caller.share());
    CHECK(hears(dora).empty());
    CHECK(tries_left(code) == 5);
    disk_has_it();
    CHECK(tries_left(code) == 4);
    answered<PairAnswer::Share>(dora);
}

TEST_CASE_FIXTURE(
    CodeTest, "a wrong code brings nothing but a goodbye, and its try does not come back")
{
    ShortCode const code = asks_for_code(bob);
    tries(dora, wrong(code));
    CHECK(hears(dora) == "bye: code_wrong");
    CHECK(tries_left(code) == 4);
    CHECK(hears(bob).empty());
    tries(dora, code);
    answered<PairAnswer::Confirm>(dora);
}

TEST_CASE_FIXTURE(
    CodeTest, "after five wrong tries a code is burnt, its owner is told, and it is unknown")
{
    ShortCode const code = asks_for_code(bob);
    for (std::uint32_t i = 1; i <= 5; ++i) {
        CHECK(hears(bob).empty());
        tries(dora, wrong(code, i));
        CHECK(hears(dora) == "bye: code_wrong");
    }
    CHECK(hears(bob) == "code 1 burnt");
    PairingCaller const caller = calls_with(dora, code);
    shows(dora, code, caller.share());
    disk_has_it();
    CHECK(hears(dora) == "refused: code_unknown");
}

TEST_CASE_FIXTURE(CodeTest, "the fifth try is as good as the first")
{
    ShortCode const code = asks_for_code(bob);
    for (std::uint32_t i = 1; i <= 4; ++i) {
        tries(dora, wrong(code, i));
        CHECK(hears(dora) == "bye: code_wrong");
    }
    tries(dora, code);
    answered<PairAnswer::Confirm>(dora);
    CHECK(hears(bob) == "code 1 used");
}

TEST_CASE_FIXTURE(CodeTest, "a server that stops in the middle has lost the try")
{
    ShortCode const code = asks_for_code(bob);
    for (std::uint32_t left = 4;; --left) {
        PairingCaller const caller = calls_with(dora, wrong(code));
        shows(dora, code, caller.share());
        disk_has_it();
        CHECK(tries_left(code) == left);
        server_starts_again();
        forgets(dora);
        if (left == 0)
            break;
    }
    PairingCaller const caller = calls_with(dora, code);
    shows(dora, code, caller.share());
    CHECK(hears(dora) == "refused: code_unknown");
}

TEST_CASE_FIXTURE(
    CodeTest, "who leaves without a word has spent a try, and the last one burns the code")
{
    ShortCode const code = asks_for_code(bob);
    for (int i = 0; i < 5; ++i) {
        PairingCaller const caller = calls_with(dora, code);
        shows(dora, code, caller.share());
        if (i % 2 == 0)
            disk_has_it();
        loses_connection(dora);
        disk_has_it();
        forgets(dora);
    }
    CHECK(tries_left(code) == 0);
    CHECK(hears(bob) == "code 1 burnt");
}

TEST_CASE_FIXTURE(CodeTest, "a code is dead after ten minutes")
{
    ShortCode const code = asks_for_code(bob);
    pass(limits::code_life - 1ms);
    forgets(bob);
    PairingCaller const early = calls_with(dora, code);
    shows(dora, code, early.share());
    disk_has_it();
    answered<PairAnswer::Share>(dora);
    loses_connection(dora);
    pass(1ms);
    PairingCaller const late = calls_with(dora, code);
    shows(dora, code, late.share());
    disk_has_it();
    CHECK(hears(dora) == "refused: code_unknown");
    CHECK(tries_left(code) == 4);
}

TEST_CASE_FIXTURE(
    CodeTest, "one caller at a time tries a code; the other may when that one has left")
{
    ShortCode const code = asks_for_code(bob);
    PairingCaller const one = calls_with(dora, code);
    shows(dora, code, one.share());
    Handset other = handset("other");
    PairingCaller const second = calls_with(other, code);
    shows(other, code, second.share());
    CHECK(hears(other) == "refused: code_busy");
    disk_has_it();
    CHECK(tries_left(code) == 4);
    shows(other, code, second.share());
    CHECK(hears(other) == "refused: code_busy");

    loses_connection(dora);
    shows(other, code, second.share());
    disk_has_it();
    answered<PairAnswer::Share>(other);
    CHECK(tries_left(code) == 3);
}

TEST_CASE_FIXTURE(CodeTest, "there is one run on a connection, in its order")
{
    ShortCode const code = asks_for_code(bob);
    connects(dora);
    forgets(dora);
    asks(dora, PairStep {PairStep::Confirm {}});
    CHECK(hears(dora) == "bye: out_of_order");

    PairingCaller const caller = calls_with(dora, code);
    shows(dora, code, caller.share());
    disk_has_it();
    forgets(dora);
    shows(dora, code, caller.share());
    CHECK(hears(dora) == "bye: out_of_order");

    tries(dora, code);
    forgets(dora);
    asks(dora, PairStep {PairStep::Confirm {}});
    CHECK(hears(dora) == "bye: out_of_order");

    asks(bob, PairStep {PairStep::Confirm {}});
    CHECK(hears(bob) == "code 1 used / bye: out_of_order");
}

TEST_CASE_FIXTURE(CodeTest, "what is no share costs no try")
{
    ShortCode const code = asks_for_code(bob);
    CpaceShare ones;
    ones.fill(std::byte {0xFF});
    for (CpaceShare const& share : {CpaceShare {}, ones}) {
        connects(dora);
        forgets(dora);
        shows(dora, code, share);
        CHECK(hears(dora) == "bye: field_wrong");
    }
    CHECK(tries_left(code) == 5);
}

TEST_CASE_FIXTURE(CodeTest, "without room on the disk no share is told, and no try is lost")
{
    ShortCode const code = asks_for_code(bob);
    PairingCaller caller = calls_with(dora, code);
    store.is_full = true;
    shows(dora, code, caller.share());
    disk_has_it();
    CHECK(hears(dora) == "refused: store_full");
    CHECK(tries_left(code) == 5);

    store.is_full = false;
    shows(dora, code, caller.share());
    disk_has_it();
    auto const tag = caller.meet(answered<PairAnswer::Share>(dora).share);
    store.is_full = true;
    asks(dora, PairStep {PairStep::Confirm {tag.value()}});
    disk_has_it();
    CHECK(hears(dora) == "refused: store_full");
    store.is_full = false;
    tries(dora, code);
    answered<PairAnswer::Confirm>(dora);
}

TEST_CASE_FIXTURE(CodeTest,
    "another code of the same person's for the same ends the one before, and has another name")
{
    ShortCode const one = asks_for_code(bob);
    ShortCode const for_device = asks_for_code(bob, LinkDevice {.code = true});
    ShortCode const two = asks_for_code(bob);
    CHECK(one.name == 1);
    CHECK(for_device.name == 2);
    CHECK(two.name == 3);
    PairingCaller const caller = calls_with(dora, one);
    shows(dora, one, caller.share());
    CHECK(hears(dora) == "refused: code_unknown");
    tries(dora, for_device);
    answered<PairAnswer::Confirm>(dora);
    tries(dora, two);
    answered<PairAnswer::Confirm>(dora);
}

TEST_CASE_FIXTURE(CodeTest, "a name is given again when the code that had it is long gone")
{
    CHECK(asks_for_code(bob).name == 1);
    pass(limits::invitation_life / 2);
    comes_back(bob);
    CHECK(asks_for_code(bob).name == 2);
    pass(limits::invitation_life / 2);
    comes_back(bob);
    CHECK(asks_for_code(bob).name == 1);
}

TEST_CASE_FIXTURE(CodeTest, "the right code over another connection than the listener's is wrong")
{
    ShortCode const code = asks_for_code(bob);
    PairingCaller caller = calls_with(dora, code);
    std::array<std::byte, 32> exporter {};
    exporter.fill(std::byte {7});
    auto const says_over_tls = [&](PairStep const& step) {
        chat->handle(dora.session, {{}, step}, exporter, now, outbox);
        pass(0ms);
        disk_has_it();
    };
    says_over_tls({PairStep::Share {code.name, caller.share()}});
    auto const tag = caller.meet(answered<PairAnswer::Share>(dora).share);
    says_over_tls({PairStep::Confirm {tag.value()}});
    CHECK(hears(dora) == "bye: code_wrong");
}

TEST_SUITE_END();
