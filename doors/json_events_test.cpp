#include "doors/json.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace duet;
using namespace std::chrono_literals;

namespace {

template <typename Array>
Array filled(unsigned byte)
{
    Array bytes;
    bytes.fill(static_cast<std::byte>(byte));
    return bytes;
}

Time at(std::int64_t ms)
{
    return Time(std::chrono::milliseconds(ms));
}

/// An event and its line, as docs/protocol.md has it.
struct Written {
    Event event;
    std::string line;
};

std::string twice(std::string_view text, std::size_t count)
{
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

std::vector<Written> all_events()
{
    std::string const nonce = twice("0a", 16);
    std::string const epoch = twice("e0", 16);
    EntryEvent const entry {
        Feed {42}, "kim", Seq {3}, "kim", Kind::text, "안녕\n\"you\"", at(1'700'000'000'123), N {}};
    EntryEvent const own {Feed {}, "kim", Seq {2}, "ada", Kind::file, "", at(0), N {5}};
    PeopleEvent const people {
        {{"kim", "Kim \"K\" Lee", Seq {3}, own, Seq {1}, Seq {1}, Seq {2}, Seq {0}, 2},
            {"lee", "Lee", Seq {}, std::nullopt, Seq {}, Seq {}, Seq {}, Seq {}, 0,
                TalkState::asked, {true, false, false, "Lee, the neighbour", Seq {9}}}},
        true};
    std::string const own_fields =
        R"("with":"kim","seq":2,"from":"ada","kind":"file","text":"","time":0,"n":5)";
    return {
        {{{},
             Greeted {1, filled<Nonce>(10), filled<Epoch>(0xE0), filled<Identity>(0xFF),
                 filled<Proof>(0x77)}},
            R"({"type":"hello","version":1,"nonce":")" + nonce + R"(","epoch":")" + epoch
                + R"(","identity":")" + twice("ff", 32) + R"(","proof":")" + twice("77", 64)
                + "\"}"},
        {{3,
             Welcome {"ada", "Ada", DeviceId {7}, Feed {41}, N {9}, filled<Epoch>(0xE0),
                 "duetd 0.1", 256}},
            R"({"type":"welcome","id":3,"you":"ada","name":"Ada","device":7,"feed":41,"last_n":9,"epoch":")"
                + epoch
                + R"(","server":"duetd 0.1","limits":{"unanswered_max":256,"text_bytes_max":16384,"window_bytes_max":65536,"json_line_bytes_max":65536}})"},
        {{{}, entry},
            R"({"type":"entry","feed":42,"with":"kim","seq":3,"from":"kim","kind":"text","text":"안녕\n\"you\"","time":1700000000123})"},
        {{8, own}, R"({"type":"entry","id":8,)" + own_fields + "}"},
        {{{}, Said {N {5}, "kim", Seq {2}, at(1), Feed {43}}},
            R"({"type":"said","n":5,"with":"kim","seq":2,"time":1,"feed":43})"},
        {{{}, Said {N {5}, "kim", Seq {2}, at(1), Feed {}}},
            R"({"type":"said","n":5,"with":"kim","seq":2,"time":1})"},
        {{{}, Refused {N {6}, Error::not_connected}},
            R"({"type":"refused","n":6,"error":"not_connected","sentence":"you are not connected with anybody of that name"})"},
        {{{}, Refused {N {7}, Error::control_character, 3}},
            R"({"type":"refused","n":7,"error":"control_character","sentence":"the text has a control character in it","offset":3})"},
        {{4, Refused {N {}, Error::secret_unknown}},
            R"({"type":"refused","id":4,"error":"secret_unknown","sentence":"this secret is unknown, used or too old"})"},
        {{{}, NReused {N {4}, N {9}}}, R"({"type":"n_reused","n":4,"last_n":9})"},
        {{{}, Later {N {10}, Error::store_full, 500ms}},
            R"({"type":"later","n":10,"error":"store_full","wait_ms":500})"},
        {{{}, MarkEvent {"kim", "ada", Seq {3}, Seq {2}}},
            R"({"type":"mark","with":"kim","who":"ada","delivered":3,"read":2})"},
        {{{}, TypingEvent {"kim"}}, R"({"type":"typing","from":"kim"})"},
        {{{}, Presence {"kim", true}}, R"({"type":"presence","who":"kim","online":true})"},
        {{{}, Presence {"kim", false}}, R"({"type":"presence","who":"kim","online":false})"},
        {{1, HistoryEnd {"kim", Seq {1}, Seq {50}, false}},
            R"({"type":"history","id":1,"with":"kim","first":1,"last":50,"more":false})"},
        {{{}, HistoryEnd {"kim", Seq {}, Seq {}, true}},
            R"({"type":"history","with":"kim","first":0,"last":0,"more":true})"},
        {{{}, PeopleEvent {{}, false}}, R"({"type":"people","people":[],"more":false})"},
        {{2, people},
            R"({"type":"people","id":2,"people":[{"handle":"kim","name":"Kim \"K\" Lee","last":3,"my_delivered":1,"my_read":1,"their_delivered":2,"their_read":0,"unread":2,"state":"contact","entry":{)"
                + own_fields
                + R"(}},{"handle":"lee","name":"Lee","last":0,"my_delivered":0,"my_read":0,"their_delivered":0,"their_read":0,"unread":0,"state":"asked","settings":{"mute":true,"archive":false,"pin":false,"name":"Lee, the neighbour","delete_up_to":9}}],"more":true})"},
        {{{}, Enrolled {"ada", DeviceId {7}}}, R"({"type":"enrolled","you":"ada","device":7})"},
        {{{}, Linked {"abc234", at(1'700'000'000'000)}},
            R"({"type":"linked","secret":"abc234","expires":1700000000000})"},
        {{{}, DevicesEvent {{}}}, R"({"type":"devices","devices":[]})"},
        {{{},
             DevicesEvent {
                 {{DeviceId {1}, "desk", false, at(5)}, {DeviceId {2}, "netcat", true, at(6)}}}},
            R"({"type":"devices","devices":[{"device":1,"name":"desk","plain":false,"time":5},{"device":2,"name":"netcat","plain":true,"time":6}]})"},
        {{{}, DevicesEvent {{{DeviceId {}, "desk", false, at(5), filled<Identity>(0x22)}}, "kim"}},
            R"({"type":"devices","with":"kim","devices":[{"name":"desk","plain":false,"time":5,"identity":")"
                + twice("22", 32) + R"("}]})"},
        {{{}, SettingsEvent {false, true, true}},
            R"({"type":"settings","read_marks":false,"presence":true,"typing":true})"},
        {{{}, TalkEvent {"kim", TalkState::blocked, {false, true, false, "K", Seq {2}}}},
            R"({"type":"settings","with":"kim","state":"blocked","mute":false,"archive":true,"pin":false,"name":"K","delete_up_to":2})"},
        {{{}, DeviceAsks {9, "telephone", "192.0.2.7:4711", filled<Identity>(0x33)}},
            R"({"type":"device_asks","ask":9,"device":"telephone","address":"192.0.2.7:4711","identity":")"
                + twice("33", 32) + "\"}"},
        {{1, Waiting {}}, R"({"type":"waiting","id":1,"for":"confirmation"})"},
        {{6, Done {}}, R"({"type":"done","id":6})"},
        {{{}, Pong {}}, R"({"type":"pong"})"},
        {{{}, Bye {Error::moved, 500ms, "chat.example:8000"}},
            R"({"type":"bye","reason":"moved","wait_ms":500,"address":"chat.example:8000"})"},
        {{{}, Bye {Error::replaced, 500ms}}, R"({"type":"bye","reason":"replaced","wait_ms":500})"},
        {{{}, UnknownEvent {Feed {7}}}, R"({"type":"unknown","feed":7})"},
    };
}

