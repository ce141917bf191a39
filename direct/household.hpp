// All that one person's program is who talks directly: it listens, calls, finds out who is there
// (direct/preface.hpp), serves those partners who are not the scribe (direct/own_scribe.hpp), and is served by
// the others. For each partner there is one client (client/duet.hpp), and that is all its user sees.
//
// What lies in its directory:
//
//     lock             held by the process that talks
//     partners.sqlite  our key, and whom we know (direct/partners.hpp)
//     tls.pem          a certificate, since TLS wants one
//     store/           the store of our own scribe
//     talk-N/          our device for the talk with partner N (client/device_file.hpp)
//
// Everything can be cut off anywhere, and the process be killed: the talk goes on from what both disks say.
// Which of two connections with the same partner is kept is for the one of the two to say who is not the
// scribe, since there they would be one device: the newer, but not in place of one that the scribe has made.

#pragma once

#include "client/directory_lock.hpp"
#include "client/duet.hpp"
#include "direct/own_scribe.hpp"
#include "direct/partner_carrier.hpp"
#include "direct/partners.hpp"
#include "direct/preface.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "net/departures.hpp"
#include "net/dialler.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"
#include "pairing/link.hpp"
#include "server/system_random.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet {

/// Whom to call.
struct CallOrder {
    std::vector<Endpoint> places = {};              // tried one after the other, again and again
    std::optional<Identity> identity = {};          // who must be there
    std::optional<IdentityHash> identity_hash = {}; // the same, from a link
    std::string secret = {};                        // of a link
    std::optional<ShortCode> code = {};             // that somebody has spoken
};

/// Is told what happens, in Household::act and in no other call.
class HouseholdHandler {
public:
    /// A talk with this partner can begin or go on. Gives who is told what happens in it; lent for good.
    virtual ClientHandler& meets(Partner const& partner) = 0;

    /// The client of that talk is there.
    virtual void opened(Partner const& partner, Client& client) = 0;

    /// We have just come to know each other.
    virtual void paired(Partner const& partner) = 0;

    /// The partner has ended the talk.
    virtual void left(Partner const& partner) = 0;

    /// Who was called is not there; it is tried again.
    virtual void not_reached(std::string const& words) = 0;

    /// The one who was called does not want us, or is another one than it was: nothing more is tried.
    virtual void call_failed(Failure const& why) = 0;

protected:
    ~HouseholdHandler() = default;
};

class Household final : AcceptorHandler, ConnectionHandler, ResolverHandler, DiallerHandler {
public:
    /// Opens what lies in `directory`, or begins it. `loop` and `handler` are lent.
    ///
    /// Errors  "held" by another process; "store"; "network".
    static Result<std::unique_ptr<Household>, Failure> open(
        Loop& loop, std::string const& directory, HouseholdHandler& handler);

    ~Household();
    Household(Household const&) = delete;
    Household& operator=(Household const&) = delete;

    [[nodiscard]] Partners& partners() { return *partners_; }

    /// Lets others call. With `pairs`, those too who bring a secret of ours.
    void listen(std::vector<Listener> listeners, bool pairs);

    /// A secret for a link, good once and for a day.
    /// Errors  "store".
    Result<std::string, Failure> make_secret();

    /// A short code, to be spoken; the one before is good no more.
    /// Errors  "store".
    Result<ShortCode, Failure> make_code();

    /// Calls until the talk is there, and again whenever it breaks.
    void call(CallOrder order);

    /// The client of a talk, opened if it is not yet.
    /// Errors  "held", "store".
    Result<Client*, Failure> client(Partner const& partner);

    /// All that can be done now, without waiting.
    void act();
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

    /// Takes leave of everybody: the talk is over, and not only the connection.
    void take_leave();
    /// Whether all that was to be said has been, so that nothing is lost by ending now.
    [[nodiscard]] bool has_left() const;

    /// Why it cannot go on.
    std::optional<std::string> failure();

private:
    /// A connection with somebody who has not proved yet who they are, or waits for being let in.
    struct Meeting {
        ConnectionId connection;
        Preface::Side side = Preface::Side::listening;
        MonotonicTime until;
        std::string place = {};                // of whom we call: where that is
        std::unique_ptr<Preface> preface = {}; // from when the connection is secured
        std::size_t bytes = 0;                 // said so far
        bool has_tried = false;                // a code
        std::optional<PartnerId> partner = {}; // who it is: known, and waits for being let in
    };

    /// One partner in this process.
    struct Member {
        Partner partner;
        bool we_are_scribe = false;
        PartnerCarrier* carrier = nullptr; // in `client`
        std::unique_ptr<Client> client = {};
        bool scribe_has_dialled = false;       // the connection that there is
        std::vector<ConnectionId> guests = {}; // where we are the scribe: the partner's connections
    };

    /// Who is being called.
    struct Calling {
        CallOrder order;
        std::size_t next_place = 0;
        bool is_under_way = false;
        std::optional<ConnectionId> meeting = {};
        std::optional<PartnerId> partner = {}; // once it is known who that is
        unsigned failures = 0;
        MonotonicTime at {};
    };

    Household(Loop& loop, std::string directory, DirectoryLock lock, HouseholdHandler& handler);
    Result<void, Failure> begin();

    // from the acceptor, the dialler and the connections
    void accepted(Socket socket) override;
    void resolved(SocketResult<std::vector<Address>> const& addresses) override;
    void reached(Socket socket) override;
    void not_reached(std::vector<SocketError> const& errors) override;
    void secured(ConnectionId id) override;
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { }

    // meetings: household_meetings.cpp
    Meeting& meet(ConnectionId id, Preface::Side side);
    Meeting* find_meeting(ConnectionId id);
    void hear(Meeting& meeting, Bytes line);
    void decide(Meeting& meeting, std::string& answer);
    void greet(Meeting& meeting, std::string& answer);
    void admit(Meeting& meeting, std::string& answer);
    [[nodiscard]] std::optional<Failure> stranger_there(Meeting const& meeting);
    void let_try(Meeting& meeting, std::string& answer);
    [[nodiscard]] PairingRandom pairing_random();
    void come_to_know(Meeting& meeting);
    void finish(Meeting& meeting, std::string const& words);
    void let_in_who_waits();
    void end_late_meetings();

    // talks
    void let_in(Meeting const& meeting, Member& member);
    void connect_to_own_scribe(Member& member);
    void note_departures();
    void turn_clients();
    [[nodiscard]] bool is_connected(Member const& member) const;

    // calling
    void call_again();
    void call_has_failed(std::string const& words);
    void stop_calling(Failure why);

    [[nodiscard]] static Time now();

    Loop& loop_;
    std::string const directory_;
    DirectoryLock lock_;
    HouseholdHandler& handler_;
    SystemRandom random_;
    std::unique_ptr<Partners> partners_;
    std::unique_ptr<TlsContext> as_server_;
    std::unique_ptr<TlsContext> as_client_;
    Connections connections_;
    Departures departures_;
    std::unique_ptr<OwnScribe> scribe_;
    std::map<std::uint32_t, Meeting> meetings_; // by their connections' slots
    std::map<PartnerId, Member> members_;
    std::optional<Acceptor> acceptor_;
    Resolver resolver_;
    Dialler dialler_;
    std::optional<Calling> calling_;
    bool pairs_ = false;
    bool has_taken_leave_ = false;
};

} // namespace duet
