// A backup's bytes: one file with all that a server needs to come back (docs/backup.md).
//
//   parts    the bytes of each, one behind the other
//   table    a line "duet backup 1", then a line for each part: its name, its length, its XXH3-128
//   footer   32 bytes: the table's length (8, little-endian), 16 zeros, "duetback"
//
// The table stands at the end, so that a backup is written in one go, and one that was cut off is none.

#pragma once

#include "base/result.hpp"
#include "store/checksum.hpp"
#include "store/disk.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace duet {

struct BackupPart {
    std::string name;
    std::uint64_t offset;
    std::uint64_t bytes;
    std::string sum; // as Checksum::digits has it

    bool operator==(BackupPart const&) const = default;
};

/// Writes a backup, part after part.
class BackupWriter {
public:
    /// `file` is lent.
    explicit BackupWriter(File& file) : file_(file) { }

    /// Makes what the file has already the first part.
    Result<void, std::string> adopt(std::string name);

    /// Begins the next part; `write` adds to it.
    void begin(std::string name);
    Result<void, std::string> write(Bytes bytes);

    /// Writes table and footer. Nothing is synced.
    Result<void, std::string> finish();

private:
    void end_part();

    File& file_;
    std::uint64_t end_ = 0;
    std::vector<BackupPart> parts_;
    std::unique_ptr<Checksum> sum_; // of the part that is being written
};

/// The parts of a backup, as its table has them. Their bytes are not looked at.
///
/// Errors  a sentence: it is no backup, not whole, or of a newer version.
Result<std::vector<BackupPart>, std::string> parts_of_backup(File& file);

/// Gives `take` the bytes of a part, in pieces.
///
/// Errors  a sentence: they are not what they were, or what `take` gave.
Result<void, std::string> read_part(File& file, BackupPart const& part,
    std::function<Result<void, std::string>(Bytes bytes)> const& take);

} // namespace duet
