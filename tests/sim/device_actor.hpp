// A simulated device: the real device's side, and what is on the disk under it.
//
// Each step's changes are on disk all or none. Its process may die before that, behind it, and while its
// requests go out. A disk can be copied: then it is a backup, or another device with the same key.

#pragma once

#include "core/device_side.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/oracle.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace duet::sim {

struct DeviceDisk {
    DeviceData data {};
    std::map<std::string, Log> logs {}; // by the other's handle
    std::map<N, OwnSay> said {};
    Feed last_kept {}; // of the entries that came by the feed
};

class DeviceActor final : public DeviceStore {
public:
    /// `device` is its name in the world, not the server's for it.
    DeviceActor(std::string person, DeviceId device, KeyPair const& keys, Oracle& oracle);

    /// It has a secret, by which it will become its person's.
    void enrol(Enrolling with) { disk_.data.enrolling = std::move(with); }

    /// Its process begins anew, from its disk.
    void start(Identity const& server, Dice& dice);

    /// Writes what a step has changed.
    void save(Step const& step);
    void save(Change const& change);

    /// Hears one event; sees that it comes in its turn.
    void hear(Event const& event, Now now, Step& step);

    void connected(SessionId over) { wire_ = over; }
    void disconnected(Now now);
    [[nodiscard]] std::optional<SessionId> wire() const { return wire_; }

    void back_up() { backup_ = disk_; }
    [[nodiscard]] bool has_backup() const { return backup_.has_value(); }

    /// Its disk becomes what it was. Another process must be started.
    void restore(Epoch const& now);

    /// Another device with the same key and the same disk.
    std::unique_ptr<DeviceActor> clone(Epoch const& now);

    std::vector<OwnSay> said_above(N n) override;

    [[nodiscard]] DeviceSide& live() { return *live_; }
    [[nodiscard]] DeviceDisk const& disk() const { return disk_; }
    [[nodiscard]] DeviceId device() const { return device_; }
    [[nodiscard]] KeyPair const& keys() const { return keys_; }
    [[nodiscard]] Identity const& identity() const { return keys_.identity; }
    [[nodiscard]] std::string const& person() const { return person_; }

    /// The first conversation of which entries are missing here.
    [[nodiscard]] std::optional<std::string> hole() const;

    bool begins_with_the_first = false; // entry of all, and not at the head
    bool is_on = true;
    bool is_ended = false;     // by the server, until its user starts it again
    bool is_cut_short = false; // somebody wants to revoke it
    bool has_clone = false;
    bool is_clone = false;

private:
    void kept(EntryEvent const& entry);
    void settled(SaySettled const& settled);
    void begun(LifeKnown const& life);
    void tell_of_copy(DeviceDisk const& copy, Epoch const& now);

    std::string person_;
    DeviceId device_;
    KeyPair keys_;
    Oracle& oracle_;
    DeviceDisk disk_;
    std::optional<DeviceDisk> backup_;
    std::unique_ptr<DeviceSide> live_;
    std::optional<SessionId> wire_;
};

} // namespace duet::sim
