#include "pairing/pairing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

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

/// Bytes that count up from `first`.
template <typename Array>
Array counted(unsigned first)
{
    Array array;
    for (std::byte& byte : array)
        byte = static_cast<std::byte>(first++);
    return array;
}

std::string hex(Bytes bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::byte const byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte {15})];
    }
    return text;
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

TEST_CASE("the example of docs/protocol.md is what is calculated")
{
    KeyPair const server = key_pair_from(counted<std::array<std::byte, 32>>(32));
    PairingChannel const example {
        std::nullopt, server.identity, counted<Nonce>(0xA0), counted<Nonce>(0xB0), exporter};
    ShortCode const spoken = ShortCode::parse("7-sunset-guitar").value();
    CHECK(spoken.digits() == "7-0875-0388");
    PairingCaller caller(spoken, example, counted<PairingRandom>(0x40));
    PairingListener const listener(spoken, example, caller.share(), counted<PairingRandom>(0x60));
    CHECK(hex(PairingTerms(spoken, example).input().channel)
        == "0b647565742f312070616972002029acbae141bccaf0b22e1a94d34d0bc7361e"
           "526d0bfe12c89794bc9322966dd720eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
           "eeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
    CHECK(
        hex(caller.share()) == "0a137e60a008947c17702f3735adeff94d8e031a4bd3580e36269b0b85cc4648");
    CHECK(hex(listener.share())
        == "06ff599510162b80923f042280174275107090487c8507d96e63bbf1383ac008");
    auto const tag = caller.meet(listener.share());
    CHECK(hex(tag.value())
        == "973a6ae34b3968e92512cd083d682d1f1c45ffc57556dd6eff890b3b1d9b02a7"
           "f0a7a09490e539e46f6f8fed686bd721566723707c5e00d949c3f5aa67a489f9");
    CHECK(hex(listener.answer(*tag).value())
        == "2ffc7d61fa0306160e44007fbdea87349a52fd619fc1aa061e769aa08d49a9b9"
           "a484be4dcea72c5046eea039afd220e09de6678a7c03f58adac1185901ac0bf6");
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

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DUET_SLOW_BUILD
#endif
#endif

TEST_CASE("a man in the middle who guesses finds no more codes than the stated odds allow")
{
#ifdef DUET_SLOW_BUILD
    constexpr std::uint32_t tries = 2'000;
#else
    constexpr std::uint32_t tries = 100'000;
#endif
    // For each code five guesses with the listener and one with the caller: at most 6 in 2^20.
    constexpr std::uint32_t guesses_a_code = 6;
    std::atomic<std::uint32_t> found = 0;
    std::atomic<std::uint32_t> mistaken = 0;
    auto const guess_codes = [&](std::uint32_t first, std::uint32_t step) {
        for (std::uint32_t i = first; i < tries; i += step) {
            std::uint32_t const which = i / guesses_a_code;
            ShortCode const truth {7, which * 2'654'435'761u >> 12};
            ShortCode const guess {7, (which * 40'503u + i) % ShortCode::secret_count};
            bool const is_with_caller = i % guesses_a_code == 0;
            Outcome const outcome = is_with_caller ? run(truth, channel(), guess, channel(), i)
                                                   : run(guess, channel(), truth, channel(), i);
            found += outcome.listener_is_sure ? 1u : 0u;
            mistaken += outcome.listener_is_sure == (guess == truth) ? 0u : 1u;
        }
    };
    {
        std::uint32_t const step = std::max(1u, std::thread::hardware_concurrency());
        std::vector<std::jthread> threads;
        for (std::uint32_t first = 0; first < step; ++first)
            threads.emplace_back(guess_codes, first, step);
    }
    CHECK(mistaken == 0);
    // 0.1 are expected of 100,000; more than three come once in 260,000 such tests.
    CHECK(found <= 3);
}

TEST_SUITE_END();
