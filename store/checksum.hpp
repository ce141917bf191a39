// A checksum of bytes that come in pieces: XXH3-128, as `xxh128sum` prints it. It finds what went wrong by
// itself, not what somebody meant to change.

#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace duet {

class Checksum {
public:
    Checksum();
    ~Checksum();
    Checksum(Checksum const&) = delete;
    Checksum& operator=(Checksum const&) = delete;

    void add(Bytes bytes);

    /// Of all that was added so far, in 32 hexadecimal digits.
    [[nodiscard]] std::string digits() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace duet
