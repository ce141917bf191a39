#include "pairing/link.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace duet {

namespace {

constexpr std::string_view duet_scheme = "duet://";
constexpr std::string_view web_scheme = "https://";
constexpr std::size_t hash_letters = 43;
constexpr std::size_t place_bytes_max = 255 + 8; // a name, brackets, a colon and a port
constexpr std::size_t secret_bytes_max = 64;
constexpr int base64url = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string_view without_blanks(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool begins_with_scheme(std::string_view text, std::string_view scheme)
{
    auto const small = [](char letter) {
        return letter >= 'A' and letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    };
    return std::ranges::equal(text.substr(0, scheme.size()), scheme, {}, small);
}

/// A host's letters, with the colon and the brackets of an address; whether somebody is there is for
/// net/endpoint.hpp and the network to say.
bool is_of_place(char letter)
{
    return (letter >= 'a' and letter <= 'z') or (letter >= 'A' and letter <= 'Z')
        or (letter >= '0' and letter <= '9')
        or std::string_view("-._:[]%").find(letter) != std::string_view::npos;
}

bool is_of_secret(char letter)
{
    return (letter >= 'a' and letter <= 'z') or (letter >= '0' and letter <= '9');
}

bool is_port(std::string_view text)
{
    return not text.empty() and text.size() <= 5
        and std::ranges::all_of(text, [](char letter) { return letter >= '0' and letter <= '9'; });
}

/// The place with its port.
Result<std::string> place_in(std::string_view text, std::string_view usual_port)
{
    bool const is_bracketed = text.starts_with('[');
    auto const host_end = is_bracketed ? text.find(']') : text.find(':');
    bool const is_good = not text.empty() and text.size() <= place_bytes_max
        and std::ranges::all_of(text, is_of_place) and host_end > 0
        and (not is_bracketed or (host_end != std::string_view::npos and host_end > 1));
    if (not is_good)
        return fail(Error::link_malformed);
    std::size_t const host_bytes = std::min(text.size(), is_bracketed ? host_end + 1 : host_end);
    std::string_view const host = text.substr(0, host_bytes);
    std::string_view const behind = text.substr(host_bytes);
    if (not is_bracketed and host.find_first_of("[]%") != std::string_view::npos)
        return fail(Error::link_malformed);
    if (not behind.empty() and (behind.front() != ':' or not is_port(behind.substr(1))))
        return fail(Error::link_malformed);
    std::string_view const port = behind.empty() ? usual_port : behind.substr(1);
    return std::string(host) + ':' + std::string(port);
}

} // namespace

Result<IdentityHash> identity_hash_in(std::string_view text)
{
    IdentityHash hash {};
    std::size_t bytes = 0;
    if (text.size() != hash_letters
        or ::sodium_base642bin(reinterpret_cast<std::uint8_t*>(hash.data()), hash.size(),
               text.data(), text.size(), nullptr, &bytes, nullptr, base64url)
            != 0
        or bytes != hash.size())
        return fail(Error::link_malformed);
    return hash;
}

std::string text_of(IdentityHash const& hash)
{
    std::array<char, hash_letters + 1> text {};
    ::sodium_bin2base64(text.data(), text.size(),
        reinterpret_cast<std::uint8_t const*>(hash.data()), hash.size(), base64url);
    return {text.data(), hash_letters};
}

bool looks_like_link(std::string_view text)
{
    std::string_view const word = without_blanks(text);
    return begins_with_scheme(word, duet_scheme) or begins_with_scheme(word, web_scheme);
}

Result<Link> Link::parse(std::string_view text)
{
    std::string_view rest = without_blanks(text);
    bool const is_web = begins_with_scheme(rest, web_scheme);
    if (not is_web and not begins_with_scheme(rest, duet_scheme))
        return fail(Error::link_malformed);
    rest.remove_prefix(is_web ? web_scheme.size() : duet_scheme.size());
    auto const end_of_place = rest.find_first_of("/#");
    auto const hash_at = rest.find('#');
    if (hash_at == std::string_view::npos or hash_at - end_of_place > 1)
        return fail(Error::link_malformed);
    std::string place = TRY(place_in(rest.substr(0, end_of_place), is_web ? "443" : "8000"));
    rest.remove_prefix(hash_at + 1);
    auto const dot = rest.find('.');
    if (dot == std::string_view::npos)
        return fail(Error::link_malformed);
    IdentityHash const hash = TRY(identity_hash_in(rest.substr(0, dot)));
    std::string_view const secret = rest.substr(dot + 1);
    if (secret.empty() or secret.size() > secret_bytes_max
        or not std::ranges::all_of(secret, is_of_secret))
        return fail(Error::link_malformed);
    return Link {std::move(place), hash, std::string(secret)};
}

std::string Link::text() const
{
    return std::string(duet_scheme) + place + "/#" + text_of(hash) + '.' + secret;
}

std::string Link::web_text() const
{
    return std::string(web_scheme) + place + "/#" + text_of(hash) + '.' + secret;
}

} // namespace duet
