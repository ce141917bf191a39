#include "base/random.hpp"

#include "base/check.hpp"

#include <sodium.h>

namespace duet {

void fill_random(std::span<std::byte> bytes)
{
    check(sodium_init() >= 0);
    randombytes_buf(bytes.data(), bytes.size());
}

} // namespace duet
