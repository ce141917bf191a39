// One process at a time in a device's directory.
//
// The lock dies with the process that holds it, however it ends; the file that it is on stays, and
// says in it which process that is, for whoever comes too late.

#pragma once

#include "base/result.hpp"
#include "client/duet.hpp"
#include "net/descriptor.hpp"

#include <string>

namespace duet {

class DirectoryLock {
public:
    /// Makes the directory (mode 0700) if it is not there.
    ///
    /// Errors  "held" by another process, which the sentence names; "store".
    static Result<DirectoryLock, Failure> take(std::string const& directory);

private:
    explicit DirectoryLock(Descriptor file) : file_(std::move(file)) { }

    Descriptor file_;
};

} // namespace duet