struct EventsTest {
    JsonDoor door;

    Result<std::optional<Event>> decode(std::string_view line)
    {
        return door.decode_event(as_bytes(line));
    }

    /// What is wrong with a line; nullopt if nothing is.
    std::optional<Error> wrong(std::string_view line)
    {
        auto const event = decode(line);
        return event.has_value() ? std::nullopt : std::optional(event.error());
    }
};

} // namespace

TEST_SUITE_BEGIN("json events");

TEST_CASE_FIXTURE(EventsTest, "every event is written as the protocol has it, and read as it was")
{
    for (Written const& written : all_events()) {
        std::string line;
        encode(written.event, line);
        CHECK(line == written.line + "\n");
        auto const event = decode(written.line);
        CAPTURE(written.line);
        REQUIRE(event.has_value());
        REQUIRE(event->has_value());
        CHECK(**event == written.event);
    }
}

TEST_CASE("every event is among those that are tried here")
{
    std::vector<bool> seen(std::variant_size_v<Event::Body>);
    for (Written const& written : all_events())
        seen[written.event.body.index()] = true;
    CHECK(std::ranges::all_of(seen, std::identity()));
}

TEST_CASE_FIXTURE(EventsTest, "an event that is not known is nothing, and no error")
{
    for (std::string_view const line : {R"({"type":"pair"})", R"({"type":"paired","feed":"x"})",
             R"({"type":"live"})", R"({"type":""})", R"({"type":"say","n":0})"}) {
        CAPTURE(line);
        auto const event = decode(line);
        REQUIRE(event.has_value());
        CHECK_FALSE(event->has_value());
    }
    CHECK(wrong(R"({"feed":1})") == Error::field_missing);
    CHECK(wrong(R"({"type":7})") == Error::field_wrong);
    CHECK(wrong(R"({"type":"live","id":-1})") == Error::field_wrong);
}

