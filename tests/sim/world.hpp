// One life: a server and its people's devices, and all that happens to them, as a seed decides.
//
// In some lives the server is one of two who talk directly, and the only other device is the partner's.
//
// Step by step somebody speaks, bytes arrive, the scribe writes, time passes, and something fails. Then
// comes calm: nothing fails any more, and all that waits must come to its end. What must be true then,
// and what at every step, the oracle knows.

#pragma once

#include "doors/json.hpp"
#include "tests/sim/device_actor.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/oracle.hpp"
#include "tests/sim/server_actor.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace duet::sim {

class World {
public:
    explicit World(std::uint64_t seed);

    /// Lives through `steps` steps with faults, then calm. Gives what promise was broken, or nothing.
    std::string live(std::size_t steps);

    [[nodiscard]] std::size_t text_count() const { return oracle_.text_count(); }
    [[nodiscard]] std::size_t accident_count() const { return accidents_; }

private:
    using Devices = std::vector<std::unique_ptr<DeviceActor>>;

    // people.cpp: who there is
    void add_people(std::size_t count);
    PersonId enrol(std::string const& handle, Invitation::For what, PersonId by);

    // world.cpp: steps
    void step();
    void speak(DeviceActor& device);
    void read(DeviceActor& device);
    void let_time_pass(std::size_t milliseconds_most);
    void take(DeviceActor& device, Step const& step);
    bool dies_now(DeviceActor& device);
    void send(DeviceActor& device, Step const& step);
    void ask(DeviceActor& device, Request::Body body);
    void connect(DeviceActor& device);
    void write(std::size_t most);
    void tell(std::size_t most);
    void keep_up();
    DeviceActor& any_device();
    DeviceId device_of(DeviceId on_server);

    // traffic.cpp: bytes
    void carry_to_server(SessionId id);
    void carry_to_device(SessionId id);
    void hear(DeviceActor& device, std::string const& lines);
    void hear(DeviceActor& device, Event const& event, Step& step);
    void deliver();
    void deliver(Outgoing const& outgoing);
    DeviceActor* device_on(SessionId wire);

    // direct.cpp: two who talk directly
    void be_direct();
    void dial(bool as_scribe);
    void meet();
    bool they_meet(bool scribe_calls);
    bool is_scribes_own(DeviceActor const& device) const;

    // accidents.cpp
    void have_accident();
    void restart(DeviceActor& device);
    void cut(DeviceActor& device);
    void device_leaves(DeviceActor& device);
    void server_leaves(SessionId id);
    void server_dies();
    void restore_server();
    void restore(DeviceActor& device);
    void clone(DeviceActor& device);
    void revoke(DeviceActor& device);
    void jump_clock();

    // calm.cpp: the end
    void calm_down();
    void switch_to(bool clones);
    void come_to_the_end();
    void calm_round();
    bool is_quiet();
    void check_promises();
    void check_log(DeviceActor const& device, std::string const& with, Log const& truth);
    void check_marks(DeviceActor const& device, std::string const& with, Log const& truth);

    Dice dice_;
    // Which accidents this life may have: some make others' promises too weak to be checked.
    bool const is_direct_;
    bool const may_restore_server_;
    bool const may_copy_devices_;
    bool const may_enrol_late_;
    bool const may_revoke_;

    Now now_;
    Oracle oracle_;
    ServerActor server_;
    Network network_;
    JsonDoor door_;
    Outbox outbox_;
    Devices devices_;
    std::map<DeviceId, SessionId> newest_session_; // of those that were welcomed
    std::map<SessionId, DeviceId> welcomed_;
    std::set<DeviceId> revoked_;
    std::vector<bool> dials_;                     // under way: whether it is the scribe's
    std::map<SessionId, bool> dialled_by_scribe_; // of the partner's connections
    std::size_t texts_ = 0;
    std::size_t accidents_ = 0;
    MonotonicTime scribe_rests_until_ {};
    bool is_calm_ = false;
};

} // namespace duet::sim
