#include "terminal/order_text.hpp"

#include "base/limits.hpp"
#include "base/result.hpp"
#include "client/duet.hpp"
#include "console/words.hpp"
#include "terminal/showing.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace duet {

namespace {

/// Reads to the end, or until there is more than may be said anyway.
std::expected<std::string, std::string> read_standard_input()
{
    std::string text;
    std::array<char, 4096> block {};
    while (text.size() <= limits::text_bytes_max + 1) {
        ssize_t const bytes = ::read(STDIN_FILENO, block.data(), block.size());
        if (bytes < 0 and errno == EINTR)
            continue;
        if (bytes < 0)
            return fail(std::string(std::strerror(errno)));
        if (bytes == 0)
            break;
        text.append(block.data(), static_cast<std::size_t>(bytes));
    }
    if (text.ends_with('\n'))
        text.pop_back();
    return text;
}

} // namespace

std::expected<std::string, std::string> text_to_say(std::optional<std::string> const& given)
{
    std::string const text =
        given.has_value() and * given != "-" ? *given : TRY(read_standard_input());
    if (auto const why = why_not_said(text); why.has_value())
        return fail(fill(tr("Not sent: {0}"), {failure_in_words(*why)}));
    return text;
}

} // namespace duet
