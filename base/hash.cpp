#include "base/hash.hpp"

#include "base/check.hpp"

#include <sodium.h>

#include <cstdint>

namespace duet {

namespace {

template <std::size_t size>
std::array<std::byte, size> hash(std::initializer_list<std::string_view> texts)
{
    crypto_generichash_state state;
    check(::crypto_generichash_init(&state, nullptr, 0, size) == 0);
    for (std::string_view const text : texts) {
        std::uint64_t const length = text.size();
        ::crypto_generichash_update(
            &state, reinterpret_cast<std::uint8_t const*>(&length), sizeof length);
        ::crypto_generichash_update(
            &state, reinterpret_cast<std::uint8_t const*>(text.data()), text.size());
    }
    std::array<std::byte, size> result;
    check(::crypto_generichash_final(&state, reinterpret_cast<std::uint8_t*>(result.data()), size)
        == 0);
    return result;
}

} // namespace

std::array<std::byte, 16> hash_128(std::initializer_list<std::string_view> texts)
{
    return hash<16>(texts);
}

std::array<std::byte, 32> hash_256(std::initializer_list<std::string_view> texts)
{
    return hash<32>(texts);
}

std::array<std::byte, 32> sha_256(Bytes bytes)
{
    std::array<std::byte, 32> result;
    static_assert(sizeof result == crypto_hash_sha256_BYTES);
    check(::crypto_hash_sha256(reinterpret_cast<std::uint8_t*>(result.data()),
              reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size())
        == 0);
    return result;
}

} // namespace duet
