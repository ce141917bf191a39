// A disk that exists only in memory, keeps exactly what a disk has to keep (store/disk.hpp), and loses
// the rest when it is told to. What is lost is decided by a seed, so each accident can be had again.
//
// It has two sides: what the kernel shows (everything that was written), and what is on the disk. Killing
// a process changes neither. A power loss leaves, of what was not synced, in each file
//
//   - all, or none, or all up to some moment, or of each sector of 512 bytes the version of any moment,
//     some sectors torn (the first bytes of one version and the rest of another);
//   - with any size between the synced one and the last one, zeros where nothing arrived;
//
// and of the changes of names that were not synced all, none, the first ones, or any of them.
//
// A sync that fails leaves what was not synced in sight, and forgets that it is to be written: so does
// the kernel. A later sync does not bring it to the disk.
//
// All operations are counted, so that an accident can happen at any of them. One thread alone uses it.

#pragma once

#include "store/disk.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace duet {

class SimulatedDisk final : public Disk {
public:
    explicit SimulatedDisk(std::uint64_t seed);

    DiskResult<std::vector<std::string>> names() override;
    DiskResult<std::unique_ptr<File>> open(std::string const& name) override;
    DiskResult<std::unique_ptr<File>> create(std::string const& name) override;
    DiskResult<void> rename(std::string const& from, std::string const& to) override;
    DiskResult<void> remove(std::string const& name) override;
    DiskResult<void> sync_directory() override;
    DiskResult<std::uint64_t> free_bytes() override;
    [[nodiscard]] std::string path(std::string const& name) const override;

    /// Operations so far.
    [[nodiscard]] std::uint64_t operations() const { return operations_; }

    /// The process dies in the operation that comes after `operations` others: what it does may be done
    /// by half, and every operation from there on is an error, until a restart.
    void crash_after(std::uint64_t operations) { crash_at_ = operations_ + operations; }
    [[nodiscard]] bool has_crashed() const { return has_crashed_; }

    /// The operation that comes after `operations` others fails with `code`, once; a write has then
    /// written some of its bytes.
    void fail_after(std::uint64_t operations, int code);

    /// How much room there is for files in all.
    void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }

    /// A disk that lies: syncs say that all is well, and do nothing.
    void set_lying(bool is_lying) { is_lying_ = is_lying; }

    /// The process is gone and starts again. Files that it had open may not be used any more.
    void restart_after_kill();
    void restart_after_power_loss();

    /// What is in a file, as the kernel shows it; it must be there.
    [[nodiscard]] std::vector<std::byte> const& contents(std::string const& name) const;

    /// Puts a file there, synced, or another one in the place of one.
    void put(std::string const& name, std::vector<std::byte> const& contents);

private:
    class SimulatedFile;
    enum class InodeId : std::uint64_t { };

    /// What a sector has been since it was last synced.
    struct Version {
        std::uint64_t operation; // that wrote it
        std::vector<std::byte> bytes;
    };

    struct Inode {
        std::vector<std::byte> seen;                          // by whoever reads
        std::vector<std::byte> synced;                        // on disk for certain
        std::map<std::size_t, std::vector<Version>> unsynced; // by sector
    };

    /// Names and what they now mean, changed in one step; nothing: the name is gone.
    using NameChange = std::vector<std::pair<std::string, std::optional<InodeId>>>;
    using Names = std::map<std::string, InodeId>;

    /// How an operation ends.
    enum class Fate {
        fine,
        failing, // not done, or by half, and its caller hears an error
        dying,   // done, or not, or by half, and there is nobody left to hear
        dead,    // never begun
    };

    /// How much of what was not synced a power loss leaves.
    enum class Style { all, none, until, any };

    Fate count_operation();
    bool happens(Fate fate);
    [[nodiscard]] DiskResult<void> told(
        Fate fate, char const* tried, std::string const& path, std::uint64_t offset = 0) const;

    DiskResult<void> write(InodeId id, std::string const& path, std::uint64_t offset, Bytes bytes);
    DiskResult<void> sync(InodeId id, std::string const& path);
    void put_bytes(Inode& inode, std::uint64_t offset, Bytes bytes);
    DiskResult<void> change(char const* tried, std::string const& name, NameChange const& change);

    void restart();
    void lose_names();
    void lose_bytes(Inode& inode, Style style, std::uint64_t until);
    std::vector<std::byte> survivor(std::vector<Version> const& versions,
        std::vector<std::byte> const& synced, Style style, std::uint64_t until);
    void forget_nameless();
    [[nodiscard]] std::uint64_t used_bytes() const;

    /// A number below `bound`, which is not 0.
    std::uint64_t below(std::uint64_t bound);

    std::mt19937_64 random_;
    std::map<InodeId, Inode> inodes_;
    std::uint64_t inodes_made_ = 0;
    Names names_;
    Names synced_names_;
    std::vector<NameChange> unsynced_names_;

    static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t operations_ = 0;
    std::uint64_t crash_at_ = never;
    std::uint64_t fail_at_ = never;
    int fail_code_ = 0;
    bool has_crashed_ = false;
    bool is_lying_ = false;
    std::uint64_t capacity_ = never;
    std::uint64_t life_ = 0; // one for each start of the process
};

} // namespace duet
