#include "store/posix_disk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

namespace duet {

namespace {

class PosixFile final : public File {
public:
    PosixFile(std::string path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) { }

    PosixFile(PosixFile const&) = delete;
    PosixFile& operator=(PosixFile const&) = delete;

    ~PosixFile() override { ::close(descriptor_); }

    DiskResult<std::uint64_t> size() override
    {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0)
            return fail(error("look at", 0));
        return static_cast<std::uint64_t>(status.st_size);
    }

    DiskResult<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) override
    {
        std::size_t done = 0;
        while (done < into.size()) {
            ssize_t const bytes = ::pread(descriptor_, into.data() + done, into.size() - done,
                static_cast<off_t>(offset + done));
            if (bytes == 0)
                break;
            if (bytes > 0)
                done += static_cast<std::size_t>(bytes);
            else if (errno != EINTR)
                return fail(error("read", offset + done));
        }
        return done;
    }

    DiskResult<void> write(std::uint64_t offset, Bytes bytes) override
    {
        while (not bytes.empty()) {
            ssize_t const written =
                ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (written > 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(written));
                offset += static_cast<std::uint64_t>(written);
            } else if (written == 0) {
                errno = EIO; // a regular file takes something, or says why not
                return fail(error("write", offset));
            } else if (errno != EINTR) {
                return fail(error("write", offset));
            }
        }
        return {};
    }

    DiskResult<void> sync() override
    {
        // Never again on an error, not even on EINTR: the kernel may have forgotten by then what it
        // could not write.
        if (::fdatasync(descriptor_) != 0)
            return fail(error("sync", 0));
        return {};
    }

private:
    [[nodiscard]] DiskError error(char const* tried, std::uint64_t offset) const
    {
        return {tried, path_, offset, errno};
    }

    std::string path_;
    int descriptor_;
};

/// So that a directory that was just made is still there after a power loss.
bool sync_parent(std::string const& path)
{
    std::string const parent = path + "/..";
    int const descriptor = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool const is_synced = ::fsync(descriptor) == 0;
    int const code = errno;
    ::close(descriptor);
    errno = code;
    return is_synced;
}

} // namespace

std::unique_ptr<File> open_file(int descriptor, std::string path)
{
    return std::make_unique<PosixFile>(std::move(path), descriptor);
}

DiskResult<std::unique_ptr<PosixDisk>> PosixDisk::open_directory(std::string path)
{
    bool const is_new = ::mkdir(path.c_str(), 0700) == 0;
    if (not is_new and errno != EEXIST)
        return fail(DiskError {"make", std::move(path), 0, errno});
    if (is_new and not sync_parent(path))
        return fail(DiskError {"sync the parent of", std::move(path), 0, errno});
    int const directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return fail(DiskError {"open", std::move(path), 0, errno});
    return std::unique_ptr<PosixDisk>(new PosixDisk(std::move(path), directory));
}

PosixDisk::PosixDisk(std::string path, int directory)
    : path_(std::move(path)), directory_(directory)
{
}

PosixDisk::~PosixDisk()
{
    ::close(directory_);
}

DiskResult<std::vector<std::string>> PosixDisk::names()
{
    // A descriptor of its own: two that share one also share how far they have read.
    int const descriptor = ::openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(error("open", ""));
    std::unique_ptr<DIR, int (*)(DIR*)> const stream(::fdopendir(descriptor), ::closedir);
    if (not stream) {
        DiskError const why = error("list", "");
        ::close(descriptor);
        return fail(why);
    }

    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        // Threads may read directories at once, if not the same stream (readdir(3), "ATTRIBUTES").
        dirent const* const entry = ::readdir(stream.get()); // NOLINT(concurrency-mt-unsafe)
        if (entry == nullptr)
            break;
        std::string_view const name = entry->d_name;
        if (name != "." and name != "..")
            names.emplace_back(name);
    }
    if (errno != 0)
        return fail(error("list", ""));
    return names;
}

DiskResult<std::unique_ptr<File>> PosixDisk::open(std::string const& name)
{
    return open_file("open", name, O_RDONLY);
}

DiskResult<std::unique_ptr<File>> PosixDisk::create(std::string const& name)
{
    return open_file("make", name, O_RDWR | O_CREAT | O_EXCL);
}

DiskResult<std::unique_ptr<File>> PosixDisk::open_file(
    char const* tried, std::string const& name, int flags)
{
    int const descriptor = ::openat(directory_, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fail(error(tried, name));
    return std::make_unique<PosixFile>(path(name), descriptor);
}

DiskResult<void> PosixDisk::rename(std::string const& from, std::string const& to)
{
    if (::renameat(directory_, from.c_str(), directory_, to.c_str()) != 0)
        return fail(error("rename", from));
    return {};
}

DiskResult<void> PosixDisk::remove(std::string const& name)
{
    if (::unlinkat(directory_, name.c_str(), 0) != 0)
        return fail(error("remove", name));
    return {};
}

DiskResult<void> PosixDisk::sync_directory()
{
    if (::fsync(directory_) != 0)
        return fail(error("sync", ""));
    return {};
}

DiskResult<std::uint64_t> PosixDisk::free_bytes()
{
    struct statvfs status {};
    if (::fstatvfs(directory_, &status) != 0)
        return fail(error("look at", ""));
    return std::uint64_t {status.f_bavail} * status.f_frsize;
}

std::string PosixDisk::path(std::string const& name) const
{
    return name.empty() ? path_ : path_ + '/' + name;
}

DiskError PosixDisk::error(char const* tried, std::string const& name) const
{
    int const code = errno;
    return {tried, path(name), 0, code};
}

} // namespace duet
