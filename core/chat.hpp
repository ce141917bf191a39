// The conversation as everybody who is connected sees it: who may ask what, and who must hear what.
//
// A calculation. It is told of connections, requests, outcomes and time; it answers into an outbox and
// with drafts for the scribe. It makes no system call, knows no socket and no clock, and what is
// random is handed in: same calls, same answers, always. What it tells is on disk, since all that it
// knows of the store is what the store shows, and the scribe's outcomes come when they are true.
//
// One way to catch up: a session has a cursor, `sent`. While that is at the head, new entries go
// straight out; otherwise they are read from the store as the device confirms what it got. Coming back
// after a second or a month, a second device, a restart: all the same code.

#pragma once

#include "base/identity.hpp"
#include "core/choices.hpp"
#include "core/mark_book.hpp"
#include "core/outbox.hpp"
#include "core/pace.hpp"
#include "core/random.hpp"
#include "core/request.hpp"
#include "core/session.hpp"
#include "core/store.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duet {

/// What an operator may choose.
struct ChatRules {
    bool anyone_invites = true; // else the operator alone
    PaceRule pace = {};         // of each device, in what it says and changes
};

class Chat {
public:
    /// `store` and `random` are lent. `keys` are the server's own.
    Chat(Store& store, Random& random, KeyPair const& keys, std::string server_name);

    void set_rules(ChatRules const& rules) { rules_ = rules; }

    /// A connection is there; nothing was said yet. `address` is from where, in words.
    void connected(SessionId id, Now now, std::string address = {});

    /// The connection is gone. Nothing is said to this session any more.
    void disconnected(SessionId id, Outbox& outbox);

    /// One request, in its turn. `exporter` is the TLS exporter's value, empty without TLS.
    void handle(SessionId id, Request const& request, Bytes exporter, Now now, Outbox& outbox);

    /// A person at the plain-lines door, with a code. They have longer than a program has to come so far.
    void greet_plain(SessionId id);
    void sign_in_plain(SessionId id, std::string secret, Now now, Outbox& outbox);

    /// While the scribe has too much to write, what is said is told `later`.
    void set_scribe_is_behind(bool is_behind) { scribe_is_behind_ = is_behind; }

    /// What a session said cannot be understood: it is told, and let go.
    void reject(SessionId id, Error error, Outbox& outbox);

    /// What the scribe was asked has become true, or not.
    void finished(Outcome const& outcome, Outbox& outbox);

    /// What was due by now is done.
    void pass_time(Now now, Outbox& outbox);

    /// When pass_time has something to do at the latest.
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

    /// What the scribe is asked since the last call, in order.
    std::vector<Draft> take_drafts() { return std::exchange(drafts_, {}); }
    [[nodiscard]] bool has_drafts() const { return not drafts_.empty(); }

    /// The server is at another address from here on: all that sign in hear so, at once, and nothing else is taken.
    /// Empty: it is here after all.
    void move_to(std::string address, Outbox& outbox);

    /// The server stops: everybody is told.
    void say_goodbye(Outbox& outbox);

    /// False for one that has left, or was let go.
    [[nodiscard]] bool knows(SessionId id) const
    {
        return sessions_.contains(static_cast<std::uint64_t>(id));
    }

    [[nodiscard]] bool is_signed_in(SessionId id) const;

    [[nodiscard]] std::size_t session_count() const { return sessions_.size(); }

private:
    // chat.cpp: one call for each kind of request that needs no more than a few lines
    void on(Session& session, Hello const& hello, Bytes exporter, Outbox& outbox);
    void on(Session& session, Typing const& typing, Outbox& outbox);
    void on(Session& session, Ping const& ping, Outbox& outbox);
    void on(Session& session, UnknownRequest const& unknown, Outbox& outbox);

    // sign_in.cpp: who is this?
    void on(Session& session, Enrol const& enrol, Bytes exporter, Now now, Outbox& outbox);
    void on(Session& session, SignIn const& sign_in, Bytes exporter, Outbox& outbox);
    void became(PlainSignedIn const& signed_in, Outbox& outbox);
    void begin(Session& session, Person const& person, Device const& device,
        std::optional<Feed> from, Outbox& outbox);
    void begin_feed(Session& session, std::optional<Feed> from, Feed head);
    void replace(DeviceId device, Outbox& outbox);
    void tell_presence(PersonId person, bool is_online, Outbox& outbox);
    void spread_presence(PersonId person, bool is_online, Outbox& outbox);
    bool is_seen(PersonId person);
    void tell_who_is_here(Session const& session, Outbox& outbox);

    // saying.cpp: drafts in, entries out
    void on(Session& session, Say const& say, Now now, Outbox& outbox);
    void on(Session& session, Got const& got, Outbox& outbox);
    void on(Session& session, Read const& read, Outbox& outbox);
    void became(Appended const& appended, Outbox& outbox);
    void became(Repeated const& repeated, Outbox& outbox);
    void became(RefusedForGood const& refused, Outbox& outbox);
    void became(Reused const& reused, Outbox& outbox);
    void became(Postponed const& postponed, Outbox& outbox);
    void offer(Session& session, Appended const& appended, Outbox& outbox);
    void catch_up(Session& session, Outbox& outbox);
    void send_entry(Session& session, Entry const& entry, Outbox& outbox);
    void tell_marks(Session& session, Outbox& outbox);
    void move_marks(Outbox& outbox);
    Session* answered(Asker const& asker);

