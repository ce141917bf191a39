#include "terminal/visitor.hpp"

#include "base/random.hpp"
#include "doors/json_writer.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/guest_lines.hpp"

#include <array>
#include <cstddef>

namespace duet {

namespace {

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

Visitor::Visitor(
    Loop& loop, Front& front, MeetingPlace const& place, Order& order, TypedLines& typed)
    : loop_(loop), front_(front), order_(order), lines_(typed), connections_(loop)
{
    if (not call(place))
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
    connections_.set_reading(id_, front_.has_room());
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
    end_with(Outcome::left);
}

void Visitor::lost(ConnectionId, Loss const&)
{
    end_with(Outcome::left);
}

void Visitor::due(Tag)
{
    end_with(Outcome::silent);
}

void Visitor::typed(std::string_view line)
{
    auto const& [number, text] = lines_.add(line);
    send_line(number, text);
}

void Visitor::typed_end()
{
    lines_.end();
    connections_.send(id_, as_bytes(line_of("end")));
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
        front_.show(*text);
    else if (type == "err")
        front_.tell(*text);
    else if (type == "at")
        order_.from = number;
    else if (type == "took")
        lines_.took(number);
    else if (type == "exit") {
        exit_code_ = static_cast<int>(number);
        end_with(Outcome::finished);
    }
    return true;
}

void Visitor::give_order(JsonObject const& hello)
{
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

void Visitor::begin()
{
    loop_.stop_timer(timer_);
    has_begun_ = true;
    if (order_.verb != Order::Verb::talk)
        return;
    for (auto const& [number, text] : lines_.not_taken())
        send_line(number, text);
    if (lines_.have_ended())
        return connections_.send(id_, as_bytes(line_of("end")));
    Typist& typist = *this;
    front_.type_for(&typist);
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
