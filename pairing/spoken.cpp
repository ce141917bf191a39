#include "pairing/spoken.hpp"

namespace duet {

namespace {

/// Beyond ASCII, in UTF-8: what programs that mean well make of a dash or a space.
constexpr std::string_view wide_separators[] = {
    "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\u00A0", "\u3000"};

/// The bytes of the separator that `text` begins with; 0 if it begins with none.
std::size_t separator_bytes(std::string_view text)
{
    constexpr std::string_view narrow = " \t\r\n-_.,";
    if (narrow.find(text.front()) != std::string_view::npos)
        return 1;
    for (std::string_view const wide : wide_separators) {
        if (text.starts_with(wide))
            return wide.size();
    }
    return 0;
}

} // namespace

std::vector<std::string> spoken_parts(std::string_view text)
{
    std::vector<std::string> parts;
    bool is_inside = false;
    while (not text.empty()) {
        if (std::size_t const bytes = separator_bytes(text); bytes > 0) {
            text.remove_prefix(bytes);
            is_inside = false;
            continue;
        }
        if (not is_inside)
            parts.emplace_back();
        is_inside = true;
        char const letter = text.front();
        parts.back() += letter >= 'A' and letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
        text.remove_prefix(1);
    }
    return parts;
}

} // namespace duet
