#include "console/output.hpp"

#include "base/limits.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace duet {

namespace {

/// The same pipe or terminal, with flags of its own. Not open if that may not be.
Descriptor open_again(int number)
{
    std::string const path = "/proc/self/fd/" + std::to_string(number);
    return Descriptor(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

} // namespace

Output::Output(Loop& loop, int number, OutputHandler& handler)
    : loop_(loop), handler_(handler), lent_(number), number_(number), kind_(Kind::file)
{
    struct stat status {};
    if (::fstat(number, &status) != 0)
        return; // it is closed, and the first write will say so
    if (S_ISSOCK(status.st_mode)) {
        kind_ = Kind::socket;
    } else if (S_ISFIFO(status.st_mode) or ::isatty(number) == 1) {
        own_ = open_again(number);
        kind_ = own_.is_open() ? Kind::ours : Kind::shared;
        number_ = own_.is_open() ? own_.number() : number;
    }
}

Output::~Output()
{
    watch(false);
}

void Output::write(std::string_view text)
{
    backlog_.append(as_bytes(text));
}

void Output::flush()
{
    // While it is watched it has no room: it will tell when it has.
    if (not is_watched_ and not has_failed_ and not backlog_.empty())
        write_and_tell();
    else if (is_finishing_ and backlog_.empty())
        write_what_fits();
}

void Output::flush_to_the_end()
{
    while (not has_failed_ and not backlog_.empty()) {
        pollfd entry {.fd = number_, .events = POLLOUT, .revents = 0};
        auto const silence = static_cast<int>(limits::drain_silence_max.count());
        if (::poll(&entry, 1, silence) == 0)
            return fail(ETIMEDOUT);
        write_what_fits();
    }
}

void Output::ready(Tag, Ready)
{
    write_and_tell();
}

void Output::write_and_tell()
{
    std::size_t const before = backlog_.size();
    write_what_fits();
    if (backlog_.size() < before and not has_failed_)
        handler_.output_left();
}

ssize_t Output::write_some(Bytes bytes) const
{
    switch (kind_) {
    case Kind::ours:
    case Kind::file:
        return ::write(number_, bytes.data(), bytes.size());
    case Kind::socket:
        return ::send(number_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    case Kind::shared:
        pollfd entry {.fd = number_, .events = POLLOUT, .revents = 0};
        if (::poll(&entry, 1, 0) == 0) {
            errno = EAGAIN;
            return -1;
        }
        return ::write(number_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    }
    return -1;
}

void Output::write_what_fits()
{
    while (not backlog_.empty()) {
        ssize_t const written = write_some(backlog_.front());
        if (written >= 0)
            backlog_.drop(static_cast<std::size_t>(written));
        else if (errno == EAGAIN or errno == EWOULDBLOCK)
            return watch(true);
        else if (errno != EINTR)
            return fail(errno);
    }
    watch(false);
    if (std::exchange(is_finishing_, false))
        close();
}

void Output::fail(int error)
{
    watch(false);
    if (not std::exchange(has_failed_, true))
        handler_.output_failed(error);
}

void Output::watch(bool wanted)
{
    if (wanted == is_watched_)
        return;
    is_watched_ = wanted;
    if (wanted)
        watch_ = loop_.watch(number_, Interest::writing, *this);
    else
        loop_.unwatch(watch_);
}

void Output::finish()
{
    is_finishing_ = true;
    flush();
}

void Output::close()
{
    own_.close();
    number_ = lent_;
    kind_ = Kind::file;
    Descriptor const nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    ::dup2(nothing.number(), lent_);
}

} // namespace duet
