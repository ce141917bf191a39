// What duet promises, as a model: it hears what devices have on disk, and knows what must follow.
//
//   - what a device was told stands in the log, at that place, for as long as the store lives;
//   - every text that its device still knows is in the log once, what was refused is not;
//   - an n has one answer;
//   - no mark says more than devices have.
//
// Accidents that no protocol can mend are told to it, and it asks for less: a store that was restored
// has forgotten what came after the backup, a device that was restored or copied may say a text twice.

#pragma once

#include "core/device_side.hpp"
#include "core/store.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace duet::sim {

/// The texts of one conversation.
using Log = std::map<Seq, std::string>;

class Oracle {
public:
    // What devices have on disk

    void spoken(DeviceId by, std::string const& from, OwnSay const& say);
    void kept(std::string const& person, EntryEvent const& entry);
    void settled(DeviceId by, std::string const& from, OwnSay const& say, SaySettled const& how);
    void has_got(std::string const& person, Feed cursor);
    void has_read(std::string const& person, std::string const& with, Seq seq);

    // What they are told

    void told_mark(
        std::string const& person, MarkEvent const& mark, DeviceData const& data, Store& store);

    // Accidents

    /// The store has become what it was: it knows no more than this.
    void restored(Store& store);

    /// There is, or was, another device with the same key, which knew no more than this.
    void copied(DeviceId device, DeviceData const& data, std::set<std::string> const& texts,
        bool knows_this_life);

    /// It may be revoked, or is for certain.
    void maybe_revoked(DeviceId device) { cut_short_.insert(device); }
    void revoked(DeviceId device) { revoked_.insert(device); }

    // The end

    /// The log of one conversation, which every device of the two must have.
    Log log(std::string const& one, std::string const& other, Store& store);
    void check_texts();
    [[nodiscard]] std::string const& author(std::string const& text) const;

    void breaks(std::string promise);
    [[nodiscard]] std::string const& broken() const { return broken_; }
    [[nodiscard]] std::size_t text_count() const { return texts_.size(); }

private:
    using Talk = std::pair<std::string, std::string>;

    struct Text {
        DeviceId by;
        std::string author;
        Talk talk;
        bool is_refused;       // to nobody
        bool may_lack = false; // may be lost
        bool may_double = false;
        std::size_t found = 0; // in the logs, at the end
    };

    static Talk talk_of(std::string const& one, std::string const& other);
    void stands(Talk const& talk, Seq seq, Kind kind, std::string const& text);

    std::map<std::string, Text> texts_;
    std::map<Talk, Log> told_;
    std::map<std::pair<DeviceId, N>, std::string> answers_;
    std::map<std::string, Feed> got_;
    std::map<std::pair<Talk, std::string>, Seq> read_;
    std::set<DeviceId> copied_;
    std::set<DeviceId> cut_short_;
    std::set<DeviceId> revoked_;
    std::string broken_;
};

} // namespace duet::sim
