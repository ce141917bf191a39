#include "bench/wire.hpp"

#include <charconv>

namespace duet::bench {

std::uint64_t number_behind(std::string_view line, std::string_view key)
{
    auto const at = line.find(key);
    if (at == std::string_view::npos)
        return 0;
    std::uint64_t number = 0;
    std::string_view const digits = line.substr(at + key.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

void append_say(std::string& lines, std::uint64_t n, std::string_view to)
{
    lines.append(R"({"type":"say","n":)").append(std::to_string(n));
    lines.append(R"(,"to":")").append(to);
    lines.append(R"(","text":")").append(text).append("\"}\n");
}

void append_got(std::string& lines, std::uint64_t feed)
{
    lines.append(R"({"type":"got","feed":)").append(std::to_string(feed)).append("}\n");
}

} // namespace duet::bench
