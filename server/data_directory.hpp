// The one directory that holds everything a server keeps.
//
//     lock         held by the process that serves from here; its number is in it
//     certificate.pem  what is shown to TLS, with its key, unless the operator has another
//     server.key   the seed of the server's identity, 32 bytes: who has it is the server
//     journal/     the truth (docs/journal.md)
//     index.db     how it is looked up
//     ballast      space that is given up when the disk is full
//     backup.new   while a backup is made
//     restoring    while a backup is being restored: nothing may be served from here
//     moved        where the server is now, once it is elsewhere
//     admin.sock   where the verbs of duetd reach the process that runs

#pragma once

#include "base/bytes.hpp"
#include "base/identity.hpp"
#include "base/result.hpp"
#include "net/descriptor.hpp"

#include <string>
#include <string_view>

namespace duet {

/// The name of the mark that a restore has not come to its end.
inline constexpr std::string_view unfinished_restore = "restoring";

/// Writes a small file (0600), synced: whoever finds it under its name finds all of it.
///
/// Errors  a sentence.
Result<void, std::string> write_whole(std::string const& path, Bytes content);

class DataDirectory {
public:
    /// Makes the directory (0700) if it is missing, and holds it: one process serves from it.
    ///
    /// Errors  a sentence: who holds it, or the system's words.
    static Result<DataDirectory, std::string> hold(std::string path);

    /// The path of something in it.
    [[nodiscard]] std::string path(std::string_view name) const;

    /// The server's key, which is made, and synced, when there is none.
    ///
    /// Errors  a sentence: it cannot be read or made, or is not 32 bytes long.
    Result<KeyPair, std::string> keys() const;

private:
    DataDirectory(std::string path, Descriptor lock);

    std::string path_;
    Descriptor lock_;
};

} // namespace duet
