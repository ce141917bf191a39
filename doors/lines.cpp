#include "doors/lines.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace duet {

namespace {

/// True if what has come, without its \n, can no longer become a line that is short enough.
bool is_hopeless(std::string_view begun, std::size_t most)
{
    if (begun.size() <= most)
        return false;
    return begun.size() > most + 1 or begun.back() != '\r'; // the \r may be part of the end
}

Result<std::optional<Line>> checked(std::string_view text, std::size_t used, std::size_t bytes_max)
{
    if (text.size() > bytes_max)
        return fail(Error::line_too_long);
    if (not is_utf8(as_bytes(text)))
        return fail(Error::not_utf8);
    return Line {text, used};
}

char lower(char letter)
{
    return letter >= 'A' and letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_token_letter(char letter)
{
    return letter >= 'A' and letter <= 'Z';
}

/// "/path", "*", "host:443", "http://host/": nobody who says "I like HTTP/1.1" means these.
bool is_request_target(std::string_view text)
{
    return text.starts_with('/') or text == "*" or text.find(':') != std::string_view::npos;
}

} // namespace

Result<std::optional<Line>> next_line(Bytes input, std::size_t bytes_max)
{
    std::string_view const text = as_text(input);
    std::size_t const end = text.find('\n');
    if (end == std::string_view::npos) {
        if (is_hopeless(text, bytes_max))
            return fail(Error::line_too_long);
        return std::nullopt;
    }
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return checked(line, end + 1, bytes_max);
}

Result<std::optional<Line>> last_line(Bytes input)
{
    if (input.empty())
        return std::nullopt;
    return checked(as_text(input), input.size(), limits::line_bytes_max);
}

void append_line(std::string& output, std::string_view text)
{
    output += text;
    output += '\n';
}

bool is_quit(std::string_view text)
{
    constexpr std::string_view quit = "quit";
    return std::ranges::equal(text, quit, {}, lower);
}

bool is_http_request(std::string_view text)
{
    std::size_t const method = text.find(' ');
    if (method == std::string_view::npos or method == 0)
        return false;
    std::size_t const version = text.rfind(' ');
    return version > method and text.substr(version + 1).starts_with("HTTP/")
        and std::ranges::all_of(text.substr(0, method), is_token_letter)
        and is_request_target(text.substr(method + 1, version - method - 1));
}

} // namespace duet
