// Another process holds the profile: our order is carried out there, and its words come back to us.
//
// See terminal/guest_lines.hpp.

#pragma once

#include "doors/json_value.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"
#include "terminal/front.hpp"
#include "terminal/order.hpp"
#include "terminal/profile.hpp"
#include "terminal/typed_lines.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace duet {

class Visitor final : ConnectionHandler, TimerHandler, Typist {
public:
    enum class Outcome {
        finished, // carried out: see exit_code
        nobody,   // nobody was met
        silent,   // the holder does not answer: nothing was done, and nothing will be
        stranger, // the holder speaks another version: nothing was done
        left,     // the holder ended before our order did
    };

    /// All are lent. `order` gets a key, and where another visit would go on.
    Visitor(Loop& loop, Front& front, std::vector<MeetingPlace> const& places, Order& order,
        TypedLines& typed);
    ~Visitor();
    Visitor(Visitor const&) = delete;
    Visitor& operator=(Visitor const&) = delete;

    void turn();

    /// Set when the visit is over.
    [[nodiscard]] std::optional<Outcome> outcome() const { return outcome_; }
    [[nodiscard]] int exit_code() const { return exit_code_; }

    /// The holder's process; 0 if nobody was met.
    [[nodiscard]] pid_t holder() const { return holder_; }

    /// True from the moment on when the order is being carried out.
    [[nodiscard]] bool has_begun() const { return has_begun_; }

    /// True if something of it stands on standard output.
    [[nodiscard]] bool has_shown() const { return has_shown_; }

private:
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId) override { }
    void due(Tag tag) override;
    void typed(std::string_view line) override;
    void typed_end() override;

    bool call(MeetingPlace const& place);
    bool take_line(std::string_view line);
    bool take(std::string_view type, JsonObject const& object);
    void show(std::string_view lines);
    void took(std::uint64_t number);
    void give_order(JsonObject const& hello);
    void begin();
    void end_with(Outcome outcome);
    [[nodiscard]] bool has_room_for_a_line(std::uint64_t number);
    void send_typed();
    void send_line(std::uint64_t number, std::string_view text);
    void wait_for_answer();

    Loop& loop_;
    Front& front_;
    Order& order_;
    TypedLines& lines_;
    Connections connections_;
    ConnectionId id_;
    JsonReader reader_;
    TimerId timer_;
    pid_t holder_ = 0;
    std::uint64_t sent_to_ = 0; // of the lines that were typed
    bool has_sent_end_ = false;
    bool is_typing_ = false; // our front reads what is typed
    bool has_begun_ = false;
    bool has_shown_ = false;
    bool gives_up_ = false; // nothing more can reach us: what is here already decides
    int exit_code_ = 0;
    std::optional<Outcome> outcome_;
};

} // namespace duet
