#include "server/restore.hpp"

#include "base/limits.hpp"
#include "base/random.hpp"
#include "server/backup_format.hpp"
#include "server/data_directory.hpp"
#include "server/exit_code.hpp"
#include "server/open_store.hpp"
#include "store/journal_format.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

namespace duet {

namespace {

/// How often it is tried to begin, a second apart.
constexpr int begin_tries_max = 120;

constexpr std::string_view journal_prefix = "journal/";

void say(std::string const& words)
{
    std::fprintf(stderr, "duetd: %s\n", words.c_str());
}

Result<void, std::string> in_words(DiskResult<void> const& result)
{
    if (not result.has_value())
        return fail(result.error().text());
    return {};
}

bool is_segment(std::string_view name)
{
    return name.starts_with(journal_prefix)
        and segment_of(name.substr(journal_prefix.size())).has_value();
}

/// In which order they are unpacked: a server that is started on what a restore had only begun finds a
/// journal without its index, and refuses.
int rank(BackupPart const& part)
{
    if (is_segment(part.name))
        return 0;
    return part.name == "server.key" ? 1 : 2;
}

/// Parts of a backup that are what they should be, in the order in which they are unpacked.
Result<std::vector<BackupPart>, std::string> look_at(File& file)
{
    auto parts = TRY(parts_of_backup(file));
    for (BackupPart const& part : parts) {
        if (part.name != "index.db" and part.name != "server.key" and not is_segment(part.name))
            return fail("it has a part that this duet does not know: " + part.name);
        TRY_VOID(read_part(file, part, [](Bytes) -> Result<void, std::string> { return {}; }));
    }
    std::ranges::sort(
        parts, {}, [](BackupPart const& part) { return std::pair(rank(part), part.name); });
    bool const is_whole = parts.size() >= 3 and is_segment(parts.front().name)
        and parts.end()[-2].name == "server.key" and parts.back().name == "index.db";
    if (not is_whole)
        return fail(std::string("a part is missing"));
    return parts;
}

Result<void, std::string> unpack(File& from, BackupPart const& part, Disk& disk)
{
    std::string const name = part.name.substr(part.name.rfind('/') + 1);
    auto const file = disk.create(name);
    if (not file.has_value())
        return fail(file.error().text());
    std::uint64_t offset = 0;
    auto const write = [&](Bytes bytes) -> Result<void, std::string> {
        TRY_VOID(in_words((*file)->write(offset, bytes)));
        offset += bytes.size();
        return {};
    };
    TRY_VOID(read_part(from, part, write));
    TRY_VOID(in_words((*file)->sync()));
    return in_words(disk.sync_directory());
}

Result<void, std::string> unpack_all(
    File& from, std::vector<BackupPart> const& parts, std::string const& data)
{
    auto const directory = PosixDisk::open_directory(data);
    if (not directory.has_value())
        return fail(directory.error().text());
    auto const journal = PosixDisk::open_directory(data + "/journal");
    if (not journal.has_value())
        return fail(journal.error().text());
    for (BackupPart const& part : parts)
        TRY_VOID(unpack(from, part, is_segment(part.name) ? **journal : **directory));
    return {};
}

Result<void, std::string> begin_epoch(JournalStore& store)
{
    Epoch epoch {};
    fill_random(epoch);
    auto const now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    Record const begun = EpochBegun {epoch, now};
    // What the index has not taken yet fills the memory: it needs a moment, or many.
    for (int tries = 0; not store.append({&begun, 1}).has_value(); ++tries) {
        if (tries == begin_tries_max or store.failure().has_value())
            return fail(std::string("there is no space to begin a new life of the store"));
        std::this_thread::sleep_for(limits::space_retry);
    }
    return {};
}

/// A store that was unpacked and has not begun its new life must not be served: devices would take its
/// numbers for those that they know.
Result<void, std::string> mark_as_unfinished(DataDirectory const& directory)
{
    std::string const name = directory.path(unfinished_restore);
    int const file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool const is_there = file >= 0 and ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    if (not is_there)
        return fail("cannot write " + name + ": " + std::strerror(errno));
    return {};
}

Result<void, std::string> mark_as_finished(DataDirectory const& directory)
{
    std::string const name = directory.path(unfinished_restore);
    if (::unlink(name.c_str()) != 0)
        return fail("cannot remove " + name + ": " + std::strerror(errno));
    return {};
}

Result<void, std::string> look_for_emptiness(std::string const& data)
{
    std::error_code error;
    bool const is_there = std::filesystem::exists(data, error);
    if (is_there and not std::filesystem::is_empty(data, error))
        return fail(data + " is not empty; a backup is restored into a folder of its own");
    if (error)
        return fail("cannot look at " + data + ": " + error.message());
    return {};
}

Result<void, std::string> restore_all(std::string const& path, std::string const& data)
{
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail("cannot open " + path + ": " + std::strerror(errno));
    auto const file = open_file(descriptor, path);
    auto const parts = look_at(*file);
    if (not parts.has_value())
        return fail(path + ": " + parts.error());
    TRY_VOID(look_for_emptiness(data));
    auto const held = TRY(DataDirectory::hold(data));
    TRY_VOID(mark_as_unfinished(held));
    TRY_VOID(unpack_all(*file, *parts, data));
    auto store =
        TRY(OpenStore::open(data, [](std::string_view words) { say(std::string(words)); }));
    TRY_VOID(begin_epoch(store.store()));
    return mark_as_finished(held);
}

} // namespace

int restore(std::string const& path, std::string const& data)
{
    auto const restored = restore_all(path, data);
    if (not restored.has_value()) {
        say(restored.error());
        return exit_code::failed;
    }
    std::printf(
        "restored into %s; a new life of the store (epoch) begins with it: devices say again "
        "what they have kept and the backup has not\n",
        data.c_str());
    return std::fflush(stdout) == 0 ? exit_code::ok : exit_code::failed;
}

} // namespace duet
