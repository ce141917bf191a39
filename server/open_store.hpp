// The store of a server, opened: journal, index, and the threads that keep them in order.

#pragma once

#include "base/limits.hpp"
#include "base/result.hpp"
#include "store/journal_store.hpp"
#include "store/posix_disk.hpp"
#include "store/sqlite_index.hpp"
#include "store/store_keeper.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace duet {

class OpenStore {
public:
    /// Told now and then how far the start has come, if it takes long.
    using Progress = std::function<void(std::string_view words)>;

    /// Opens the journal and the index that lie in `directory`, or begins both, and a store's life with
    /// them. What the index lacks is read from the journal first: that is told to `progress`. If there is
    /// no space, the ballast is given up, and it is tried again.
    ///
    /// Errors  a sentence with the place, for the operator.
    static Result<OpenStore, std::string> open(std::string const& directory, Progress progress,
        std::uint64_t segment_bytes = limits::journal_segment_bytes);

    [[nodiscard]] JournalStore& store() { return *store_; }

private:
    /// Why there is no store.
    struct Fault {
        bool is_full;
        std::string words;
    };

    OpenStore() = default;
    static Result<OpenStore, Fault> try_to_open(
        std::string const& directory, Progress const& progress, std::uint64_t segment_bytes);

    std::unique_ptr<PosixDisk> disk_;
    std::unique_ptr<SqliteIndex> index_;
    std::unique_ptr<JournalStore> store_;
    std::unique_ptr<StoreKeeper> keeper_;
};

} // namespace duet
