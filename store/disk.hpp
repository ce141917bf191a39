// A directory and its files, as far as a store needs them; so that all that rests on a disk can also
// rest on one that exists only in a test, and loses its power there.
//
// What holds of every disk, and of nothing more may be relied on:
//
//   - What was written is on disk when `File::sync` has returned without an error, and not before. Until
//     then any part of it may survive a power loss, in any order, sectors of 512 bytes torn.
//   - A file's name is on disk when `sync_directory` has returned without an error. What was written and
//     synced in a file whose name is lost is lost.
//   - `rename` is one step: after a power loss the file has its old name or its new one.
//   - After an error of `sync` nobody knows what the disk holds, and a second `sync` may say that all is
//     well although it is not. So whoever meets one stops, and reads everything again.
//
// store/posix_disk.hpp is the real one, store/simulated_disk.hpp the other. Both may be called from
// several threads at once if no two of them use the same file; the simulated one by one thread alone.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace duet {

/// Why a disk could not do what it was asked.
struct DiskError {
    char const* tried; // "write", "sync": the path follows
    std::string path;
    std::uint64_t offset; // 0 where it says nothing
    int code;             // errno

    /// No space, or no more for this user. Unlike all else it may pass by itself.
    [[nodiscard]] bool is_full() const;

    /// "cannot write data/journal/spare at 4096: No space left on device"
    [[nodiscard]] std::string text() const;
};

template <typename Value>
using DiskResult = Result<Value, DiskError>;

/// One file, open. It is closed by being destroyed, which says nothing about what is on disk.
class File {
public:
    virtual ~File() = default;

    virtual DiskResult<std::uint64_t> size() = 0;

    /// Fills `into` from `offset` on, and gives how many bytes that were: fewer only at the file's end.
    virtual DiskResult<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) = 0;

    /// Writes all of `bytes`, and makes the file longer where they do not fit. After an error some of
    /// them may be written.
    virtual DiskResult<void> write(std::uint64_t offset, Bytes bytes) = 0;

    virtual DiskResult<void> sync() = 0;
};

/// One directory. Names in it are plain: no slash.
class Disk {
public:
    virtual ~Disk() = default;

    /// The names of all that is in it, in no order.
    virtual DiskResult<std::vector<std::string>> names() = 0;

    /// Opens what is there, for reading.
    virtual DiskResult<std::unique_ptr<File>> open(std::string const& name) = 0;

    /// Makes a new file, empty, for reading and writing. It is an error if there is one of that name.
    virtual DiskResult<std::unique_ptr<File>> create(std::string const& name) = 0;

    /// Gives a file another name; what had that name before is gone.
    virtual DiskResult<void> rename(std::string const& from, std::string const& to) = 0;

    virtual DiskResult<void> remove(std::string const& name) = 0;

    virtual DiskResult<void> sync_directory() = 0;

    virtual DiskResult<std::uint64_t> free_bytes() = 0;

    /// How a file is called in a sentence.
    [[nodiscard]] virtual std::string path(std::string const& name) const = 0;
};

} // namespace duet
