// Stands at the door: lets strangers in, has them wait or sends them away, as admission says, and counts.
//
// It is told what guests are told, since that is how anybody learns whether a stranger could prove anything.

#pragma once

#include "core/event.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"
#include "server/admission.hpp"
#include "server/metrics.hpp"

#include <string_view>
#include <vector>

namespace duet {

class DoorKeeper {
public:
    /// All are lent.
    DoorKeeper(
        Loop const& loop, Connections& connections, AdmissionRules const& rules, Metrics& metrics);

    /// A stranger has come, from `source`. False if there is no place for it: it must be closed at once.
    [[nodiscard]] bool come(ConnectionId id, Source const& source);

    /// It has said something.
    void heard(ConnectionId id);

    /// It is told something.
    void told(ConnectionId id, Event const& event);

    /// What it began with cannot be understood.
    void broke_protocol(ConnectionId id);

    /// It has gone.
    void left(ConnectionId id, std::string_view reason);

    /// Lets those be heard whose turn it is, and gives their ids: something may have been heard of them already.
    std::vector<ConnectionId> take_turns();

    [[nodiscard]] Admission& admission() { return admission_; }
    [[nodiscard]] Metrics& metrics() { return metrics_; }

private:
    void refused(ConnectionId id, Error error);

    Loop const& loop_;
    Connections& connections_;
    Metrics& metrics_;
    Admission admission_;
};

} // namespace duet
