// The laws: every 16 bytes make a phrase that is its own normal form, and a normal form stays as it is.

#include "base/check.hpp"
#include "pairing/phrase.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    std::array<std::byte, 16> random {};
    std::transform(data, data + std::min(size, random.size()), random.begin(),
        [](std::uint8_t octet) { return std::byte {octet}; });
    std::string const phrase = duet::phrase_of(random);
    auto const made = duet::normal_phrase(phrase);
    duet::check(made.has_value());
    duet::check(*made == phrase);

    auto const typed = duet::normal_phrase(text);
    if (typed.has_value()) {
        auto const again = duet::normal_phrase(*typed);
        duet::check(again.has_value());
        duet::check(*again == *typed);
    } else {
        duet::check(duet::sentence(typed.error()) != nullptr);
    }
    return 0;
}
