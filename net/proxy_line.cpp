#include "net/proxy_line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace duet {

namespace {

constexpr std::size_t line_most = 107; // with its end
constexpr std::string_view begin = "PROXY ";
constexpr std::string_view unknown = "UNKNOWN";

/// The words of a line, one space between each two.
std::array<std::string_view, 5> words_of(std::string_view line, bool& are_five)
{
    std::array<std::string_view, 5> words;
    std::size_t count = 0;
    bool is_last = false;
    while (count < words.size() and not is_last) {
        auto const end = line.find(' ');
        is_last = end == std::string_view::npos;
        words[count++] = line.substr(0, end);
        line.remove_prefix(is_last ? line.size() : end + 1);
    }
    are_five = is_last and count == words.size();
    return words;
}

std::optional<std::uint16_t> port_in(std::string_view text)
{
    std::uint16_t port = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    bool const is_all = error == std::errc() and end == text.data() + text.size();
    return is_all ? std::optional(port) : std::nullopt;
}

std::optional<Address> address_of(bool is_fourth, std::string_view text, std::string_view port)
{
    std::array<std::byte, 16> bytes {};
    auto const number = port_in(port);
    int const family = is_fourth ? AF_INET : AF_INET6;
    if (not number.has_value() or ::inet_pton(family, std::string(text).c_str(), bytes.data()) != 1)
        return std::nullopt;
    return Address::internet(Bytes(bytes).first(is_fourth ? 4 : 16), *number);
}

Result<ProxyLine> read_whole(std::string_view line)
{
    if (line.starts_with(unknown))
        return ProxyLine {std::nullopt, 0};
    bool are_five = false;
    auto const words = words_of(line, are_five);
    bool const is_fourth = words[0] == "TCP4";
    if (not are_five or (not is_fourth and words[0] != "TCP6"))
        return fail(Error::proxy_header_wrong);
    auto const caller = address_of(is_fourth, words[1], words[3]);
    auto const own = address_of(is_fourth, words[2], words[4]);
    if (not caller.has_value() or not own.has_value())
        return fail(Error::proxy_header_wrong);
    return ProxyLine {caller, 0};
}

} // namespace

Result<std::optional<ProxyLine>> read_proxy_line(Bytes input)
{
    std::string_view const text = as_text(input).substr(0, line_most);
    auto const said = text.substr(0, begin.size());
    if (said != begin.substr(0, said.size()))
        return fail(Error::proxy_header_wrong);
    auto const end = text.find("\r\n");
    if (end == std::string_view::npos and text.size() == line_most)
        return fail(Error::proxy_header_wrong);
    if (end == std::string_view::npos)
        return std::nullopt;
    ProxyLine line = TRY(read_whole(text.substr(begin.size(), end - begin.size())));
    line.used = end + 2;
    return line;
}

} // namespace duet
