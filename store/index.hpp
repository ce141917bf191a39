// The lowest layer of a store: all that the journal says up to a position, to be looked up.
//
// It lags behind the journal, and catches up by taking a whole layer (store/tables.hpp) at once, together
// with the position that it then stands at. What it answers is what some position says, never a half of
// one. Its look-ups may be called from any threads, also while `follow` runs in another.
//
// store/sqlite_index.hpp keeps it in a file; store/memory_index.hpp in memory, for tests and the
// simulator.

#pragma once

#include "store/blanks.hpp"
#include "store/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

class Tables;

/// Why an index cannot follow.
struct IndexFault {
    bool is_full;      // no space: nothing has changed, and it may be tried again later
    std::string words; // a sentence for the operator
};

class Index : public RowsBelow {
public:
    /// The number of the last batch of the journal that it holds; 0 for none.
    virtual std::uint64_t position() = 0;

    /// Takes a layer that begins where this one ends, and stands at `position` from then on: on disk
    /// when it returns, both or neither.
    virtual Result<void, IndexFault> follow(Tables const& newer, std::uint64_t position) = 0;

    virtual std::optional<Epoch> epoch() = 0;
    virtual std::optional<Feed> last_feed(PersonId person) = 0;
    virtual std::optional<N> last_n(DeviceId device) = 0;
    virtual std::optional<PersonId> last_person() = 0;
    virtual std::optional<DeviceId> last_device() = 0;
    virtual std::optional<Answer> answer(DeviceId device, N n) = 0;

    /// Adds to a page the entries `from` to `to` of a feed, until it is full. Bodies that `newer` layers
    /// know to be gone are empty.
    virtual void feed(
        PersonId person, Feed from, Feed to, Blanks const& newer, EntryPage& page) = 0;

    /// Likewise the entries `first` to `last` of a conversation.
    virtual void log(Pair pair, Seq first, Seq last, Blanks const& newer, EntryPage& page) = 0;

    /// One entry, without its body's being read.
    virtual std::optional<Entry> feed_entry(PersonId person, Feed feed) = 0;
    virtual std::optional<Entry> log_entry(Pair pair, Seq seq) = 0;

    virtual std::optional<PersonId> person_of_handle(std::string_view handle) = 0;
    virtual std::optional<PersonId> person_of_recovery(SecretHash const& phrase) = 0;
    virtual std::optional<std::string> settings(PersonId person) = 0;
    virtual std::optional<TalkChanged> talk(PersonId person, PersonId other) = 0;

    /// In any order, those that changed at a head of `from` or later; others may be among them.
    virtual std::vector<TalkChanged> talks_since(PersonId person, Feed from) = 0;

    /// In any order, those that are not done; others may be among them.
    virtual std::vector<DeviceAnnounced> announcements() = 0;
    virtual std::optional<DeviceId> device_of_identity(Identity const& identity) = 0;
    virtual std::optional<DeviceId> device_of_secret(SecretHash const& secret) = 0;
    virtual std::vector<Device> devices(PersonId person) = 0;

    /// Those with persons whose ids are above `after`, in the order of these ids, at most `limit`;
    /// of those that are asked all, from the first.
    virtual std::vector<Conversation> conversations(
        PersonId person, PersonId after, Among which, std::size_t limit) = 0;
};

} // namespace duet
