// What the layers of a store have in common: rows that are whole, and pages of entries.
//
// A store's look-ups go through layers, the newest first: what has just become true (store/tables.hpp),
// what is being indexed, the index. Every layer holds whole rows: when a record alters a part of a row
// that only a layer below has, the row is fetched from there first. So the newest layer that has a row
// is right, whatever those below say, and it does no harm if two layers have the same row.

#pragma once

#include "core/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace duet {

/// What is known of two persons together: whether they are contacts, how far they have talked and
/// how far each has got.
struct Conversation {
    Pair pair;
    Bond bond {};
    Time contacts_since {};
    Seq last {};        // 0: nothing was said yet
    Seq last_by_low {}; // 0: the lower person has said nothing yet
    Seq last_by_high {};
    Mark low;
    Mark high;

    bool operator==(Conversation const&) const = default;

    /// That of two persons of whom nothing is known.
    static Conversation between(Pair pair)
    {
        return {.pair = pair,
            .bond = {.pair = pair},
            .low = {.pair = pair,
                .who = pair.low,
                .delivered {},
                .read {},
                .head_low {},
                .head_high {}},
            .high = {.pair = pair,
                .who = pair.high,
                .delivered {},
                .read {},
                .head_low {},
                .head_high {}}};
    }

    [[nodiscard]] Mark const& mark_of(PersonId who) const { return who == pair.low ? low : high; }

    [[nodiscard]] Seq last_by(PersonId who) const
    {
        return who == pair.low ? last_by_low : last_by_high;
    }
};

/// Which conversations of a person are looked for.
enum class Among {
    all,
    known, // to that person: see Bond::is_known_to
    contacts,
    asked, // by that person, and not answered
};

/// Whether it is one of those, for this person.
bool is_among(Conversation const& conversation, PersonId person, Among which);

/// How many bytes of bodies each of two persons said.
struct BodyBytes {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

/// The rows of the layers below one.
class RowsBelow {
public:
    virtual ~RowsBelow() = default;

    virtual std::optional<Person> person(PersonId id) = 0;
    virtual std::optional<Device> device(DeviceId id) = 0;
    virtual std::optional<Conversation> conversation(Pair pair) = 0;
    virtual std::optional<Invitation> invitation(SecretHash const& secret) = 0;

    /// Of bodies that are still there in a part of a conversation.
    virtual BodyBytes body_bytes(Pair pair, Seq first, Seq last) = 0;
};

/// Entries that are being gathered for an answer, until it is full.
class EntryPage {
public:
    explicit EntryPage(std::size_t bytes_max) : bytes_left_(bytes_max) { }

    [[nodiscard]] bool is_full() const { return is_full_; }

    /// Whether an entry with such a body still fits; if not, the page is full from here on.
    bool has_room_for(std::size_t body_bytes);

    void add(Entry entry);

    [[nodiscard]] std::vector<Entry> take() { return std::move(entries_); }

private:
    std::vector<Entry> entries_;
    std::size_t bytes_left_;
    bool is_full_ = false;
};

} // namespace duet
