// Ballast: a file of nothing in the data directory, given up on the day that the disk is full.
//
// Then there is room again for the store to go on, and time for the operator to make more; it is made again
// when there is much. A thread of its own looks after it, because a file system may take long to give space.

#pragma once

#include <cstdint>
#include <string>
#include <thread>

namespace duet {

class JournalStore;

class Ballast {
public:
    explicit Ballast(std::string const& directory);

    [[nodiscard]] bool is_there() const;

    /// Whether the disk has so much room that nobody misses it.
    [[nodiscard]] bool has_room() const;

    /// Makes it. False if there was no room after all; then nothing is left of it.
    bool make() const;

    /// Gives it up.
    void release() const;

private:
    std::string const path_;
    std::string const directory_;
};

/// Makes the ballast where there is room, and gives it up when the store has none.
class BallastKeeper {
public:
    /// The store is lent.
    BallastKeeper(JournalStore& store, std::string const& directory);
    ~BallastKeeper() = default;
    BallastKeeper(BallastKeeper const&) = delete;
    BallastKeeper& operator=(BallastKeeper const&) = delete;

private:
    void keep(std::stop_token const& stop);
    void look(std::uint64_t lacks);

    JournalStore& store_;
    Ballast const ballast_;
    std::uint64_t lacks_seen_ = 0;
    bool is_told_ = false; // that nothing is left to give up

    std::jthread thread_; // last: it ends before all that it uses
};

} // namespace duet
