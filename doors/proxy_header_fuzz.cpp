// The law: a header that is read is the same however much stands behind it, and nothing of it is read before all
// of it is there; what is refused stays refused.

#include "base/check.hpp"
#include "base/limits.hpp"
#include "doors/proxy_header.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace duet;
    Bytes const input = std::as_bytes(std::span(data, size));
    auto const whole = read_proxy_header(input);
    bool is_read = false;
    for (std::size_t bytes = 0; bytes <= std::min(size, limits::proxy_header_bytes_max); ++bytes) {
        auto const part = read_proxy_header(input.first(bytes));
        if (not part.has_value()) {
            check(not whole.has_value());
            check(not is_read);
            return 0;
        }
        is_read = part->has_value();
        if (not is_read)
            continue;
        check(whole.has_value());
        check(*part == *whole);
        check((*part)->used <= bytes);
    }
    return 0;
}
