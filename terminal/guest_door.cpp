#include "terminal/guest_door.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "doors/json_writer.hpp"
#include "terminal/guest_lines.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace duet {

namespace {

constexpr std::size_t guests_max = 64;

// Many short lines travel together, in pieces of about this size: far below guest_line_bytes_max.
constexpr std::size_t piece_bytes = 16 * 1024;

/// As many whole lines as fit into a piece; the first one in any case.
std::string_view first_piece(std::string_view lines)
{
    std::size_t end = lines.substr(0, piece_bytes).rfind('\n');
    if (end == std::string_view::npos)
        end = lines.find('\n');
    return end == std::string_view::npos ? lines : lines.substr(0, end + 1);
}

} // namespace

/// One guest, and where the words of their errand go.
class GuestDoor::Guest final : public Sink {
public:
    Guest(Connections& connections, ConnectionId id) : connections_(connections), id_(id) { }

    void show(std::string_view lines) override
    {
        while (not lines.empty()) {
            std::string_view const piece = first_piece(lines);
            send(line_of("out", piece));
            lines.remove_prefix(piece.size());
        }
    }

    void tell(std::string_view lines) override { send(line_of("err", lines)); }
    void words_lost() override { send(line_of("lost")); }
    void shown_before(std::uint64_t feed) override { send(line_of("at", "feed", feed)); }

    [[nodiscard]] bool has_room() const override
    {
        Connection const* const connection = connections_.find(id_);
        return connection != nullptr and connection->backlog_bytes() < limits::backlog_bytes_mark;
    }

    void send(std::string_view line)
    {
        said_bytes_ += line.size();
        connections_.send(id_, as_bytes(line));
    }

    /// True if all that was said to them has left this process.
    [[nodiscard]] bool was_told_all() const
    {
        Connection const* const connection = connections_.find(id_);
        return connection != nullptr and connection->handed_bytes() == said_bytes_;
    }

    [[nodiscard]] ConnectionId id() const { return id_; }

    std::optional<Order> order;          // to be begun
    std::optional<Errands::Id> errand;   // none: no order has come yet, or it is over
    std::vector<TypedLines::Line> typed; // to be handed over together

private:
    Connections& connections_;
    ConnectionId id_;
    std::uint64_t said_bytes_ = 0;
};

GuestDoor::GuestDoor(
    Loop& loop, Connections& connections, Errands& errands, Client& client, Profile const& profile)
    : connections_(connections)
    , errands_(errands)
    , client_(client)
    , places_(meeting_places_of(profile))
{
    if (not places_.empty())
        open(loop);
    else
        log_info("there is no folder for the socket of other commands");
}

void GuestDoor::open(Loop& loop)
{
    std::vector<Listener> all;
    for (MeetingPlace const& place : places_) {
        auto listeners = listen_on(place.endpoint);
        if (not listeners.has_value())
            log_info(listeners.error().text());
        else
            std::ranges::move(*listeners, std::back_inserter(all));
    }
    if (all.empty())
        return;
    AcceptorHandler& handler = *this;
    acceptor_.emplace(loop, std::move(all), handler);
}

GuestDoor::~GuestDoor()
{
    for (auto const& [slot, guest] : guests_) {
        if (guest->errand.has_value())
            errands_.drop(*guest->errand);
        connections_.close(guest->id(), CloseReason::we_left);
    }
}

void GuestDoor::finished(Errands::Id errand)
{
    for (auto const& [slot, guest] : guests_) {
        if (guest->errand != errand)
            continue;
        guest->send(line_of("exit", "code",
            static_cast<std::uint64_t>(errands_.find(errand)->exit_code().value_or(0))));
        guest->errand.reset();
        errands_.drop(errand);
        return;
    }
}

