#include "direct/preface.hpp"

#include "doors/lines.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace duet {

namespace {

KeyPair keys_of(int who)
{
    return key_pair_from({std::byte(who)});
}

Nonce nonce_of(int which)
{
    return {std::byte(which), std::byte(which >> 8)};
}

/// Two who come to know each other, over wires that a test may hold in its hand.
struct PrefaceTest {
    KeyPair ada = keys_of(1);
    KeyPair bob = keys_of(2);
    std::string channel = "one channel's exporter";
    Preface caller {Preface::Side::calling, ada, 8001, nonce_of(1), as_bytes(channel)};
    Preface listener {Preface::Side::listening, bob, 8000, nonce_of(2), as_bytes(channel)};
    std::string to_listener;
    std::string to_caller;

    PrefaceTest() { caller.begin(to_listener); }

    /// Gives `lines` to whom they are for, as long as a line is waited for there. True if all was taken.
    static bool carry(std::string& lines, Preface& to, std::string& answer)
    {
        while (not lines.empty() and to.waits_for_line()) {
            std::size_t const end = lines.find('\n');
            to.take(as_bytes(lines).first(end), answer);
            lines.erase(0, end + 1);
        }
        return lines.empty();
    }

    void meet()
    {
        carry(to_listener, listener, to_caller);
        carry(to_caller, caller, to_listener);
    }

    void pair_by(std::string const& secret)
    {
        meet();
        REQUIRE(caller.stage() == Preface::Stage::met);
        caller.prove_and_pair(secret, "ada", to_listener);
        carry(to_listener, listener, to_caller);
    }
};

using Stage = Preface::Stage;

} // namespace

TEST_CASE_FIXTURE(PrefaceTest, "two who know each other are done after the caller's proof")
{
    meet();
    REQUIRE(caller.stage() == Stage::met);
    CHECK(caller.identity() == bob.identity);
    CHECK(caller.port() == 8000);
    caller.prove_known(to_listener);
    carry(to_listener, listener, to_caller);
    REQUIRE(listener.stage() == Stage::known);
    CHECK(listener.identity() == ada.identity);
    CHECK(listener.port() == 8001);
    listener.accept("bob", to_caller);
    CHECK(carry(to_caller, caller, to_listener));
    CHECK(caller.stage() == Stage::done);
    CHECK(listener.stage() == Stage::done);
    CHECK(to_listener.empty());
}

TEST_CASE_FIXTURE(PrefaceTest, "two who do not are paired by the secret of a link, and learn names")
{
    pair_by("secret");
    REQUIRE(listener.stage() == Stage::asked);
    CHECK(listener.secret() == "secret");
    CHECK(listener.name() == "ada");
    listener.accept("bob", to_caller);
    carry(to_caller, caller, to_listener);
    CHECK(caller.stage() == Stage::done);
    CHECK(caller.name() == "bob");
}

TEST_CASE_FIXTURE(PrefaceTest, "who is refused is told why")
{
    pair_by("used up");
    listener.refuse(Error::secret_unknown, to_caller);
    CHECK(listener.stage() == Stage::over);
    carry(to_caller, caller, to_listener);
    CHECK(caller.stage() == Stage::over);
    CHECK(caller.was_refused());
    CHECK(caller.why() == Error::secret_unknown);
}

TEST_CASE_FIXTURE(
    PrefaceTest, "the caller says nothing of its secret to a listener without a proof")
{
    std::string forged;
    encode(PrefaceHello {1, nonce_of(2), bob.identity, 0, std::nullopt}, forged);
    carry(forged, caller, to_listener);
    CHECK(caller.stage() == Stage::over);
    CHECK(caller.why() == Error::proof_wrong);
    CHECK_FALSE(caller.was_refused());
}

TEST_CASE_FIXTURE(PrefaceTest, "a listener with another's identity is refused")
{
    carry(to_listener, listener, to_caller);
    auto const kim = keys_of(3);
    JsonReader reader;
    auto hello = std::get<PrefaceHello>(
        decode_preface(reader, as_bytes(to_caller).first(to_caller.size() - 1)).value());
    hello.identity = kim.identity;
    std::string forged;
    encode(hello, forged);
    carry(forged, caller, to_listener);
    CHECK(caller.why() == Error::proof_wrong);
}

