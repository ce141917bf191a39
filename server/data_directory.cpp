#include "server/data_directory.hpp"

#include "base/random.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace duet {

namespace {

constexpr char const* without_a_key =
    "Without its key nobody who has pinned this server comes back: "
    "restore it from a backup.";

using Seed = std::array<std::byte, 32>;

std::string problem(std::string_view tried, std::string const& path)
{
    return std::string(tried) + ' ' + path + ": " + std::strerror(errno);
}

std::string holder_of(int lock)
{
    std::array<char, 32> words {};
    auto const bytes = ::pread(lock, words.data(), words.size(), 0);
    std::string_view const number(words.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return number.empty() ? "another process" : "process " + std::string(number);
}

} // namespace

Result<void, std::string> write_whole(std::string const& path, Bytes content)
{
    std::string const draft = path + ".new";
    Descriptor const file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    bool const is_written = file.number() >= 0
        and ::write(file.number(), content.data(), content.size())
            == static_cast<ssize_t>(content.size())
        and ::fsync(file.number()) == 0 and ::rename(draft.c_str(), path.c_str()) == 0;
    if (not is_written)
        return fail(problem("cannot write", path));
    std::string const directory = path.substr(0, path.rfind('/'));
    Descriptor const folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number() < 0 or ::fsync(folder.number()) != 0)
        return fail(problem("cannot sync", directory));
    return {};
}

DataDirectory::DataDirectory(std::string path, Descriptor lock)
    : path_(std::move(path)), lock_(std::move(lock))
{
}

Result<DataDirectory, std::string> DataDirectory::hold(std::string path)
{
    if (::mkdir(path.c_str(), 0700) != 0 and errno != EEXIST)
        return fail(problem("cannot make the data directory", path));
    std::string const name = path + "/lock";
    Descriptor lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.number() < 0)
        return fail(problem("cannot open", name));
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail(problem("cannot lock", name));
        return fail(path + " is served by " + holder_of(lock.number())
            + " already; stop that one, or give another directory with --data");
    }
    std::string const number = std::to_string(::getpid());
    // Written over the one before: so it takes no space that a full disk has not.
    bool const is_noted = ::pwrite(lock.number(), number.data(), number.size(), 0)
            == static_cast<ssize_t>(number.size())
        and ::ftruncate(lock.number(), static_cast<off_t>(number.size())) == 0;
    if (not is_noted)
        return fail(problem("cannot write", name));
    return DataDirectory(std::move(path), std::move(lock));
}

std::string DataDirectory::path(std::string_view name) const
{
    return path_ + '/' + std::string(name);
}

Result<KeyPair, std::string> DataDirectory::keys() const
{
    std::string const name = path("server.key");
    Seed seed {};
    Descriptor const file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0 and errno == ENOENT) {
        if (::access(path("journal").c_str(), F_OK) == 0)
            return fail(name + " is missing, and there is a store. " + without_a_key);
        fill_random(seed);
        TRY_VOID(write_whole(name, seed));
        return key_pair_from(seed);
    }
    if (file.number() < 0)
        return fail(problem("cannot read", name));
    // One byte more than there may be: so a file that is too long is seen.
    std::array<std::byte, sizeof seed + 1> bytes {};
    auto const count = ::read(file.number(), bytes.data(), bytes.size());
    if (count != static_cast<ssize_t>(seed.size()))
        return fail(name + " is no key: it must have 32 bytes. " + without_a_key);
    std::memcpy(seed.data(), bytes.data(), seed.size());
    return key_pair_from(seed);
}

} // namespace duet
