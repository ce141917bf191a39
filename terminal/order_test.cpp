#include "terminal/order.hpp"

#include "base/bytes.hpp"

#include <doctest/doctest.h>

using namespace duet;

TEST_SUITE_BEGIN("order");

namespace {

Order written_and_read(Order const& order)
{
    std::string line;
    write_order(line, order);
    REQUIRE(line.back() == '\n');
    line.pop_back();
    JsonReader reader;
    auto const object = reader.read(as_bytes(line));
    REQUIRE(object.has_value());
    auto const again = read_order(*object);
    REQUIRE(again.has_value());
    return *again;
}

} // namespace

TEST_CASE("an order that was written and read is the same")
{
    Order order;
    order.verb = Order::Verb::say;
    order.person = "bob";
    order.text = "a \"word\",\nand another\t\\";
    order.key = "k1";
    order.until = Order::Until::read;
    order.is_json = order.is_plain = order.is_code = order.shows_picture = order.is_verbose =
        order.ends_typing = true;
    order.from = 3;
    order.limit = 4;
    order.timeout_ms = 5;
    order.device = 6;
    order.path = "/tmp/all of it";

    Order const again = written_and_read(order);
    CHECK(again.verb == order.verb);
    CHECK(again.person == order.person);
    CHECK(again.text == order.text);
    CHECK(again.key == order.key);
    CHECK(again.until == order.until);
    CHECK(again.is_json);
    CHECK(again.is_plain);
    CHECK(again.is_verbose);
    CHECK(again.ends_typing);
    CHECK(again.is_code);
    CHECK(again.shows_picture);
    CHECK(again.from == order.from);
    CHECK(again.limit == order.limit);
    CHECK(again.timeout_ms == order.timeout_ms);
    CHECK(again.device == order.device);
    CHECK(again.path == order.path);
}

TEST_CASE("each verb has a word of its own")
{
    for (auto verb = Order::Verb::say; verb <= Order::Verb::talk;
        verb = static_cast<Order::Verb>(static_cast<int>(verb) + 1)) {
        Order order;
        order.verb = verb;
        CHECK(written_and_read(order).verb == verb);
        CHECK_FALSE(written_and_read(order).from.has_value());
    }
}

TEST_CASE("a verb that there is not is refused")
{
    JsonReader reader;
    auto const object = reader.read(as_bytes(R"({"type":"order","verb":"dance"})"));
    REQUIRE(object.has_value());
    CHECK(read_order(*object).error() == Error::field_wrong);
}

TEST_SUITE_END();
