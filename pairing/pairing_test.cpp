#include "pairing/pairing.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace duet;

namespace {

PairingRandom random_of(std::uint64_t seed)
{
    PairingRandom random {};
    for (std::byte& byte : random) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        byte = static_cast<std::byte>(seed >> 56);
    }
    return random;
}

template <typename Array>
Array filled(unsigned value)
{
    Array array;
    array.fill(static_cast<std::byte>(value));
    return array;
}

using Exporter = std::array<std::byte, 32>;

ShortCode const code {7, 123'456};
Exporter const exporter = filled<Exporter>(0xEE);

PairingChannel channel()
{
    return {std::nullopt, filled<Identity>(1), filled<Nonce>(2), filled<Nonce>(3), exporter};
}

/// Whether a caller and a listener, each with what it takes for the truth, find each other.
struct Outcome {
    bool listener_is_sure = false;
    bool caller_is_sure = false;
};

Outcome run(ShortCode const& callers_code, PairingChannel const& callers_channel,
    ShortCode const& listeners_code, PairingChannel const& listeners_channel,
    std::uint64_t seed = 1)
{
    PairingCaller caller(callers_code, callers_channel, random_of(2 * seed));
    PairingListener const listener(
        listeners_code, listeners_channel, caller.share(), random_of(2 * seed + 1));
    auto const tag = caller.meet(listener.share());
    REQUIRE(tag.has_value());
    auto const answer = listener.answer(*tag);
    return {answer.has_value(), answer.has_value() and caller.is_shown_by(*answer)};
}

Outcome run_over(PairingChannel const& callers, PairingChannel const& listeners)
{
    return run(code, callers, code, listeners);
}

} // namespace

TEST_SUITE_BEGIN("pairing");

TEST_CASE("two who know the same code over the same connection find each other")
{
    auto const [listener, caller] = run_over(channel(), channel());
    CHECK(listener);
    CHECK(caller);
}

TEST_CASE("another code is found out, whichever part of it differs")
{
    for (ShortCode const& other :
        {ShortCode {7, 123'457}, ShortCode {7, 123'456 ^ 1 << 19}, ShortCode {8, 123'456}})
        CHECK_FALSE(run(other, channel(), code, channel()).listener_is_sure);
}

TEST_CASE("the right code over two connections is worth nothing: a man in the middle has two")
{
    Exporter const others = filled<Exporter>(0xDD);
    PairingChannel other = channel();
    other.exporter = others;
    CHECK_FALSE(run_over(other, channel()).listener_is_sure);
    other = channel();
    other.exporter = {};
    CHECK_FALSE(run_over(other, channel()).listener_is_sure);
    other = channel();
    other.listener = filled<Identity>(9);
    CHECK_FALSE(run_over(other, channel()).listener_is_sure);
    other = channel();
    other.caller = filled<Identity>(9);
    CHECK_FALSE(run_over(other, channel()).listener_is_sure);
    other = channel();
    other.caller_nonce = filled<Nonce>(9);
    CHECK_FALSE(run_over(other, channel()).listener_is_sure);
    other = channel();
    other.listener_nonce = filled<Nonce>(9);
    CHECK_FALSE(run_over(other, channel()).listener_is_sure);
}

TEST_CASE("a caller whose own words are sent back to it believes none of them")
{
    PairingCaller caller(code, channel(), random_of(1));
    auto const tag = caller.meet(caller.share());
    REQUIRE(tag.has_value());
    CHECK_FALSE(caller.is_shown_by(*tag));
}

TEST_CASE("a caller believes nobody before it has met a share, and no share that is none")
{
    PairingCaller caller(code, channel(), random_of(1));
    CHECK_FALSE(caller.is_shown_by(CpaceTag {}));
    CHECK_FALSE(caller.meet(CpaceShare {}).has_value());
    CHECK_FALSE(caller.meet(filled<CpaceShare>(0xFF)).has_value());
    CHECK_FALSE(caller.is_shown_by(CpaceTag {}));
}

TEST_CASE(
    "nothing that goes over the wire tells codes apart: another run of the same code is another")
{
    PairingCaller const one(code, channel(), random_of(1));
    PairingCaller const other(code, channel(), random_of(2));
    CHECK(one.share() != other.share());
}

TEST_CASE("a guess is right exactly as often as it is the code")
{
    std::size_t found = 0;
    std::size_t right = 0;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        // Of 32 codes, so that some guesses hit.
        ShortCode const guess {7, i * 2'654'435'761u >> 27};
        ShortCode const truth {7, i * 40'503u % 32};
        found += std::size_t {guess == truth};
        right += std::size_t {run(guess, channel(), truth, channel(), i).listener_is_sure};
    }
    CHECK(found > 30);
    CHECK(right == found);
}

TEST_SUITE_END();
