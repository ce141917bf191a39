// The admin socket of a server: what its operator asks while it runs.
//
// It lies in the data directory, for its owner alone, and the system says who calls (SO_PEERCRED): the
// same user, or root. What changes something goes the way of all changes, as a draft to the scribe; what
// only looks is done by the workshop, beside the loop.

#pragma once

#include "core/chat.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "net/departures.hpp"
#include "server/workshop.hpp"
#include "store/journal_store.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace duet {

class Admin final : AcceptorHandler, ConnectionHandler {
public:
    /// All are lent. `come_in` is the endpoint that an invitation names: "chat.example:8000".
    Admin(Loop& loop, Connections& connections, JournalStore& store, Listener listener,
        std::string directory, std::string come_in);

    /// What the scribe is asked since the last call.
    std::vector<Draft> take_drafts() { return std::exchange(drafts_, {}); }

    /// Where the operator has moved the server since the last call; empty: it is here after all.
    std::optional<std::string> take_move() { return std::exchange(move_, std::nullopt); }

    /// Looks whether `outcome` is of a draft from here, and tells who asked.
    void finished(Outcome const& outcome);

    /// Tells what the workshop has said meanwhile.
    void pass_on();

private:
    /// Somebody whose verb waits for the scribe.
    struct Caller {
        std::size_t answers_missing = 0;
        int code = 0;
    };

    void accepted(Socket socket) override;
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { } // the tick looks what more can be said

    void serve(ConnectionId id, std::string_view line);
    void invite(ConnectionId id, PersonId by);
    void invite_pair(ConnectionId id);
    void erase(ConnectionId id, std::string const& handle);
    void suspend(ConnectionId id, std::string const& handle, bool is_suspended);
    void link(ConnectionId id, std::string const& handle);
    std::optional<Person> person_called(ConnectionId id, std::string const& handle);
    void move(ConnectionId id, std::string const& address);
    void export_of(ConnectionId id, std::string const& handle);
    bool work_asked(ConnectionId id, std::string_view line);
    void draft(ConnectionId id, Draft draft);
    void work(ConnectionId id, Workshop::Job job);
    void end(ConnectionId id, std::string_view words, int code);
    void answered(ConnectionId id, std::string_view words, int code);
    bool can_hear(Workshop::Said const& said);
    void pass_on(Workshop::Said const& said);

    Connections& connections_;
    JournalStore& store_;
    std::string const directory_;
    std::string const come_in_;
    Departures departures_;
    Acceptor acceptor_;
    std::vector<Draft> drafts_;
    std::optional<std::string> move_;
    std::unordered_map<std::uint64_t, Caller> callers_; // by their sessions' ids
    Workshop workshop_;                                 // last: it ends before what it looks at
};

} // namespace duet
