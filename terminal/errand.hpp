// One order being carried out, on behalf of whoever gave it.
//
// Errands of one client stand side by side, each with a sink of its own. What the client tells them
// they only note; they act in `advance`, which is called whenever something may have happened. So an
// errand can never disturb another in the middle of something.

#pragma once

#include "base/time.hpp"
#include "client/duet.hpp"
#include "terminal/order.hpp"
#include "terminal/sink.hpp"
#include "terminal/typed_lines.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace duet {

class Errand : public ClientHandler {
public:
    /// `client` and `sink` are lent for the errand's life.
    Errand(Order order, Client& client, Sink& sink);
    virtual ~Errand() = default;
    Errand(Errand const&) = delete;
    Errand& operator=(Errand const&) = delete;

    /// Does what can be done by now.
    virtual void advance(MonotonicTime now) = 0;

    /// When `advance` is wanted again, even if nothing happens.
    [[nodiscard]] virtual std::optional<MonotonicTime> next_deadline() const;

    /// True if it stopped for want of room, and there is room now: then `advance` is wanted at once.
    [[nodiscard]] bool can_go_on() const { return is_held_up_ and sink_.has_room(); }

    /// These lines were typed. When it returns they are in the outbox, or will never be sent, which was
    /// told. The same number again is the same line, if the order has a key.
    virtual void own_lines(std::span<TypedLines::Line const> lines) { (void)lines; }

    /// Nothing more will be typed.
    virtual void own_end() { }

    /// Set when it is over.
    [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }

protected:
    void ended(Failure const& why) override { over_for_good_ = why; }
    void copy_seen() override;
    void another_life() override;
    void device_asks(WaitingDevice const& device) override;

    /// Whether more can be shown. If not, `can_go_on` will tell when.
    [[nodiscard]] bool has_room();

    void finish(int code);
    void finish_with(std::string_view sentence);

    /// The time that the user gave it, counted from its first `advance`, is over.
    [[nodiscard]] bool is_late(MonotonicTime now);

    Order order_;
    Client& client_;
    Sink& sink_;
    std::optional<Failure> over_for_good_; // of the client: nothing more will happen

private:
    bool is_held_up_ = false;
    std::optional<MonotonicTime> begun_;
    std::optional<int> exit_code_;
};

// One for each verb, each in its file.
std::unique_ptr<Errand> make_say(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_watch(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_history(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_people(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_secret(Order order, Client& client, Sink& sink); // invite, link_device
std::unique_ptr<Errand> make_devices(Order order, Client& client, Sink& sink); // and revoke
std::unique_ptr<Errand> make_confirm(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_deed(Order order, Client& client, Sink& sink); // accept and so on
std::unique_ptr<Errand> make_settings(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_key(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_export(Order order, Client& client, Sink& sink);
std::unique_ptr<Errand> make_hosted_talk(Order order, Client& client, Sink& sink);

/// The errand that carries out this order.
std::unique_ptr<Errand> make_errand(Order order, Client& client, Sink& sink);

} // namespace duet
