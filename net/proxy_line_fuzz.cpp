// The law: a line that is read is the same however much stands behind it, nothing of it is read before all of it is
// there, and what is refused stays refused.

#include "base/check.hpp"
#include "net/proxy_line.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace duet;
    Bytes const input = std::as_bytes(std::span(data, size));
    auto const whole = read_proxy_line(input);
    for (std::size_t bytes = 0; bytes <= size; ++bytes) {
        auto const part = read_proxy_line(input.first(bytes));
        if (not part.has_value()) {
            check(not whole.has_value());
            return 0;
        }
        if (not part->has_value())
            continue;
        check(whole.has_value());
        check(whole->has_value());
        check((*part)->used == bytes);
        check((*whole)->used == bytes);
        check((*part)->caller.has_value() == (*whole)->caller.has_value());
        return 0;
    }
    return 0;
}
