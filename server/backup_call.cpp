#include "server/backup_call.hpp"

#include "server/admin_call.hpp"
#include "server/backup_format.hpp"
#include "server/exit_code.hpp"
#include "store/posix_disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <vector>

namespace duet {

namespace {

constexpr std::size_t block_bytes = 1024 * 1024;

bool exists(std::string const& path)
{
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

std::string words_of(DiskError const& error)
{
    return error.text();
}

/// Copies all bytes, and syncs them.
DiskResult<void> copy(File& from, File& to)
{
    std::vector<std::byte> room(block_bytes);
    std::uint64_t offset = 0;
    while (true) {
        std::size_t const got = TRY(from.read(offset, room));
        if (got == 0)
            return to.sync();
        TRY_VOID(to.write(offset, Bytes(room).first(got)));
        offset += got;
    }
}

Result<std::uint64_t, std::string> verify(File& file)
{
    std::uint64_t bytes = 0;
    for (BackupPart const& part : TRY(parts_of_backup(file))) {
        TRY_VOID(read_part(file, part, [](Bytes) -> Result<void, std::string> { return {}; }));
        bytes += part.bytes;
    }
    return bytes;
}

/// Where a backup is to lie, and how it comes there: under another name until all of it is there.
class Destination {
public:
    explicit Destination(std::string const& path)
        : name_(std::filesystem::path(path).filename().string())
        , directory_(std::filesystem::path(path).parent_path().string())
    {
        if (directory_.empty())
            directory_ = ".";
    }

    [[nodiscard]] std::string refusal() const
    {
        if (name_.empty() or name_ == "." or name_ == "..")
            return "a backup needs a file's name";
        return exists(directory_) ? "" : "there is no folder " + directory_;
    }

    Result<std::uint64_t, std::string> keep(File& backup)
    {
        auto disk = PosixDisk::open_directory(directory_);
        if (not disk.has_value())
            return fail(words_of(disk.error()));
        if (exists((*disk)->path(draft())))
            static_cast<void>((*disk)->remove(draft())); // `create` tells if that failed
        auto kept = keep(**disk, backup);
        if (not kept.has_value())
            static_cast<void>((*disk)->remove(draft())); // half a backup is none
        return kept;
    }

private:
    [[nodiscard]] std::string draft() const { return name_ + ".new"; }

    Result<std::uint64_t, std::string> keep(PosixDisk& disk, File& backup) const
    {
        auto file = disk.create(draft());
        if (not file.has_value())
            return fail(words_of(file.error()));
        if (auto const copied = copy(backup, **file); not copied.has_value())
            return fail(words_of(copied.error()));
        std::uint64_t const bytes = TRY(verify(**file));
        if (auto const renamed = disk.rename(draft(), name_); not renamed.has_value())
            return fail(words_of(renamed.error()));
        if (auto const synced = disk.sync_directory(); not synced.has_value())
            return fail(words_of(synced.error()));
        return bytes;
    }

    std::string name_;
    std::string directory_;
};

int cannot(std::string const& words)
{
    std::fprintf(stderr, "duetd: %s\n", words.c_str());
    return exit_code::failed;
}

} // namespace

int fetch_backup(std::string const& data, std::string const& path, bool force)
{
    Destination destination(path);
    if (auto const refusal = destination.refusal(); not refusal.empty())
        return cannot(refusal);
    if (not force and exists(path))
        return cannot(path + " is there already; --force replaces it");
    auto const server = call_the_server(data);
    if (not server.has_value())
        return cannot(server.error().words
            + (server.error().is_sure ? ": then the folder itself can be copied" : ""));
    return ask_the_server(*server, "backup", [&](Descriptor descriptor) {
        int const number = ::fcntl(descriptor.number(), F_DUPFD_CLOEXEC, 0);
        auto const file = open_file(number, "the backup");
        auto const kept = destination.keep(*file);
        if (not kept.has_value())
            return cannot(path + ": " + kept.error());
        std::printf("%s is a backup of %llu bytes, and was checked\n", path.c_str(),
            static_cast<unsigned long long>(*kept));
        return exit_code::ok;
    });
}

} // namespace duet
