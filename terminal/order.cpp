#include "terminal/order.hpp"

#include "doors/json_writer.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace duet {

namespace {

// In the order of Order::Verb.
constexpr std::array<std::string_view, 21> verbs = {"say", "watch", "history", "people", "invite",
    "devices", "revoke", "link_device", "export", "talk", "confirm", "accept", "refuse", "block",
    "unblock", "delete", "report", "recovery", "leave", "settings", "key"};
constexpr std::array<std::string_view, 3> ends = {"sent", "delivered", "read"};

template <typename Value, std::size_t Count>
Result<Value> value_of(std::array<std::string_view, Count> const& words, std::string_view word)
{
    for (std::size_t i = 0; i < Count; ++i) {
        if (words[i] == word)
            return static_cast<Value>(i);
    }
    return fail(Error::field_wrong);
}

void write_if(JsonWriter& writer, char const* key, std::optional<std::uint64_t> value)
{
    if (value.has_value())
        writer.number(key, *value);
}

} // namespace

void write_order(std::string& line, Order const& order)
{
    JsonWriter writer(line, "order");
    writer.text("verb", verbs[static_cast<std::size_t>(order.verb)]);
    writer.text("until", ends[static_cast<std::size_t>(order.until)]);
    writer.text("person", order.person).text("text", order.text).text("key", order.key);
    writer.flag("json", order.is_json).flag("plain", order.is_plain);
    writer.flag("verbose", order.is_verbose).flag("keyboard", order.ends_typing);
    write_if(writer, "from", order.from);
    write_if(writer, "limit", order.limit);
    write_if(writer, "timeout_ms", order.timeout_ms);
    writer.text("setting", order.setting).number("seq", order.seq);
    writer.number("device", order.device).text("path", order.path);
    writer.end();
}

Result<Order> read_order(JsonObject const& object)
{
    Order order;
    auto const verb = TRY(object.text("verb"));
    order.verb = TRY(value_of<Order::Verb>(verbs, verb));
    auto const until = TRY(object.text_or("until", ends[0]));
    order.until = TRY(value_of<Order::Until>(ends, until));
    order.person = TRY(object.text_or("person", ""));
    order.text = TRY(object.text_or("text", ""));
    order.key = TRY(object.text_or("key", ""));
    order.path = TRY(object.text_or("path", ""));
    order.is_json = TRY(object.flag_or("json", false));
    order.is_plain = TRY(object.flag_or("plain", false));
    order.is_verbose = TRY(object.flag_or("verbose", false));
    order.ends_typing = TRY(object.flag_or("keyboard", false));
    order.from = TRY(object.optional_number("from"));
    order.limit = TRY(object.optional_number("limit"));
    order.timeout_ms = TRY(object.optional_number("timeout_ms"));
    order.setting = TRY(object.text_or("setting", ""));
    auto const seq = TRY(object.optional_number("seq"));
    order.seq = seq.value_or(0);
    auto const device = TRY(object.optional_number("device"));
    order.device = device.value_or(0);
    return order;
}

} // namespace duet
