#include "server/ballast.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "net/descriptor.hpp"
#include "store/journal_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <span>

namespace duet {

namespace {

/// So much must be free before it is made: it is for the day when there is little, not its cause.
constexpr std::uint64_t free_bytes_least = 3 * limits::ballast_bytes;

bool write_zeros(int file)
{
    static constexpr std::array<std::byte, 64 * 1024> zeros {};
    for (std::size_t left = limits::ballast_bytes; left > 0;) {
        auto const written = ::write(file, zeros.data(), std::min(left, zeros.size()));
        if (written <= 0)
            return false;
        left -= static_cast<std::size_t>(written);
    }
    return true;
}

/// Space that is really taken. Not all file systems can promise it; those are written to.
bool fill(int file)
{
    constexpr auto bytes = static_cast<off_t>(limits::ballast_bytes);
    return ::fallocate(file, 0, 0, bytes) == 0 or (errno == EOPNOTSUPP and write_zeros(file));
}

} // namespace

Ballast::Ballast(std::string const& directory)
    : path_(directory + "/ballast"), directory_(directory)
{
}

bool Ballast::is_there() const
{
    struct stat status {};
    return ::stat(path_.c_str(), &status) == 0;
}

bool Ballast::has_room() const
{
    struct statvfs disk {};
    return ::statvfs(directory_.c_str(), &disk) == 0
        and std::uint64_t {disk.f_bavail} * disk.f_frsize >= free_bytes_least;
}

bool Ballast::make() const
{
    // Under another name until all of it is there: half of it would look like the whole.
    std::string const draft = path_ + ".new";
    Descriptor const file(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    bool const is_made =
        file.is_open() and fill(file.number()) and ::rename(draft.c_str(), path_.c_str()) == 0;
    if (not is_made)
        ::unlink(draft.c_str());
    return is_made;
}

void Ballast::release() const
{
    ::unlink(path_.c_str());
    ::unlink((path_ + ".new").c_str()); // of a process that died while it made one
}

BallastKeeper::BallastKeeper(JournalStore& store, std::string const& directory)
    : store_(store)
    , ballast_(directory)
    , lacks_seen_(store.times_without_space())
    , thread_([this](std::stop_token const& stop) { keep(stop); })
{
}

void BallastKeeper::keep(std::stop_token const& stop)
{
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    do
        look(store_.times_without_space());
    while (not never.wait_for(lock, stop, limits::space_retry, [] { return false; })
        and not stop.stop_requested());
}

void BallastKeeper::look(std::uint64_t lacks)
{
    bool const is_lacking = lacks != lacks_seen_;
    lacks_seen_ = lacks;
    if (is_lacking and ballast_.is_there()) {
        ballast_.release();
        log_error("the disk is full: the ballast was given up, so that the store can go on for a "
                  "while; make room");
    } else if (is_lacking and not is_told_) {
        is_told_ = true;
        log_error("the disk is full: what is said is answered `later` until there is room");
    } else if (not is_lacking and not ballast_.is_there() and ballast_.has_room()) {
        is_told_ = false;
        if (ballast_.make())
            log_info("the ballast lies in the data directory, for the day that the disk is full");
    }
}

} // namespace duet
