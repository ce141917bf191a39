#include "client/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace duet {

namespace {

Failure failure(std::string const& directory, int reason)
{
    return {"store",
        "cannot use the directory " + directory + ": " + std::generic_category().message(reason)};
}

Result<void, Failure> make_directory(std::string const& directory)
{
    std::error_code error;
    std::filesystem::path const path = directory;
    if (path.has_parent_path())
        std::filesystem::create_directories(path.parent_path(), error);
    if (::mkdir(directory.c_str(), 0700) != 0 and errno != EEXIST)
        return fail(failure(directory, errno));
    return {};
}

/// What stands in the file: the process that holds it.
std::string holder(Descriptor const& file)
{
    std::array<char, 32> words {};
    ssize_t const bytes = ::pread(file.number(), words.data(), words.size(), 0);
    std::string const text(words.data(), static_cast<std::size_t>(bytes > 0 ? bytes : 0));
    return text.substr(0, text.find('\n'));
}

} // namespace

Result<DirectoryLock, Failure> DirectoryLock::take(std::string const& directory)
{
    TRY_VOID(make_directory(directory));
    std::string const path = directory + "/lock";
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (not file.is_open())
        return fail(failure(directory, errno));
    if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail(failure(directory, errno));
        return fail(
            Failure {"held", "process " + holder(file) + " is using " + directory + " already"});
    }
    std::string const words = std::to_string(::getpid()) + '\n';
    bool const is_written = ::ftruncate(file.number(), 0) == 0
        and ::pwrite(file.number(), words.data(), words.size(), 0) >= 0;
    if (not is_written)
        return fail(failure(directory, errno));
    return DirectoryLock(std::move(file));
}

} // namespace duet
