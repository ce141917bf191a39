// A device's side of the conversation: outbox, cursor, and what to do when a connection breaks.
//
// A calculation, as core/chat.hpp is: it is told of connections, events and time, and answers with a
// Step. Whoever drives it first writes the step's changes to the device's own store, all or none, synced,
// and only then sends its requests and tells its notices. So what is confirmed to the server is
// stored, what was sent has its n on disk, and a crash between any two steps loses nothing: the next
// start goes on from what the store says.
//
//   enrolling once, the first time: the server that is met is pinned, if it is the one that the link
//             named, the secret shown, and sign-in follows on the same connection. Cut off anywhere, it
//             is done again.
//   saying    a text waits in the outbox without a number. It gets the device's next n when it is
//             first sent, and keeps it until the answer: sending it again is always safe.
//   hearing   every feed number reaches the device once, in order; a jump is a loss, and ends the
//             connection so that the next one goes on from the cursor.
//   another epoch   the server was restored from a backup: the cursor goes to its head, and what it
//             no longer knows of ours is said again (docs/protocol.md, "Another epoch").

#pragma once

#include "base/identity.hpp"
#include "core/event.hpp"
#include "core/intervals.hpp"
#include "core/request.hpp"
#include "core/say_queue.hpp"
#include "core/session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace duet {

class Random;

/// What a new device needs in order to become somebody's.
struct Enrolling {
    std::string secret;
    std::string handle; // of a new person; empty: a further device
    std::string name;
    std::string device_name;
};

// What must be on the device's disk before the step's requests are sent.

struct SayKept {
    OwnSay say;
};
struct SayNumbered { // or, with n 0, to be numbered anew
    SayId id;
    N n;
};
struct SaySettled {
    SayId id;
    N n;
    Seq seq; // 0 if refused
    std::optional<Error> refused;
};
struct EntryKept {
    EntryEvent entry;
};
struct CursorMoved {
    Feed feed;
};
/// The store's life that this device knows, with its own last n and the cursor in it. In another life
/// than before nothing is known of any talk: what is kept, what is last, the marks.
struct LifeKnown {
    Epoch epoch;
    N last_n;
    Feed feed;
};
/// Entries of others beyond this feed number are no longer on the server.
struct EntriesOrphaned {
    Feed beyond;
};
struct MarkKept {
    MarkEvent mark;
};
struct ReadWanted { // what the user has read and the server may not know
    std::string with;
    Seq seq;
};
/// As the list of contacts has it: nothing beyond `last` is on the server.
struct LastSeqKnown {
    std::string with;
    Seq last;
};
struct ContactKnown {
    std::string handle;
    std::string name; // empty: erased
};
/// From here on the server is who has this identity.
struct ServerPinned {
    Identity server;
};
/// All conversations that there are in this life are known.
struct PeopleKnown { };
/// The device is this person's.
struct BelongsTo {
    std::string you; // handle
};

using Change = std::variant<SayKept, SayNumbered, SaySettled, EntryKept, CursorMoved, LifeKnown,
    EntriesOrphaned, MarkKept, ReadWanted, LastSeqKnown, ContactKnown, PeopleKnown, ServerPinned,
    BelongsTo>;

// What the user may want to be told.

/// A copy of this device seems to exist: somebody else has used a number of ours.
struct CopySeen { };
/// The server's store was restored from a backup.
struct AnotherLife { };
/// The server has ended it, and it makes no sense to come again by oneself.
struct Ended {
    Error reason;
};

using Notice = std::variant<CopySeen, AnotherLife, Ended, TypingEvent, Presence, Welcome,
    DeviceAsks, Waiting, SettingsEvent, TalkEvent>;

struct Step {
    std::vector<Change> changes;   // first
    std::vector<Request> requests; // then
    std::vector<Notice> notices;   // and to the user
    bool must_disconnect = false;  // after all of it
};

/// What the device's store has to say when it is asked.
class DeviceStore {
public:
    /// The device's own texts that were said with an n above `n`, in the order of their n.
    virtual std::vector<OwnSay> said_above(N n) = 0;

protected:
    ~DeviceStore() = default;
};

/// What a device knows when it starts: the sum of all changes so far.
struct DeviceData {
    std::optional<Identity> server;          // pinned; none: the first one that it meets will be
    std::optional<IdentityHash> server_hash; // from a link: nobody else is pinned
    std::optional<Enrolling> enrolling;      // until it is enrolled
    std::string you; // whose device this is; empty: nobody's yet, or it was paired (direct)

