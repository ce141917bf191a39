#include "server/backup.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "server/admin_words.hpp"
#include "server/backup_format.hpp"
#include "server/exit_code.hpp"
#include "store/index_file.hpp"
#include "store/journal_reader.hpp"
#include "store/posix_disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

namespace duet {

namespace {

constexpr std::string_view unfinished = "/backup.new";

/// So much stays free for those who talk meanwhile.
constexpr std::uint64_t free_bytes_kept = 4 * limits::journal_segment_bytes;

constexpr std::size_t block_bytes = 1024 * 1024;

std::string problem(std::string_view tried, std::string const& path)
{
    return std::string(tried) + ' ' + path + ": " + std::strerror(errno);
}

std::uint64_t size_of(std::string const& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

class Backup {
public:
    Backup(JournalStore& store, std::string const& directory)
        : store_(store), directory_(directory), path_(directory + std::string(unfinished))
    {
    }

    Result<Descriptor, std::string> make()
    {
        remove_unfinished_backup(directory_);
        TRY_VOID(look_for_room());
        Journal::Hold const held = store_.journal().hold();
        // What is said while the index is being copied belongs to the next backup.
        BatchNumber const before {store_.position()};
        auto const position = copy_index(directory_ + "/index.db", path_);
        if (not position.has_value())
            return fail("cannot copy the index: " + position.error().words);
        auto const file = TRY(open_copy());
        BackupWriter writer(*file);
        TRY_VOID(writer.adopt("index.db"));
        BatchNumber const indexed {*position};
        TRY_VOID(add_journal(writer, indexed, std::max(before, indexed)));
        TRY_VOID(add_key(writer));
        TRY_VOID(writer.finish());
        return open_again();
    }

private:
    Result<void, std::string> look_for_room() const
    {
        struct statvfs disk {};
        if (::statvfs(directory_.c_str(), &disk) != 0)
            return fail(problem("cannot look at", directory_));
        std::uint64_t const wanted = size_of(directory_ + "/index.db")
            + size_of(directory_ + "/index.db-wal") + limits::unindexed_bytes_max + free_bytes_kept;
        if (std::uint64_t {disk.f_bavail} * disk.f_frsize < wanted)
            return fail(
                "a backup is made on the disk of the data directory, which has no room for it: "
                + std::to_string(wanted) + " bytes should be free");
        return {};
    }

    Result<std::unique_ptr<File>, std::string> open_copy() const
    {
        int const descriptor = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (descriptor < 0)
            return fail(problem("cannot open", path_));
        return open_file(descriptor, path_);
    }

    /// The batches after `position` up to `until`, in one segment, as a start would write them.
    Result<void, std::string> add_journal(
        BackupWriter& writer, BatchNumber position, BatchNumber until)
    {
        constexpr SegmentNumber segment {1};
        std::uint64_t salt = 0;
        fill_random(std::as_writable_bytes(std::span(&salt, 1)));
        writer.begin("journal/" + segment_name(segment));

        std::vector<std::byte> block;
        encode_header({segment, salt, next(position)}, block);
        std::uint64_t end = block.size();
        std::optional<std::string> failure;
        auto const flush = [&]() -> JournalResult<void> {
            if (auto written = writer.write(block); not written.has_value()) {
                failure = std::move(written.error());
                return fail(JournalError {JournalError::Kind::failed, *failure, path_});
            }
            block.clear();
            return {};
        };
        auto const add = [&](JournalBatch const& batch) -> JournalResult<void> {
            std::size_t const before = block.size();
            encode_batch({segment, end}, salt, batch.number, batch.records, block);
            end += block.size() - before;
            if (block.size() >= block_bytes)
                TRY_VOID(flush());
            return {};
        };
        auto const read = read_batches(position, until, add);
        if (failure.has_value())
            return fail(*failure);
        if (not read.has_value())
            return fail(read.error().text());
        if (not flush().has_value())
            return fail(*failure);
        return {};
    }

    JournalResult<void> read_batches(
        BatchNumber position, BatchNumber until, BatchVisitor const& visit)
    {
        auto const disk = TRY(in_journal(PosixDisk::open_directory(directory_ + "/journal")));
        auto reader = TRY(JournalReader::open(*disk, position));
        if (until > position)
            TRY_VOID(reader.read(visit, until));
        return {};
    }

    Result<void, std::string> add_key(BackupWriter& writer) const
    {
        std::string const path = directory_ + "/server.key";
        Descriptor const key(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        std::array<std::byte, 64> room {};
        auto const got = ::read(key.number(), room.data(), room.size());
        if (got < 0)
            return fail(problem("cannot read", path));
        writer.begin("server.key");
        return writer.write(Bytes(room).first(static_cast<std::size_t>(got)));
    }

    /// For reading alone: whoever gets it cannot alter it.
    [[nodiscard]] Result<Descriptor, std::string> open_again() const
    {
        Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (not file.is_open())
            return fail(problem("cannot open", path_));
        return file;
    }

    JournalStore& store_;
    std::string const& directory_;
    std::string const path_;
};

} // namespace

void remove_unfinished_backup(std::string const& directory)
{
    for (char const* const end : {"", "-journal", "-wal", "-shm"})
        ::unlink((directory + std::string(unfinished) + end).c_str());
}

void make_backup(JournalStore& store, std::string const& directory, Customer& customer)
{
    auto backup = Backup(store, directory).make();
    remove_unfinished_backup(directory); // by name: it lives on as long as somebody has it open
    if (not backup.has_value()) {
        log_error("no backup: " + backup.error());
        customer.say(admin::error(backup.error()));
        return customer.say(admin::end(exit_code::failed));
    }
    log_info("a backup was made");
    customer.give(admin::file(), std::move(*backup));
    customer.say(admin::end(exit_code::ok));
}

} // namespace duet
