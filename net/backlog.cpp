#include "net/backlog.hpp"

#include "base/check.hpp"

namespace duet {

void Backlog::drop(std::size_t count)
{
    check(count <= size());
    left_ += count;
    if (empty()) {
        std::string().swap(bytes_); // an assignment would keep the memory
        left_ = 0;
    } else if (left_ > bytes_.size() / 2) {
        // Moved only when more has left than waits, so each byte is moved less than once.
        bytes_.erase(0, left_);
        left_ = 0;
    }
}

} // namespace duet
