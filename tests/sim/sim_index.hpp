// The index of a simulated server: it survives crashes as a file does, now and then it is full, and it
// can be backed up. Some planted mistakes are its own.

#pragma once

#include "core/planted.hpp"
#include "store/memory_index.hpp"

#include <map>

namespace duet::sim {

class SimIndex final : public MemoryIndex {
public:
    /// There is no space while it is full.
    void set_full(bool is_full) { is_full_ = is_full; }

    Result<void, IndexFault> follow(Tables const& newer, std::uint64_t position) override
    {
        if (is_full_)
            return fail(IndexFault {true, "full"});
        for (auto const& [person, feed] : newer.feeds())
            heads_before_[person] = MemoryIndex::last_feed(person);
        return MemoryIndex::follow(newer, position);
    }

    std::optional<Feed> last_feed(PersonId person) override
    {
        if (planted(Bug::stale_head_from_index) and heads_before_.contains(person))
            return heads_before_[person];
        return MemoryIndex::last_feed(person);
    }

    std::optional<N> last_n(DeviceId device) override
    {
        return planted(Bug::last_n_forgotten) ? std::nullopt : MemoryIndex::last_n(device);
    }

private:
    bool is_full_ = false;
    std::map<PersonId, std::optional<Feed>> heads_before_; // the last step
};

} // namespace duet::sim
