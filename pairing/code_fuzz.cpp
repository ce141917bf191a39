// The law: what is read as a code, written in words or in digits, is read as the same code again.

#include "base/check.hpp"
#include "pairing/code.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using duet::ShortCode;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const code = ShortCode::parse(text);
    if (not code.has_value()) {
        duet::check(duet::sentence(code.error()) != nullptr);
        return 0;
    }
    auto const by_words = ShortCode::parse(code->words());
    duet::check(by_words.has_value());
    duet::check(*by_words == *code);
    auto const by_digits = ShortCode::parse(code->digits());
    duet::check(by_digits.has_value());
    duet::check(*by_digits == *code);
    return 0;
}