    // looking.cpp: lists and history
    void on(Session& session, History const& history, Outbox& outbox);
    void on(Session& session, People const& people, Now now, Outbox& outbox);
    void on(Session& session, Devices const& devices, Outbox& outbox);
    PeopleEvent::One row_of(Session const& session, Relation const& relation, TalkState state);
    std::optional<EntryEvent> last_entry_of(
        Session const& session, Relation const& relation, Seq deleted);

    // standing.cpp: who is whose contact, and what each is told of the other
    void on(Session& session, Accept const& accept, Now now, Outbox& outbox);
    void on(Session& session, Refuse const& refuse, Now now, Outbox& outbox);
    void on(Session& session, Block const& block, Now now, Outbox& outbox);
    void on(Session& session, Unblock const& unblock, Now now, Outbox& outbox);
    void ask_for(
        Session& session, std::string const& with, StanceDraft::Step step, Now now, Outbox& outbox);
    void became(StanceMoved const& moved, Outbox& outbox);
    void meet(PersonId person, PersonId other, Outbox& outbox);
    void part(PersonId person, PersonId other, Outbox& outbox);
    void tell_talk(PersonId person, PersonId other, Outbox& outbox);
    TalkState state_of(PersonId person, Relation const& relation, Time now);
    TalkEvent talk_of(TalkChanged const& talk);
    std::optional<PersonId> acquaintance_of(PersonId person, std::string const& handle);

    // choosing.cpp: what a person chooses
    void on(Session& session, ChangeSettings const& change, Now now, Outbox& outbox);
    void on(Session& session, ChangeRecovery const& recovery, Now now, Outbox& outbox);
    void on(Session& session, Leave const& leave, Now now, Outbox& outbox);
    void on(Session& session, Report const& report, Now now, Outbox& outbox);
    void became(SettingsMoved const& moved, Outbox& outbox);
    void became(Completed const& completed, Outbox& outbox);
    void became(Suspended const& suspended, Outbox& outbox);
    void became(Reported const& reported, Outbox& outbox);
    void tell_what_was_chosen(Session const& session, Outbox& outbox);
    PersonChoices const& choices_of(PersonId person);

    // confirming.cpp: a further device waits for another's yes
    bool must_be_confirmed(Enrol const& enrol, Now now);
    bool has_all_devices(PersonId person);
    void ask_others(Session& session, Enrol const& enrol, Now now, Outbox& outbox);
    void on(Session& session, Confirm const& confirm, Now now, Outbox& outbox);
    void tell_asks(Session const& session, Outbox& outbox);
    void settle_ask(SessionId asking, std::optional<Error> refused, Outbox& outbox);
    void give_up_asking(Session& session, Now now, Outbox& outbox);

    // managing.cpp: devices and invitations
    bool may_ask(Session& session, Outbox& outbox);
    bool may_ask(Session& session, Now now, Outbox& outbox);
    void on(Session& session, Invite const& invite, Now now, Outbox& outbox);
    void on(Session& session, LinkDevice const& link, Now now, Outbox& outbox);
    void on(Session& session, Revoke const& revoke, Now now, Outbox& outbox);
    void became(DeviceEnrolled const& enrolled, Outbox& outbox);
    void became(Announced const& announced, Outbox& outbox);
    void announce(DeviceId device);
    void became(Invited const& invited, Outbox& outbox);
    void became(Revoked const& revoked, Outbox& outbox);
    void became(Erased const& erased, Outbox& outbox);
    void became(Denied const& denied, Outbox& outbox);

    Session* find(SessionId id);
    void tell(SessionId id, Event::Body body, Outbox& outbox);
    void let_go(SessionId id, Error reason, Outbox& outbox);
    void let_all_go(Error reason, Outbox& outbox);
    void forget(SessionId id, Outbox& outbox);
    void wait_for(SessionId id, MonotonicTime when);
    EntryEvent event_of(Entry const& entry, Session const& session, Feed feed);
    std::vector<SessionId> sessions_of(PersonId person) const;
    void let_all_go(PersonId person, Error reason, Outbox& outbox);
    std::string const& handle_of(PersonId person);

    Store& store_;
    Random& random_;
    KeyPair keys_;
    std::string server_name_;
    std::string moved_to_; // empty: it is here

    std::unordered_map<std::uint64_t, Session> sessions_; // by SessionId
    std::unordered_map<std::uint64_t, std::vector<SessionId>>
        people_;                                               // who is signed in, by PersonId
    std::unordered_map<std::uint64_t, SessionId> devices_;     // signed in, by DeviceId
    std::unordered_map<std::uint64_t, std::string> handles_;   // by PersonId; they never change
    std::unordered_map<std::uint64_t, PersonChoices> choices_; // by PersonId, as they are stored
    std::set<std::pair<MonotonicTime, SessionId>> deadlines_;
    ChatRules rules_;
    Paces paces_;

    /// A new device that waits for another's yes.
    struct DeviceAsk {
        SessionId session;
        Enrol enrol;
        std::optional<std::uint64_t> request; // its id
        std::optional<Asker> confirmed_by;
        MonotonicTime until;
    };
    std::map<std::pair<PersonId, std::uint64_t>, DeviceAsk> asks_;
    std::uint64_t last_ask_ = 0;
    std::map<DeviceId, MonotonicTime> announcing_; // and when to ask the scribe again

    MarkBook marks_;
    std::optional<MonotonicTime> marks_due_;
    std::uint64_t connections_ = 0; // so far
    MonotonicTime last_now_ {};
    Time last_label_ {};
    bool scribe_is_behind_ = false;

    std::vector<Draft> drafts_;
    std::optional<std::uint64_t> answering_; // the id of the request that is being answered
};

} // namespace duet
