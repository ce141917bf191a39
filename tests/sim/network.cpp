#include "tests/sim/network.hpp"

namespace duet::sim {

SessionId Network::open()
{
    SessionId const id {++opened_};
    wires_[id] = {};
    return id;
}

Wire* Network::find(SessionId id)
{
    auto const found = wires_.find(id);
    return found == wires_.end() ? nullptr : &found->second;
}

void Network::leave_as_server(SessionId id)
{
    if (Wire* const wire = find(id); wire != nullptr) {
        wire->has_server = false;
        wire->to_server.clear();
        forget_if_gone(id);
    }
}

void Network::leave_as_device(SessionId id)
{
    if (Wire* const wire = find(id); wire != nullptr) {
        wire->has_device = false;
        wire->to_device.clear();
        forget_if_gone(id);
    }
}

void Network::lose_server()
{
    for (SessionId const id : wires())
        leave_as_server(id);
}

void Network::lose_all()
{
    for (SessionId const id : wires()) {
        leave_as_server(id);
        if (Wire* const wire = find(id); wire != nullptr)
            wire->to_device.clear();
    }
}

std::string Network::arrive(std::string& bytes, bool in_full)
{
    std::string arrived = bytes.substr(0, in_full ? bytes.size() : dice_.below(bytes.size() + 1));
    arrived.resize(arrived.rfind('\n') + 1);
    bytes.erase(0, arrived.size());
    return arrived;
}

std::vector<SessionId> Network::wires() const
{
    std::vector<SessionId> ids;
    for (auto const& [id, wire] : wires_)
        ids.push_back(id);
    return ids;
}

void Network::forget_if_gone(SessionId id)
{
    Wire const& wire = wires_.at(id);
    if (not wire.has_server and not wire.has_device)
        wires_.erase(id);
}

} // namespace duet::sim
