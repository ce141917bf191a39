#include "console/standard_streams.hpp"

#include "console/words.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>

namespace duet {

namespace {

bool is_open(int number)
{
    return ::fcntl(number, F_GETFD) >= 0;
}

} // namespace

bool standard_streams_are_open()
{
    bool const can_show = is_open(STDOUT_FILENO);
    // open gives the lowest free number, so each of the three is filled in its turn.
    for (int const number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (not is_open(number) and ::open("/dev/null", O_RDWR) < 0)
            return false;
    }
    if (not can_show)
        std::fputs(
            (tr("Standard output is closed: what is heard could not be shown.") + '\n').c_str(),
            stderr);
    return can_show;
}

void write_to_standard_error(std::string_view text)
{
    while (not text.empty()) {
        ssize_t const bytes = ::write(STDERR_FILENO, text.data(), text.size());
        if (bytes < 0 and errno != EINTR)
            return;
        if (bytes > 0)
            text.remove_prefix(static_cast<std::size_t>(bytes));
    }
}

} // namespace duet
