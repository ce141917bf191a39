// All errands at work for one client, and the one handler that the client has.
//
// What the client tells goes to each of them. An errand that is over stays until its owner has taken
// its exit code.

#pragma once

#include "terminal/errand.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet {

class Errands final : public ClientHandler {
public:
    using Id = std::uint64_t;

    Errands() = default;
    Errands(Errands const&) = delete;
    Errands& operator=(Errands const&) = delete;

    /// Begins an errand. `client` and `sink` are lent until `drop`.
    Id add(Order order, Client& client, Sink& sink);

    /// Null if it was dropped.
    [[nodiscard]] Errand* find(Id id) const;

    /// Forgets it, wherever it stands.
    void drop(Id id) { all_.erase(id); }

    /// Lets each do what it can do by now.
    void advance(MonotonicTime now);

    /// When the first of them wants to advance, even if nothing happens.
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

    /// Those that are over.
    [[nodiscard]] std::vector<Id> finished() const;

private:
    // from the client
    void heard(Message const& message) override;
    void changed(Message const& message) override;
    void fetched(std::string const& with, bool more) override;
    void typing(std::string const& from) override;
    void presence(std::string const& who, bool is_online) override;
    void connection(Connectedness now, std::string const& words) override;
    void ended(Failure const& why) override;
    void device_asks(WaitingDevice const& device) override;
    void talk_changed(std::string const& with, std::optional<Contact> const& contact) override;
    void copy_seen() override;
    void another_life() override;
    void people(std::uint64_t asked, std::vector<Contact> const& all) override;
    void devices(std::uint64_t asked, std::vector<OwnDevice> const& all) override;
    void secret(std::uint64_t asked, Secret const& secret) override;
    void recovery(std::uint64_t asked, std::string const& phrase) override;
    void done(std::uint64_t asked) override;
    void denied(std::uint64_t asked, Failure const& why) override;

    std::map<Id, std::unique_ptr<Errand>> all_;
    Id last_id_ = 0;
    std::optional<Failure> over_for_good_; // of the client
};

} // namespace duet
