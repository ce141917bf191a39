#include "store/memory_store.hpp"

namespace duet {

Result<void> MemoryStore::append(std::span<Record const> batch)
{
    apply(batch, 0);
    return {};
}

} // namespace duet
