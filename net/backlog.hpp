// Bytes that wait to leave, first in, first out. Empty, it owns no memory: most connections are
// idle most of the time, and there may be very many.

#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <string>

namespace duet {

class Backlog {
public:
    void append(Bytes bytes) { bytes_.append(as_text(bytes)); }

    /// What waits, in one piece. Good until the next append or drop.
    [[nodiscard]] Bytes front() const { return as_bytes(bytes_).subspan(left_); }

    /// The first `count` bytes have left.
    void drop(std::size_t count);

    [[nodiscard]] std::size_t size() const { return bytes_.size() - left_; }
    [[nodiscard]] bool empty() const { return size() == 0; }

private:
    std::string bytes_;
    std::size_t left_ = 0; // how many at the front of bytes_ have left already
};

} // namespace duet
