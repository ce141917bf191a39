#include "net/endpoint.hpp"

#include <sys/un.h>

#include <algorithm>
#include <charconv>

namespace duet {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::size_t host_bytes_max = 255; // RFC 1035, section 2.3.4; no address is longer

bool is_digits(std::string_view text)
{
    return not text.empty()
        and std::ranges::all_of(text, [](char letter) { return letter >= '0' and letter <= '9'; });
}

Result<std::uint16_t> parse_port(std::string_view text)
{
    if (not is_digits(text))
        return fail(Error::port_not_a_number);
    std::uint16_t port = 0;
    auto const end = text.data() + text.size();
    auto const [stopped, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() or stopped != end)
        return fail(Error::port_out_of_range);
    return port;
}

Result<Endpoint> with_host(std::string_view host)
{
    if (host.size() > host_bytes_max)
        return fail(Error::host_too_long);
    // Neither a name nor an address has brackets of its own.
    if (host.find_first_of("[]") != std::string_view::npos)
        return fail(Error::bracket_not_closed);
    Endpoint endpoint;
    endpoint.host = host;
    return endpoint;
}

Result<Endpoint> with_host_and_port(std::string_view host, std::string_view port)
{
    Endpoint endpoint = TRY(with_host(host));
    endpoint.port = TRY(parse_port(port));
    return endpoint;
}

Result<Endpoint> with_path(std::string_view path)
{
    if (path.empty())
        return fail(Error::path_missing);
    if (path.size() > path_bytes_max or path.find('\0') != std::string_view::npos)
        return fail(Error::path_too_long);
    Endpoint endpoint;
    endpoint.path = path;
    return endpoint;
}

/// "[::1]" or "[::1]:8000"
Result<Endpoint> with_brackets(std::string_view text)
{
    std::size_t const close = text.find(']');
    if (close == std::string_view::npos)
        return fail(Error::bracket_not_closed);
    std::string_view const host = text.substr(1, close - 1);
    std::string_view const rest = text.substr(close + 1);
    if (rest.empty())
        return with_host(host);
    if (rest.front() != ':')
        return fail(Error::port_not_a_number);
    return with_host_and_port(host, rest.substr(1));
}

} // namespace

Result<Endpoint> Endpoint::parse(std::string_view text)
{
    if (text.empty())
        return Endpoint();
    if (text.starts_with(unix_prefix))
        return with_path(text.substr(unix_prefix.size()));
    if (text.front() == '[')
        return with_brackets(text);
    // To the system "8000" is the address 0.0.31.64, and to nobody else.
    if (is_digits(text))
        return fail(Error::port_alone);

    std::size_t const first = text.find(':');
    if (first == std::string_view::npos)
        return with_host(text);
    if (text.find(':', first + 1) != std::string_view::npos)
        return with_host(text); // an IPv6 address without brackets leaves no room for a port
    return with_host_and_port(text.substr(0, first), text.substr(first + 1));
}

std::string Endpoint::text() const
{
    if (is_unix())
        return std::string(unix_prefix) + path;
    // A host may be called "unix", too.
    bool const needs_brackets = host.find(':') != std::string::npos or host == "unix";
    return (needs_brackets ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

} // namespace duet
