// The server inside of somebody who talks directly: for those partners who are not the scribe.
//
// It is the server of server/, without its port: core, scribe's thread and store, in a directory of its own.
// Each talk has two persons in it, we and the partner, who are in no other talk: so whatever a partner asks
// for, it can only be about the one talk. Both are put into the store by ourselves, when the partner was
// paired; nobody else is ever let in, and nobody can ask for it.

#pragma once

#include "base/result.hpp"
#include "core/chat.hpp"
#include "direct/partner_door.hpp"
#include "direct/partners.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"
#include "server/open_store.hpp"
#include "server/scribe_thread.hpp"
#include "server/system_random.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet {

class OwnScribe {
public:
    /// Opens the store in `directory`, which must be there, or begins one. `loop` and `connections` are lent.
    ///
    /// Errors  a sentence.
    static Result<std::unique_ptr<OwnScribe>, std::string> open(
        Loop& loop, Connections& connections, std::string const& directory, KeyPair const& keys);

    /// Sees to it that both persons of the talk with a partner are in the store: we, with the device whose
    /// identity is `own_device`, and the partner. It is asked of again freely.
    void prepare(Partner const& partner, Identity const& own_device);

    /// Whether they are.
    [[nodiscard]] bool is_prepared(PartnerId partner) const;

    /// A device of one of them is at the other end.
    void adopt(ConnectionId connection) { door_.adopt(connection); }

    /// What can be done now, without waiting; all that follows from it is told and sent.
    void act();
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

    std::vector<PartnerDoor::Departure> take_departures() { return door_.take_departures(); }

    /// Whether nothing of what was said is still on its way to the disk.
    [[nodiscard]] bool is_idle();

    /// Everybody is told that this is the end.
    void say_goodbye();

    /// Why nothing more can be kept: the process should end.
    std::optional<std::string> failure() { return store_.store().failure(); }

private:
    OwnScribe(Loop& loop, Connections& connections, OpenStore store, KeyPair const& keys);

    struct Preparation {
        Partner partner;
        Identity own_device;
        bool is_done = false;
    };

    void enrol(PartnerId partner, PersonId by, Identity const& device, std::string handle);
    void go_on(Preparation& preparation);
    void note(Outcome const& outcome);

    OpenStore store_;
    SystemRandom random_;
    Outbox outbox_;
    Identity const identity_;
    Chat chat_;
    PartnerDoor door_;
    std::vector<Draft> drafts_; // our own
    std::map<PartnerId, Preparation> preparations_;
    ScribeThread scribe_; // last: it ends before all that it uses
};

} // namespace duet
