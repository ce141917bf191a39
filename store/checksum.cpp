#include "store/checksum.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <xxhash.h>

namespace duet {

struct Checksum::State {
    XXH3_state_t* stream;
};

Checksum::Checksum() : state_(std::make_unique<State>(XXH3_createState()))
{
    if (state_->stream == nullptr)
        give_up("no memory for a checksum");
    XXH3_128bits_reset(state_->stream);
}

Checksum::~Checksum()
{
    XXH3_freeState(state_->stream);
}

void Checksum::add(Bytes bytes)
{
    XXH3_128bits_update(state_->stream, bytes.data(), bytes.size());
}

std::string Checksum::digits() const
{
    XXH128_hash_t const sum = XXH3_128bits_digest(state_->stream);
    return fmt::format("{:016x}{:016x}", sum.high64, sum.low64);
}

} // namespace duet
