#include "doors/http_request.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cctype>

namespace duet {

namespace {

bool is_letter(char c)
{
    return c >= 'A' and c <= 'Z';
}

bool is_printable(char c)
{
    return c > ' ' and c < '\x7F';
}

/// RFC 9110, section 5.6.2.
bool is_token(char c)
{
    constexpr std::string_view signs = "!#$%&'*+-.^_`|~";
    bool const is_digit = c >= '0' and c <= '9';
    return is_digit or is_letter(c) or (c >= 'a' and c <= 'z')
        or signs.find(c) != std::string_view::npos;
}

/// A tab, and all but the other control characters; what is above ASCII is anybody's guess.
bool may_be_in_value(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return c == '\t' or (byte >= ' ' and byte != 0x7F);
}

bool is_name(std::string_view name, std::string_view wanted)
{
    return std::ranges::equal(name, wanted, [](char one, char other) {
        return std::tolower(static_cast<unsigned char>(one)) == other;
    });
}

class Head {
public:
    explicit Head(std::string_view rest) : rest_(rest) { }

    /// The next line without its end; nullopt if that is not there yet.
    std::optional<std::string_view> line()
    {
        auto const end = rest_.find('\n');
        if (end == std::string_view::npos)
            return std::nullopt;
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        used_ += end + 1;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        return line;
    }

    [[nodiscard]] std::size_t used() const { return used_; }

private:
    std::string_view rest_;
    std::size_t used_ = 0;
};

bool read_first_line(std::string_view line, HttpRequest& request)
{
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if (first == std::string_view::npos or first == last)
        return false;
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    std::string_view const version = line.substr(last + 1);
    return not request.method.empty() and std::ranges::all_of(request.method, is_letter)
        and not request.target.empty() and std::ranges::all_of(request.target, is_printable)
        and (version == "HTTP/1.1" or version == "HTTP/1.0");
}

bool read_field(std::string_view line, HttpRequest& request)
{
    auto const colon = line.find(':');
    if (colon == std::string_view::npos or colon == 0)
        return false;
    std::string_view const name = line.substr(0, colon);
    request.has_body |= is_name(name, "content-length") or is_name(name, "transfer-encoding");
    return std::ranges::all_of(name, is_token)
        and std::ranges::all_of(line.substr(colon + 1), may_be_in_value);
}

} // namespace

Result<std::optional<HttpRequest>> read_http_request(Bytes input)
{
    std::string_view const text = as_text(input);
    Head head(text.substr(0, limits::http_head_bytes_max));
    HttpRequest request {};
    bool is_first = true;
    while (auto const line = head.line()) {
        if (line->empty() and not is_first) {
            request.used = head.used();
            return request;
        }
        bool const is_good =
            is_first ? read_first_line(*line, request) : read_field(*line, request);
        if (not is_good)
            return fail(Error::http_malformed);
        is_first = false;
    }
    if (text.size() >= limits::http_head_bytes_max)
        return fail(Error::http_head_too_long);
    return std::nullopt;
}

} // namespace duet
