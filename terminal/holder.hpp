// This process holds the profile: its client, the errand that it was started for, and those of guests.

#pragma once

#include "net/connections.hpp"
#include "net/loop.hpp"
#include "terminal/errands.hpp"
#include "terminal/front.hpp"
#include "terminal/guest_door.hpp"
#include "terminal/typed_lines.hpp"

#include <optional>

namespace duet {

class Holder final : Watcher, TimerHandler, Typist {
public:
    /// All are lent; `client` was opened with `errands` as its handler. `order` begins at once, with what
    /// was typed and not taken by another holder.
    Holder(Loop& loop, Front& front, Errands& errands, Client& client, Profile const& profile,
        Order order, TypedLines& typed);
    ~Holder();
    Holder(Holder const&) = delete;
    Holder& operator=(Holder const&) = delete;

    /// Waits for what comes next, and does all that follows from it.
    void turn();

    /// Set when its own order is carried out.
    [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }

private:
    void ready(Tag, Ready) override { } // the client looks for itself
    void due(Tag) override { }          // so does everybody
    void typed(std::string_view line) override;
    void typed_end() override;

    void do_what_can_be_done();
    void take_lines();
    void set_timer();

    Loop& loop_;
    Front& front_;
    Errands& errands_;
    Client& client_;
    TypedLines& lines_;
    Connections connections_;
    GuestDoor door_;
    WatchId watch_;
    TimerId timer_;
    Errands::Id own_;
    std::optional<int> exit_code_;
};

} // namespace duet
