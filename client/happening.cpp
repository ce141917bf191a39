#include "client/happening.hpp"

namespace duet {

namespace {

/// One call of the handler's for each kind.
struct Teller {
    ClientHandler& handler;

    void operator()(EntryHeard const& it) const { handler.heard(it.message); }
    void operator()(MessageChanged const& it) const { handler.changed(it.message); }
    void operator()(OlderFetched const& it) const { handler.fetched(it.with, it.more); }
    void operator()(TypingEvent const& it) const { handler.typing(it.from); }
    void operator()(Presence const& it) const { handler.presence(it.who, it.online); }
    void operator()(ConnectionMoved const& it) const { handler.connection(it.now, it.words); }
    void operator()(EndedForGood const& it) const { handler.ended(it.why); }
    void operator()(CopySeen const&) const { handler.copy_seen(); }
    void operator()(AnotherLife const&) const { handler.another_life(); }
    void operator()(PeopleAnswer const& it) const { handler.people(it.asked, it.all); }
    void operator()(DevicesAnswer const& it) const { handler.devices(it.asked, it.all); }
    void operator()(SecretAnswer const& it) const { handler.secret(it.asked, it.secret); }
    void operator()(DeviceWaits const& it) const { handler.device_asks(it.device); }
    void operator()(WaitsForConfirmation const&) const { handler.waits_for_confirmation(); }
    void operator()(TalkMoved const& it) const { handler.talk_changed(it.with, it.contact); }
    void operator()(Settings const& it) const { handler.settings(it); }
    void operator()(RecoveryAnswer const& it) const { handler.recovery(it.asked, it.phrase); }
    void operator()(DoneAnswer const& it) const { handler.done(it.asked); }
    void operator()(DeniedAnswer const& it) const { handler.denied(it.asked, it.why); }
};

} // namespace

void tell(ClientHandler& handler, Happening const& happening)
{
    std::visit(Teller {handler}, happening);
}

} // namespace duet