void GuestDoor::accepted(Socket socket)
{
    if (not own_peer(socket.number()).has_value() or guests_.size() >= guests_max)
        return;
    ConnectionHandler& handler = *this;
    ConnectionId const id = connections_.add(std::move(socket), handler);
    auto& guest = guests_[id.slot];
    guest = std::make_unique<Guest>(connections_, id);
    std::string hello;
    JsonWriter(hello, "hello")
        .number("version", guest_lines_version)
        .number("pid", static_cast<std::uint64_t>(::getpid()))
        .end();
    guest->send(hello);
}

std::size_t GuestDoor::received(ConnectionId id, Bytes input)
{
    std::size_t used = 0;
    for (;;) {
        std::string_view const rest = as_text(input.subspan(used));
        std::size_t const end = rest.find('\n');
        auto const guest = guests_.find(id.slot);
        if (guest == guests_.end())
            return input.size();
        bool const is_fine = end == std::string_view::npos
            ? rest.size() < guest_line_bytes_max
            : take_line(*guest->second, rest.substr(0, end));
        if (not is_fine) {
            let_go(id);
            return input.size();
        }
        if (end == std::string_view::npos) {
            hand_over_lines(*guest->second);
            return used;
        }
        used += end + 1;
    }
}

void GuestDoor::ended(ConnectionId id, Bytes)
{
    let_go(id);
}

void GuestDoor::lost(ConnectionId id, Loss const&)
{
    let_go(id);
}

/// False if this is none of our language.
bool GuestDoor::take_line(Guest& guest, std::string_view line)
{
    auto const object = reader_.read(as_bytes(line));
    auto const type = object.has_value() ? object->text_or("type", "") : fail(object.error());
    if (not type.has_value())
        return false;
    if (*type == "order" and not guest.errand.has_value() and not guest.order.has_value())
        return take_order(guest, *object);
    if (*type == "line")
        return take_typed(guest, *object);
    hand_over_lines(guest);
    Errand* const errand = guest.errand.has_value() ? errands_.find(*guest.errand) : nullptr;
    if (*type == "end" and errand != nullptr)
        errand->own_end();
    return true;
}

bool GuestDoor::take_typed(Guest& guest, JsonObject const& object)
{
    auto const number = object.number("number");
    auto const text = object.text("text");
    if (not number.has_value() or not text.has_value())
        return false;
    guest.typed.emplace_back(*number, *text);
    return true;
}

void GuestDoor::hand_over_lines(Guest& guest)
{
    auto const lines = std::exchange(guest.typed, {});
    Errand* const errand = guest.errand.has_value() ? errands_.find(*guest.errand) : nullptr;
    if (lines.empty() or errand == nullptr)
        return; // it is over by now
    errand->own_lines(lines);
    guest.send(line_of("took", "number", lines.back().first));
}

bool GuestDoor::take_order(Guest& guest, JsonObject const& object)
{
    Connection const* const connection = connections_.find(guest.id());
    if (connection == nullptr or has_left(connection->socket().number()))
        return false;
    auto order = read_order(object);
    if (not order.has_value())
        return false;
    guest.order = std::move(order).value();
    guest.send(line_of("begun"));
    return true;
}

void GuestDoor::begin_orders()
{
    auto const is_waiting = [](auto const& place) { return place.second->order.has_value(); };
    if (std::ranges::none_of(guests_, is_waiting))
        return;
    connections_.flush();
    std::vector<ConnectionId> unreachable;
    for (auto const& [slot, guest] : guests_) {
        auto order = std::exchange(guest->order, std::nullopt);
        if (order.has_value() and guest->was_told_all())
            guest->errand = errands_.add(std::move(*order), client_, *guest);
        else if (order.has_value())
            unreachable.push_back(guest->id());
    }
    for (ConnectionId const id : unreachable)
        let_go(id);
}

void GuestDoor::let_go(ConnectionId id)
{
    auto const guest = guests_.find(id.slot);
    if (guest == guests_.end())
        return;
    if (guest->second->errand.has_value())
        errands_.drop(*guest->second->errand);
    guests_.erase(guest);
    connections_.close(id, CloseReason::we_left);
}

} // namespace duet