    std::optional<Epoch> epoch;
    N last_n {};
    Feed cursor {};
    SayQueue outbox; // not settled
    SayId last_say {};

    struct Talk {
        Seq last {};       // the newest that is known to exist
        Intervals kept {}; // the entries that are stored here
        MarkEvent mine {};
        MarkEvent theirs {};
        Seq read_wanted {};
    };
    std::map<std::string, Talk> talks; // by the other's handle
    bool knows_people = false;         // all of `talks`; until then they are asked for

    /// Applies what a step has written, as the store itself does.
    void apply(Change const& change);
};

class DeviceSide {
public:
    /// `store` and `random` are lent. `server` is the identity that is pinned; none: as `data` says.
    DeviceSide(DeviceData data, KeyPair const& keys, std::optional<Identity> const& server,
        std::string client, DeviceStore& store, Random& random);

    /// The user says something.
    SayId say(std::string to, std::string text, Step& step);

    /// The user has seen a conversation up to here.
    void read(std::string const& with, Seq seq, Step& step);

    /// Asks for the newest entries of a conversation that are missing here. False if none are, or if
    /// nobody can be asked now.
    bool fetch_missing(
        std::string const& with, Step& step, std::optional<std::uint64_t> id = std::nullopt);

    /// True unless all entries of the conversation that are known of are here.
    [[nodiscard]] bool misses_any(std::string const& with) const;

    void connected(Now now, Step& step);

    /// It broke, or was never made. When to try again: see next_deadline.
    void disconnected(Now now);

    /// One event from the server. `exporter` as in Chat::handle.
    void received(Event const& event, Bytes exporter, Now now, Step& step);

    /// Everything that came together was received: confirms it, once.
    void settle(Step& step);

    /// Pings every limits::ping_after, gives up on a silent server. True if it is time to connect.
    bool pass_time(Now now, Step& step);
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

    [[nodiscard]] DeviceData const& data() const { return data_; }
    [[nodiscard]] bool is_signed_in() const { return stage_ == Stage::signed_in; }
    [[nodiscard]] bool has_ended() const { return stage_ == Stage::ended; }

private:
    enum class Stage : std::uint8_t { away, greeting, enrolling, signing_in, signed_in, ended };

    void on(Greeted const& greeted, Bytes exporter, Step& step);
    void on(Enrolled const& enrolled, Step& step);
    void on(Welcome const& welcome, Step& step);
    void on(EntryEvent const& entry, Step& step);
    void on(Said const& said, Step& step);
    void on(Refused const& refused, Step& step);
    void on(NReused const& reused, Step& step);
    void on(Later const& later, Now now, Step& step);
    void on(MarkEvent const& mark, Step& step);
    void on(PeopleEvent const& people, std::optional<std::uint64_t> id, Step& step);
    void on(UnknownEvent const& unknown, Step& step);
    void on(Bye const& bye, Now now, Step& step);

    void sign_in(Step& step);
    void end(Error reason, Step& step);
    void begin_life(Welcome const& welcome, Step& step);
    void say_what_waits(Step& step);
    void number_anew(N n, Step& step);
    void close_gap(N expected, Step& step);
    void settle_say(N n, Seq seq, std::optional<Error> refused, Step& step);
    void answered(Step& step);
    void keep(EntryEvent const& entry, Step& step);
    void advance(Feed feed, Step& step);
    void change(Change change, Step& step);
    void ask(Request::Body body, Step& step, std::optional<std::uint64_t> id = std::nullopt);

    DeviceData data_;
    KeyPair keys_;
    std::string client_;
    DeviceStore& store_;
    Random& random_;

    Stage stage_ = Stage::away;
    Nonce nonce_ {};
    Proof proof_ {}; // ours, in this connection
    Epoch epoch_ {}; // the server's, in this connection
    std::uint64_t unanswered_max_ = 0;
    std::uint64_t at_once_ = 0;  // so many of them at the moment, see Later
    std::size_t unanswered_ = 0; // says sent in this connection without an answer
    N said_up_to_ {};            // in this connection
    bool goes_back_ = false;     // a `later` came: nothing is said until all is answered
    MonotonicTime resume_at_ {}; // and not before this
    bool has_news_ = false;      // the cursor moved since the last `got`
    bool told_of_copy_ = false;

    MonotonicTime heard_at_ {};
    MonotonicTime pinged_at_ {}; // or connected, if later
    MonotonicTime connect_at_ {};
    MonotonicTime stays_away_until_ {}; // as a `bye` asked for
    unsigned failures_ = 0;
};

} // namespace duet