TEST_CASE_FIXTURE(EventsTest, "an event that is not known counts if it has a feed number")
{
    auto const event = decode(R"({"type":"poll","feed":7,"question":{"text":"tea?"}})");
    REQUIRE(event.has_value());
    REQUIRE(event->has_value());
    CHECK((*event)->body == Event::Body(UnknownEvent {Feed {7}}));
}

TEST_CASE_FIXTURE(EventsTest, "unknown fields are passed over, and doubled ones are not")
{
    for (Written const& written : all_events()) {
        std::string const begin = written.line.substr(0, written.line.size() - 1);
        auto const event = decode(begin + R"(,"later":[{"feed":1}]})");
        CAPTURE(written.line);
        REQUIRE(event.has_value());
        REQUIRE(event->has_value());
        CHECK(**event == written.event);
        CHECK(wrong(begin + R"(,"type":"pong"})") == Error::field_doubled);
        CHECK(wrong(begin + R"(,"later":[{"feed":1,"feed":1}]})") == Error::field_doubled);
    }
}

TEST_CASE_FIXTURE(
    EventsTest, "words of a later version are read: an error, and a kind that is none of ours")
{
    auto const refused =
        decode(R"({"type":"refused","n":1,"error":"moon_full","sentence":"wait"})");
    REQUIRE(refused.has_value());
    CHECK(std::get<Refused>((*refused)->body) == Refused {N {1}, Error::unknown_request});
    auto const entry = decode(
        R"({"type":"entry","feed":1,"with":"kim","seq":1,"from":"kim","kind":"poll","text":"?","time":1})");
    REQUIRE(entry.has_value());
    CHECK(std::get<EntryEvent>((*entry)->body).kind == Kind {});
    CHECK(std::get<EntryEvent>((*entry)->body).feed == Feed {1}); // and it is counted
}

TEST_CASE_FIXTURE(EventsTest, "lists hold what they should hold, and nothing else")
{
    for (std::string_view const list : {"1", "\"x\"", "null", "{}", "[1]", "[[]]", "[null]",
             "[{},1]", R"({"device":1,"name":"d","plain":false,"time":5})"}) {
        CAPTURE(list);
        CHECK(wrong(R"({"type":"devices","devices":)" + std::string(list) + "}")
            == Error::field_wrong);
        CHECK(wrong(R"({"type":"people","more":false,"people":)" + std::string(list) + "}")
            == Error::field_wrong);
    }
    CHECK(wrong(R"({"type":"devices","devices":[{}]})") == Error::field_missing);
    CHECK(wrong(R"({"type":"people","people":[{}]})") == Error::field_missing);
    CHECK(wrong(R"({"type":"devices"})") == Error::field_missing);
    std::string const one =
        R"({"handle":"kim","name":"K","last":0,"my_delivered":0,"my_read":0,"their_delivered":0,"their_read":0,"unread":0,"entry":)";
    for (std::string_view const entry : {"1", "[]", "null", "\"x\"", "[{}]"}) {
        CAPTURE(entry);
        CHECK(wrong(R"({"type":"people","people":[)" + one + std::string(entry) + "}]}")
            == Error::field_wrong);
    }
    CHECK(wrong(R"({"type":"people","people":[)" + one + "{}}]}") == Error::field_missing);
}

TEST_CASE_FIXTURE(EventsTest, "a line cut at any byte is no event, and no other one")
{
    for (Written const& written : all_events()) {
        for (std::size_t cut = 0; cut < written.line.size(); ++cut) {
            auto const found = wrong(written.line.substr(0, cut));
            CAPTURE(written.line.substr(0, cut));
            CHECK((found == Error::not_json or found == Error::not_utf8));
        }
    }
}

TEST_CASE_FIXTURE(EventsTest, "the longest text is carried whole, and its line is not too long")
{
    // Every byte of it takes two on the wire: nothing that may be said takes more.
    std::string const text(16 * 1024, '\n');
    Event const event {{},
        EntryEvent {Feed {json_number_max}, std::string(32, 'k'), Seq {json_number_max},
            std::string(32, 'k'), Kind::device_added, text,
            at(static_cast<std::int64_t>(json_number_max)), N {json_number_max}}};
    std::string line;
    encode(event, line);
    CHECK(line.size() <= 64 * 1024);
    line.pop_back();
    auto const read = decode(line);
    REQUIRE(read.has_value());
    CHECK(**read == event);
}

TEST_SUITE_END();
