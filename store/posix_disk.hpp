// A real directory: POSIX calls, and nothing between them and the disk but the kernel.
//
// `sync` is fdatasync(2), `sync_directory` is fsync(2) of the directory. Files are made for their owner
// alone (0600), and nothing is ever inherited by a program that is started.

#pragma once

#include "store/disk.hpp"

namespace duet {

class PosixDisk final : public Disk {
public:
    /// Opens the directory at `path`, and makes it (0700) if it is missing; its parent must be there.
    static DiskResult<std::unique_ptr<PosixDisk>> open_directory(std::string path);

    PosixDisk(PosixDisk const&) = delete;
    PosixDisk& operator=(PosixDisk const&) = delete;
    ~PosixDisk() override;

    DiskResult<std::vector<std::string>> names() override;
    DiskResult<std::unique_ptr<File>> open(std::string const& name) override;
    DiskResult<std::unique_ptr<File>> create(std::string const& name) override;
    DiskResult<void> rename(std::string const& from, std::string const& to) override;
    DiskResult<void> remove(std::string const& name) override;
    DiskResult<void> sync_directory() override;
    DiskResult<std::uint64_t> free_bytes() override;
    [[nodiscard]] std::string path(std::string const& name) const override;

private:
    PosixDisk(std::string path, int directory);

    DiskResult<std::unique_ptr<File>> open_file(
        char const* tried, std::string const& name, int flags);
    [[nodiscard]] DiskError error(char const* tried, std::string const& name) const;

    std::string path_;
    int directory_; // its descriptor
};

/// A file that is open already. `descriptor` is taken over, and closed with it.
std::unique_ptr<File> open_file(int descriptor, std::string path);

} // namespace duet