TEST_CASE_FIXTURE(PrefaceTest, "a caller that does not hold its identity is refused")
{
    meet();
    std::string forged;
    encode(PrefaceProve {Proof {}, Pairing::none}, forged);
    carry(forged, listener, to_caller);
    CHECK(listener.stage() == Stage::over);
    CHECK(listener.why() == Error::proof_wrong);
    carry(to_caller, caller, to_listener);
}

TEST_CASE_FIXTURE(PrefaceTest, "the listener's proof is not the caller's")
{
    carry(to_listener, listener, to_caller);
    JsonReader reader;
    auto const hello = std::get<PrefaceHello>(
        decode_preface(reader, as_bytes(to_caller).first(to_caller.size() - 1)).value());
    std::string echo;
    encode(PrefaceProve {*hello.proof, Pairing::none}, echo);
    carry(echo, listener, to_caller);
    CHECK(listener.why() == Error::proof_wrong);
}

TEST_CASE_FIXTURE(PrefaceTest, "nothing of one connection is good on another")
{
    std::string const first_hello = to_listener;
    meet();
    caller.prove_known(to_listener);
    // The same caller's lines again, to a listener with a nonce of its own.
    Preface again {Preface::Side::listening, bob, 0, nonce_of(9), as_bytes(channel)};
    std::string replayed = first_hello + to_listener;
    std::string answer;
    carry(replayed, again, answer);
    CHECK(again.why() == Error::proof_wrong);
    CHECK(again.stage() == Stage::over);
}

TEST_CASE_FIXTURE(
    PrefaceTest, "two who have spoken a code are paired by it, and show it to each other")
{
    meet();
    ShortCode const code {7, 4711};
    caller.prove_and_try(code, "ada", {std::byte {1}}, to_listener);
    carry(to_listener, listener, to_caller);
    REQUIRE(listener.stage() == Stage::tried);
    CHECK(listener.code_name() == 7);
    listener.answer(code, {std::byte {2}}, to_caller);
    carry(to_caller, caller, to_listener);
    carry(to_listener, listener, to_caller);
    REQUIRE(listener.stage() == Stage::asked);
    CHECK(listener.name() == "ada");
    listener.accept("bob", to_caller);
    carry(to_caller, caller, to_listener);
    CHECK(caller.stage() == Stage::done);
    CHECK(caller.name() == "bob");
}

TEST_CASE_FIXTURE(
    PrefaceTest, "a wrong code pairs nobody, and the listener shows nothing of its own")
{
    meet();
    caller.prove_and_try({7, 4711}, "ada", {std::byte {1}}, to_listener);
    carry(to_listener, listener, to_caller);
    listener.answer({7, 4712}, {std::byte {2}}, to_caller);
    carry(to_caller, caller, to_listener);
    carry(to_listener, listener, to_caller);
    CHECK(listener.stage() == Stage::over);
    CHECK(listener.why() == Error::secret_unknown);
    carry(to_caller, caller, to_listener);
    CHECK(caller.was_refused());
    CHECK(caller.why() == Error::secret_unknown);
}

TEST_CASE_FIXTURE(PrefaceTest, "a listener who only says that the code was right is not believed")
{
    meet();
    caller.prove_and_try({7, 4711}, "ada", {std::byte {1}}, to_listener);
    std::string yes;
    encode(PrefacePaired {"bob"}, yes);
    carry(yes, caller, to_listener);
    CHECK(caller.stage() == Stage::over);
    CHECK(caller.why() == Error::secret_unknown);
}

TEST_CASE_FIXTURE(PrefaceTest, "our own hello that comes back is nobody's")
{
    Preface mirror {Preface::Side::listening, ada, 0, nonce_of(2), as_bytes(channel)};
    carry(to_listener, mirror, to_caller);
    CHECK(mirror.why() == Error::to_oneself);
}

