// A simulated server: the real scribe, sessions and store, on a disk that loses its power.
//
// It is one process and its three threads: what is drafted waits until it is written, what is written
// waits until it is told, and the index follows when the world has it follow. When the process dies, all
// that is left is the disk and the index.

#pragma once

#include "core/chat.hpp"
#include "core/scribe.hpp"
#include "store/journal_store.hpp"
#include "store/simulated_disk.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/sim_index.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet::sim {

class ServerActor {
public:
    explicit ServerActor(Dice& dice);

    /// Begins anew from disk and index. Gives why it cannot; nullopt if it could.
    std::optional<std::string> start();

    /// The process dies, or the whole machine.
    void die(bool with_the_power);

    /// True if it has met the end of its process in what it did last.
    [[nodiscard]] bool must_die() const;

    /// It will die, or its disk fail, at some operation that comes soon.
    void expect_accident();

    /// It is the scribe of two who talk directly, now and after every start.
    void serve_pairs_only();

    [[nodiscard]] Chat& chat() { return *chat_; }
    [[nodiscard]] Store& store() { return *store_; }
    [[nodiscard]] KeyPair const& keys() const { return keys_; }

    void draft(std::vector<Draft> drafts);

    /// Writes up to `most` drafts, as far as they fit into a segment together.
    void write(std::size_t most);

    /// Takes up to `most` outcomes that are on disk.
    std::vector<Outcome> finished(std::size_t most);

    /// A step of the store's upkeep.
    void keep_up(bool is_calm);

    /// Drafts written at once, without a fault; only while nothing else waits.
    std::vector<Outcome> write_at_once(std::vector<Draft> const& drafts);

    void back_up();
    [[nodiscard]] bool has_backup() const { return backup_.has_value(); }

    /// In the place of all that is there, the backup. Another life begins.
    std::optional<std::string> restore(Time now);

    /// Nothing is left to be written or told.
    [[nodiscard]] bool is_idle() const { return drafts_.empty() and outcomes_.empty(); }

private:
    struct Backup {
        std::map<std::string, std::vector<std::byte>> files;
        SimIndex index;
    };

    Dice& dice_;
    bool serves_pairs_only_ = false;
    KeyPair keys_;
    std::unique_ptr<SimulatedDisk> disk_;
    std::unique_ptr<SimIndex> index_;
    std::optional<Backup> backup_;

    std::unique_ptr<JournalStore> store_;
    std::unique_ptr<Scribe> scribe_;
    std::unique_ptr<Chat> chat_;
    std::deque<Draft> drafts_;     // asked, not written
    std::deque<Outcome> outcomes_; // written, not told
};

} // namespace duet::sim
