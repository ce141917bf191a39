// A server without sockets, disk and clock: the real core over a store in memory, in made-up time, and
// handsets that do and hear what a test tells them. Nothing is written before the test says so.

#pragma once

#include "core/chat.hpp"
#include "core/scribe.hpp"
#include "store/layered_store.hpp"
#include "store/memory_index.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

/// The same bytes in every test.
class Sequence final : public Random {
public:
    void fill(std::span<std::byte> bytes) override;

private:
    std::uint32_t state_ = 8000;
};

struct NothingBelow {
    MemoryIndex nothing_below;
};

/// A store in memory whose disk is full when the test says so.
class StageStore final : private NothingBelow, public LayeredStore {
public:
    StageStore() : LayeredStore(nothing_below) { }

    Result<void> append(std::span<Record const> batch) override;

    bool is_full = false;
};

/// One person's device, as simple as can be: it has stored whatever it was told.
struct Handset {
    std::string person; // a handle
    KeyPair keys;
    SessionId session {}; // the newest
    Nonce client_nonce {};
    Nonce server_nonce {};
    Feed cursor {};
    N n {};                         // the last one that it used
    std::deque<Event> heard {};     // and not asked for yet
    std::deque<Presence> seen {};   // who came and who left, likewise
    std::size_t bytes_under_way {}; // of entries that came since the last `got`
    bool is_cut = false;            // it was said goodbye to
};

class Stage {
public:
    Stage();

    Handset handset(std::string const& person);

    // Coming and going

    void connects(Handset& device);
    void signs_in(Handset& device);      // and goes on from its cursor
    void signs_in_anew(Handset& device); // and begins at the end
    void comes_back(Handset& device);    // the same as signs_in; what it hears first is thrown away
    void loses_connection(Handset& device);
    Proof proof_of(Handset const& device) const;

    // Enrolment. Of whoever invites or links, the handset must be signed in.

    std::string operators_secret();
    std::string invites(Handset& by);
    std::string links(Handset& by);
    void enrols(Handset& device, std::string const& secret, std::string const& handle);
    void is_confirmed(Handset& device, Handset& by); // which has heard that it asks

    // Talking

    void says(Handset& device, std::string const& to, std::string const& text);
    void says_under(Handset& device, unsigned n, std::string const& to, std::string const& text);
    void got(Handset& device); // all that it has heard
    void asks(Handset& device, Request::Body body, std::optional<std::uint64_t> id = {});

    // The world

    void disk_has_it(); // what was drafted is written and told, and what follows from it
    void pass(std::chrono::milliseconds time);
    void marks_move(); // the interval passes, and the disk has them
    void server_starts_again();

    /// All that the device was told since it was last asked, but for presence: see in_words.hpp.
    std::string hears(Handset& device);
    std::string sees(Handset& device); // presence alone
    void forgets(Handset& device);     // what it has heard is not asked for

    [[nodiscard]] PersonId person(std::string const& handle);
    [[nodiscard]] std::size_t log_length(std::string const& one, std::string const& other);
    [[nodiscard]] bool is_signed_in(Handset const& device) const;

    StageStore store;
    Sequence random;
    KeyPair server_keys = key_pair_from({std::byte {80}});
    Now now {Time(std::chrono::seconds(1'700'000'000)), MonotonicTime(std::chrono::hours(1))};
    std::unique_ptr<Scribe> scribe;
    std::unique_ptr<Chat> chat;
    Outbox outbox;
    std::vector<Draft> drafts;

private:
    void deliver();
    void hear(Handset& device, Event const& event);
    void hear_feed(Handset& device, Feed feed, std::size_t bytes);
    void sign_in_from(Handset& device, std::optional<Feed> feed);

    std::vector<Handset*> connected_;
    std::uint64_t sessions_ = 0;
    unsigned handsets_ = 0;
};

/// The cast of most tests: bob is the first, and has invited ada, who has two devices, and kim. ada and
/// kim are strangers. Nobody is signed in, nothing was said.
class ConversationTest : public Stage {
public:
    ConversationTest();

    Handset bob = handset("bob");
    Handset ada = handset("ada");
    Handset ada_desk = handset("ada");
    Handset kim = handset("kim");
};

} // namespace duet
