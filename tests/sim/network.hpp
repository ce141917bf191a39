// Connections that are strings of bytes: they come late, in pieces, and not at all.
//
// A wire has two ends, and each learns by itself that it is cut: in between, one side speaks to nobody,
// and what was under way may still arrive at the other.

#pragma once

#include "core/draft.hpp"
#include "tests/sim/dice.hpp"

#include <map>
#include <string>
#include <vector>

namespace duet::sim {

struct Wire {
    std::string to_server {};
    std::string to_device {};
    bool has_server = true; // has not learnt that it is cut
    bool has_device = true;
};

class Network {
public:
    explicit Network(Dice& dice) : dice_(dice) { }

    SessionId open();

    /// nullptr when both ends are gone.
    Wire* find(SessionId id);

    /// An end goes; what was under way to it is lost.
    void leave_as_server(SessionId id);
    void leave_as_device(SessionId id);

    /// The server is gone, and with it all its ends.
    void lose_server();

    /// Another server comes in the place of this one: nothing of before arrives any more.
    void lose_all();

    /// What arrives of `bytes` now: whole lines. All of it when `in_full`, else as it happens.
    std::string arrive(std::string& bytes, bool in_full);

    [[nodiscard]] std::vector<SessionId> wires() const;

private:
    void forget_if_gone(SessionId id);

    Dice& dice_;
    std::map<SessionId, Wire> wires_;
    std::uint64_t opened_ = 0;
};

} // namespace duet::sim