TEST_CASE("a line out of its turn, or none at all, ends it and is told")
{
    struct Wrong {
        char const* line;
        Error why;
    };
    Proof const none {};
    std::string prove;
    encode(PrefaceProve {none, Pairing::none}, prove);
    std::string pair;
    encode(PrefacePair {"secret", "ada"}, pair);
    for (Wrong const& wrong : std::initializer_list<Wrong> {
             {prove.c_str(), Error::out_of_order},
             {pair.c_str(), Error::out_of_order},
             {"{\"type\":\"paired\",\"name\":\"kim\"}\n", Error::out_of_order},
             {"{\"type\":\"say\",\"n\":1}\n", Error::out_of_order},
             {"{\"type\":\"hello\",\"version\":1}\n", Error::field_missing},
             {"{\"type\":\"hello\",\"version\":1,\"nonce\":\"00\"}\n", Error::field_wrong},
             {"hello\n", Error::not_json},
         }) {
        PrefaceTest test;
        std::string line = wrong.line;
        PrefaceTest::carry(line, test.listener, test.to_caller);
        CHECK(test.listener.stage() == Stage::over);
        CHECK(test.listener.why() == wrong.why);
        CHECK(test.to_caller.starts_with("{\"type\":\"bye\""));
    }
}

TEST_CASE_FIXTURE(PrefaceTest, "another version is refused by both sides")
{
    std::string newer;
    encode(PrefaceHello {2, nonce_of(2), bob.identity, 0, Proof {}}, newer);
    std::string same = newer;
    carry(newer, caller, to_listener);
    CHECK(caller.why() == Error::version_unknown);
    carry(same, listener, to_caller);
    CHECK(listener.why() == Error::version_unknown);
}

TEST_CASE_FIXTURE(PrefaceTest, "a name with a control character pairs nobody")
{
    meet();
    caller.prove_and_pair("secret", "a\x1b[2Jda", to_listener);
    carry(to_listener, listener, to_caller);
    CHECK(listener.stage() == Stage::over);
    CHECK(listener.why() == Error::control_character);
}

TEST_CASE("a man in the middle is refused by both sides in 1,000 runs, and hears no secret")
{
    for (int run = 0; run < 1000; ++run) {
        KeyPair const ada = keys_of(1);
        KeyPair const bob = keys_of(2);
        // He ends the channel on both sides; each of the two has another exporter.
        std::string const to_ada = "exporter " + std::to_string(2 * run);
        std::string const to_bob = "exporter " + std::to_string(2 * run + 1);
        Preface caller {Preface::Side::calling, ada, 0, nonce_of(run), as_bytes(to_ada)};
        Preface listener {Preface::Side::listening, bob, 0, nonce_of(run + 7), as_bytes(to_bob)};
        std::string from_caller;
        std::string from_listener;
        caller.begin(from_caller);
        PrefaceTest::carry(from_caller, listener, from_listener);
        PrefaceTest::carry(from_listener, caller, from_caller);
        // What he can pass on does not prove that the listener is at the other end.
        REQUIRE(caller.stage() == Stage::over);
        REQUIRE(caller.why() == Error::proof_wrong);
        REQUIRE(from_caller.find("pair") == std::string::npos);

        // With an identity of his own he is somebody else to the caller, and has the link's secret no more.
        KeyPair const his = keys_of(3);
        Preface second {Preface::Side::calling, ada, 0, nonce_of(run), as_bytes(to_ada)};
        Preface he {Preface::Side::listening, his, 0, nonce_of(run + 9), as_bytes(to_ada)};
        from_caller.clear();
        from_listener.clear();
        second.begin(from_caller);
        PrefaceTest::carry(from_caller, he, from_listener);
        PrefaceTest::carry(from_listener, second, from_caller);
        REQUIRE(second.stage() == Stage::met);
        REQUIRE(second.identity() != bob.identity);
    }
}

TEST_CASE("of two exactly one is the scribe")
{
    for (int who = 1; who < 50; ++who) {
        Identity const one = keys_of(who).identity;
        Identity const other = keys_of(who + 100).identity;
        CHECK(is_scribe(one, other) != is_scribe(other, one));
    }
}

} // namespace duet
