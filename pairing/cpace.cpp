#include "pairing/cpace.hpp"

#include "base/check.hpp"

#include <sodium.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

namespace {

static_assert(sizeof(CpaceShare) == crypto_core_ristretto255_BYTES);
static_assert(sizeof(CpaceKey) == crypto_hash_sha512_BYTES);
static_assert(sizeof(CpaceTag) == crypto_auth_hmacsha512_BYTES);

constexpr std::string_view group = "CPaceRistretto255";
constexpr std::string_view group_for_key = "CPaceRistretto255_ISK";
constexpr std::size_t hash_block_bytes = 128; // of SHA-512
constexpr std::size_t text_bytes_max = 1024;

using Digest = std::array<std::byte, crypto_hash_sha512_BYTES>;

template <typename Array>
std::uint8_t const* octets(Array const& array)
{
    return reinterpret_cast<std::uint8_t const*>(array.data());
}

template <typename Array>
std::uint8_t* octets(Array& array)
{
    return reinterpret_cast<std::uint8_t*>(array.data());
}

/// What is hashed: wiped when it is done with. Its room is taken beforehand, since what grows leaves
/// copies behind.
class SecretText {
public:
    SecretText() { text_.reserve(text_bytes_max); }
    ~SecretText() { ::sodium_memzero(text_.data(), text_.size()); }
    SecretText(SecretText const&) = delete;
    SecretText& operator=(SecretText const&) = delete;

    SecretText& add(Bytes bytes)
    {
        check(text_.size() + bytes.size() <= text_bytes_max);
        text_ += as_text(bytes);
        return *this;
    }

    /// The draft's prepend_len: the length in LEB128, then the bytes.
    SecretText& add_counted(Bytes bytes)
    {
        std::size_t rest = bytes.size();
        for (; rest >= 128; rest /= 128)
            text_ += static_cast<char>(rest % 128 + 128);
        text_ += static_cast<char>(rest);
        return add(bytes);
    }

    [[nodiscard]] std::string const& text() const { return text_; }

    [[nodiscard]] Digest hash() const
    {
        Digest digest;
        ::crypto_hash_sha512(octets(digest), octets(text_), text_.size());
        return digest;
    }

private:
    std::string text_;
};

CpaceTag tag_of(Digest const& key, CpaceShare const& share, Bytes data)
{
    SecretText said;
    said.add_counted(share).add_counted(data);
    CpaceTag tag;
    crypto_auth_hmacsha512_state state;
    ::crypto_auth_hmacsha512_init(&state, octets(key), key.size());
    ::crypto_auth_hmacsha512_update(&state, octets(said.text()), said.text().size());
    ::crypto_auth_hmacsha512_final(&state, octets(tag));
    ::sodium_memzero(&state, sizeof state);
    return tag;
}

} // namespace

bool is_cpace_share(CpaceShare const& share)
{
    // libsodium 1.0.18 does not look at the highest bit, which no encoding has set (RFC 9496).
    bool const is_element = (share.back() & std::byte {0x80}) == std::byte {0}
        and ::crypto_core_ristretto255_is_valid_point(octets(share)) == 1;
    bool const is_neutral = ::sodium_is_zero(octets(share), share.size()) == 1;
    return is_element and not is_neutral;
}

CpaceShare cpace_generator(Bytes password, Bytes channel, Bytes session)
{
    SecretText text;
    text.add_counted(as_bytes(group)).add_counted(password);
    // Fills the hash's first block, so that how long hashing takes does not tell of the password.
    std::array<std::byte, hash_block_bytes> const zeros {};
    std::size_t const used = text.text().size() + 1;
    text.add_counted(Bytes(zeros).first(used < zeros.size() ? zeros.size() - used : 0));
    text.add_counted(channel).add_counted(session);

    Digest digest = text.hash();
    CpaceShare generator;
    ::crypto_core_ristretto255_from_hash(octets(generator), octets(digest));
    ::sodium_memzero(digest.data(), digest.size());
    return generator;
}

Cpace::Cpace(Role role, CpaceInput const& input, std::array<std::byte, 32> const& random)
    : role_(role), scalar_(random)
{
    // The draft's sample_scalar: 252 bits, which are less than the group's order.
    scalar_.back() &= std::byte {0x0F};
    CpaceShare generator = cpace_generator(input.password, input.channel, input.session);
    int const result =
        ::crypto_scalarmult_ristretto255(octets(share_), octets(scalar_), octets(generator));
    check(result == 0); // unless all random bytes are 0, or the hash hit the one neutral element
    ::sodium_memzero(generator.data(), generator.size());
}

Cpace::~Cpace()
{
    ::sodium_memzero(scalar_.data(), scalar_.size());
}

std::optional<Cpace::Keys> Cpace::meet(CpaceShare const& theirs, CpaceInput const& input) const
{
    CpaceShare secret_point;
    if (not is_cpace_share(theirs)
        or ::crypto_scalarmult_ristretto255(octets(secret_point), octets(scalar_), octets(theirs))
            != 0)
        return std::nullopt;
    bool const is_initiator = role_ == Role::initiator;
    CpaceShare const& initiators = is_initiator ? share_ : theirs;
    CpaceShare const& responders = is_initiator ? theirs : share_;

    SecretText text;
    text.add_counted(as_bytes(group_for_key)).add_counted(input.session);
    text.add_counted(secret_point);
    text.add_counted(initiators).add_counted(input.initiator_data);
    text.add_counted(responders).add_counted(input.responder_data);
    Keys keys {};
    keys.key = text.hash();
    ::sodium_memzero(secret_point.data(), secret_point.size());

    SecretText for_tags;
    for_tags.add(as_bytes("CPaceMac")).add(input.session).add(keys.key);
    Digest tag_key = for_tags.hash();
    keys.initiators = tag_of(tag_key, initiators, input.initiator_data);
    keys.responders = tag_of(tag_key, responders, input.responder_data);
    ::sodium_memzero(tag_key.data(), tag_key.size());
    return keys;
}

bool is_same_tag(CpaceTag const& one, CpaceTag const& other)
{
    return ::sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace duet
