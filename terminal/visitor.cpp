#include "terminal/visitor.hpp"

#include "base/limits.hpp"
#include "base/random.hpp"
#include "doors/json_writer.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/guest_lines.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace duet {

namespace {

constexpr std::size_t lines_on_their_way_max = 64;

/// 128 random bits, so that no two orders have the same.
std::string new_key()
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::byte, 16> bytes {};
    fill_random(bytes);
    std::string key;
    for (std::byte const byte : bytes) {
        key += digits[std::to_integer<std::size_t>(byte >> 4)];
        key += digits[std::to_integer<std::size_t>(byte & std::byte {15})];
    }
    return key;
}

} // namespace

Visitor::Visitor(Loop& loop, Front& front, std::vector<MeetingPlace> const& places, Order& order,
    TypedLines& typed)
    : loop_(loop), front_(front), order_(order), lines_(typed), connections_(loop)
{
    if (std::ranges::none_of(places, [&](MeetingPlace const& place) { return call(place); }))
        end_with(Outcome::nobody);
}

bool Visitor::call(MeetingPlace const& place)
{
    auto const addresses = resolve(place.endpoint, Purpose::call);
    if (not addresses.has_value())
        return false;
    auto socket = Socket::connect(addresses->front());
    if (not socket.has_value())
        return false;
    auto const holder = own_peer(socket->number());
    if (not holder.has_value())
        return false;
    holder_ = *holder;
    ConnectionHandler& handler = *this;
    id_ = connections_.add(std::move(socket).value(), handler);
    wait_for_answer();
    return true;
}

Visitor::~Visitor()
{
    front_.type_for(nullptr);
    loop_.stop_timer(timer_);
    connections_.close(id_, CloseReason::we_left);
}

void Visitor::turn()
{
    // What we have no room for stays with the holder, whose errand then waits.
    connections_.set_reading(id_, gives_up_ or front_.has_room());
    loop_.turn();
    connections_.flush();
}

std::size_t Visitor::received(ConnectionId, Bytes input)
{
    std::size_t used = 0;
    while (not outcome_.has_value()) {
        std::string_view const rest = as_text(input.subspan(used));
        std::size_t const end = rest.find('\n');
        if (end == std::string_view::npos and rest.size() < guest_line_bytes_max)
            return used;
        if (end == std::string_view::npos or not take_line(rest.substr(0, end)))
            end_with(Outcome::stranger);
        used += end + 1;
    }
    return input.size();
}

void Visitor::ended(ConnectionId, Bytes)
{
    end_with(gives_up_ and not has_begun_ ? Outcome::silent : Outcome::left);
}

void Visitor::lost(ConnectionId, Loss const&)
{
    end_with(gives_up_ and not has_begun_ ? Outcome::silent : Outcome::left);
}

/// From here on `begun` cannot reach us, and the holder sees that it does not. It may be here already.
void Visitor::due(Tag)
{
    gives_up_ = true;
    Connection const* const connection = connections_.find(id_);
    if (connection == nullptr or ::shutdown(connection->socket().number(), SHUT_RD) != 0)
        end_with(Outcome::silent);
}

void Visitor::typed(std::string_view line)
{
    lines_.add(line);
    send_typed();
}

void Visitor::typed_end()
{
    lines_.end();
    send_typed();
}

bool Visitor::take_line(std::string_view line)
{
    auto const object = reader_.read(as_bytes(line));
    if (not object.has_value())
        return false;
    auto const type = object->text_or("type", "");
    return type.has_value() and take(*type, *object);
}

/// False if this cannot be understood.
bool Visitor::take(std::string_view type, JsonObject const& object)
{
    auto const text = object.text_or("text", "");
    std::uint64_t number = 0;
    for (char const* key : {"feed", "number", "code"}) {
        auto const value = object.optional_number(key);
        if (value.has_value() and value->has_value())
            number = **value;
    }
    if (not text.has_value())
        return false;
    if (type == "hello")
        give_order(object);
    else if (type == "begun")
        begin();
    else if (type == "out")
        show(*text);
    else if (type == "err")
        front_.tell(*text);
    else if (type == "lost")
        front_.words_lost();
    else if (type == "at")
        order_.from = number;
    else if (type == "took")
        took(number);
    else if (type == "exit") {
        exit_code_ = static_cast<int>(number);
        end_with(Outcome::finished);
    }
    return true;
}

void Visitor::give_order(JsonObject const& hello)
{
    if (gives_up_)
        return;
    auto const version = hello.number("version");
    if (not version.has_value() or *version != guest_lines_version)
        return end_with(Outcome::stranger);
    if (order_.key.empty())
        order_.key = new_key();
    std::string line;
    write_order(line, order_);
    connections_.send(id_, as_bytes(line));
    wait_for_answer();
}

void Visitor::show(std::string_view lines)
{
    has_shown_ = true;
    front_.show(lines);
}

void Visitor::begin()
{
    loop_.stop_timer(timer_);
    has_begun_ = true;
    if (order_.verb != Order::Verb::talk)
        return;
    send_typed();
}

void Visitor::took(std::uint64_t number)
{
    lines_.took(number);
    send_typed();
}

/// What is typed, as fast as the holder takes it; and no more is read than it will take soon.
void Visitor::send_typed()
{
    for (auto const& [number, text] : lines_.not_taken()) {
        if (number <= sent_to_)
            continue;
        if (not has_room_for_a_line(number))
            break;
        send_line(number, text);
        sent_to_ = number;
    }
    auto const& waiting = lines_.not_taken();
    bool const all_are_sent = waiting.empty() or waiting.back().first <= sent_to_;
    if (lines_.have_ended()) {
        if (all_are_sent and not std::exchange(has_sent_end_, true))
            connections_.send(id_, as_bytes(line_of("end")));
        return;
    }
    bool const wants_more = all_are_sent and waiting.size() < lines_on_their_way_max;
    Typist& typist = *this;
    if (std::exchange(is_typing_, wants_more) != wants_more)
        front_.type_for(wants_more ? &typist : nullptr);
}

/// Every line that is on its way is answered, so there will be room again.
bool Visitor::has_room_for_a_line(std::uint64_t number)
{
    Connection const* const connection = connections_.find(id_);
    return connection != nullptr and connection->backlog_bytes() < limits::backlog_bytes_mark
        and number < lines_.not_taken().front().first + lines_on_their_way_max;
}

void Visitor::end_with(Outcome outcome)
{
    if (not outcome_.has_value())
        outcome_ = outcome;
}

void Visitor::send_line(std::uint64_t number, std::string_view text)
{
    std::string line;
    JsonWriter(line, "line").number("number", number).text("text", text).end();
    connections_.send(id_, as_bytes(line));
}

void Visitor::wait_for_answer()
{
    loop_.stop_timer(timer_);
    timer_ = loop_.start_timer(holder_answer_time_max, *this);
}

} // namespace duet
