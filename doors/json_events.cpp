#include "doors/json.hpp"

#include "base/limits.hpp"
#include "doors/json_fields.hpp"
#include "doors/json_writer.hpp"

#include <array>

namespace duet {

namespace {

std::uint64_t ms(Time time)
{
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

Result<Time> read_time(JsonObject const& object, std::string_view key)
{
    return Time(std::chrono::milliseconds(TRY(object.number(key))));
}

Result<std::chrono::milliseconds> read_wait(JsonObject const& object)
{
    return std::chrono::milliseconds(TRY(object.number("wait_ms")));
}

/// A word of a later version is an error all the same.
Result<Error> read_error(JsonObject const& object, std::string_view key)
{
    auto const name = TRY(object.text(key));
    return error_of(name).value_or(Error::unknown_request);
}

// Reading, for devices, in the order of docs/protocol.md

Result<Event::Body> read_hello(JsonObject const& object)
{
    Greeted event {};
    event.version = TRY(object.number("version"));
    event.nonce = TRY(read_bytes<Nonce>(object, "nonce"));
    event.epoch = TRY(read_bytes<Epoch>(object, "epoch"));
    event.identity = TRY(read_bytes<Identity>(object, "identity"));
    event.proof = TRY(read_bytes<Proof>(object, "proof"));
    return event;
}

Result<Event::Body> read_welcome(JsonObject const& object)
{
    Welcome event {};
    event.you = TRY(read_text(object, "you"));
    event.name = TRY(read_text(object, "name"));
    event.device = TRY(read_number<DeviceId>(object, "device"));
    event.feed = TRY(read_number<Feed>(object, "feed"));
    event.last_n = TRY(read_number<N>(object, "last_n"));
    event.epoch = TRY(read_bytes<Epoch>(object, "epoch"));
    event.server = TRY(read_text(object, "server"));
    auto const* const bounds = TRY(object.optional_object("limits"));
    if (bounds == nullptr)
        return fail(Error::field_missing);
    event.unanswered_max = TRY(bounds->number("unanswered_max"));
    return event;
}

Result<EntryEvent> read_entry_fields(JsonObject const& object)
{
    EntryEvent event {};
    event.feed = TRY(read_if_there<Feed>(object, "feed"));
    event.with = TRY(read_text(object, "with"));
    event.seq = TRY(read_number<Seq>(object, "seq"));
    event.from = TRY(read_text(object, "from"));
    auto const kind = TRY(object.text("kind"));
    event.kind = kind_of(kind);
    event.text = TRY(read_text(object, "text"));
    event.time = TRY(read_time(object, "time"));
    event.n = TRY(read_if_there<N>(object, "n"));
    return event;
}

Result<Event::Body> read_entry(JsonObject const& object)
{
    return TRY(read_entry_fields(object));
}

Result<Event::Body> read_said(JsonObject const& object)
{
    Said event {};
    event.n = TRY(read_number<N>(object, "n"));
    event.with = TRY(read_text(object, "with"));
    event.seq = TRY(read_number<Seq>(object, "seq"));
    event.time = TRY(read_time(object, "time"));
    event.feed = TRY(read_if_there<Feed>(object, "feed"));
    return event;
}

Result<Event::Body> read_refused(JsonObject const& object)
{
    Refused event {};
    event.n = TRY(read_if_there<N>(object, "n"));
    event.error = TRY(read_error(object, "error"));
    event.offset = TRY(object.optional_number("offset"));
    return event;
}

Result<Event::Body> read_n_reused(JsonObject const& object)
{
    NReused event {};
    event.n = TRY(read_number<N>(object, "n"));
    event.last_n = TRY(read_number<N>(object, "last_n"));
    return event;
}

Result<Event::Body> read_later(JsonObject const& object)
{
    Later event {};
    event.n = TRY(read_number<N>(object, "n"));
    event.error = TRY(read_error(object, "error"));
    event.wait = TRY(read_wait(object));
    return event;
}

Result<Event::Body> read_mark(JsonObject const& object)
{
    MarkEvent event {};
    event.with = TRY(read_text(object, "with"));
    event.who = TRY(read_text(object, "who"));
    event.delivered = TRY(read_number<Seq>(object, "delivered"));
    event.read = TRY(read_number<Seq>(object, "read"));
    return event;
}

Result<Event::Body> read_typing(JsonObject const& object)
{
    return TypingEvent {TRY(read_text(object, "from"))};
}

Result<Event::Body> read_presence(JsonObject const& object)
{
    Presence event {};
    event.who = TRY(read_text(object, "who"));
    event.online = TRY(object.flag_or("online", false));
    return event;
}

Result<Event::Body> read_history(JsonObject const& object)
{
    HistoryEnd event {};
    event.with = TRY(read_text(object, "with"));
    event.first = TRY(read_number<Seq>(object, "first"));
    event.last = TRY(read_number<Seq>(object, "last"));
    event.more = TRY(object.flag_or("more", false));
    return event;
}

/// Where a field is missing nothing is chosen.
Result<TalkChoices> read_choices(JsonObject const& object)
{
    TalkChoices choices {};
    choices.mute = TRY(object.flag_or("mute", false));
    choices.archive = TRY(object.flag_or("archive", false));
    choices.pin = TRY(object.flag_or("pin", false));
    choices.name = TRY(read_text_if_there(object, "name"));
    choices.deleted = TRY(read_if_there<Seq>(object, "delete_up_to"));
    return choices;
}

Result<TalkState> read_state(JsonObject const& object)
{
    return state_of(TRY(object.text_or("state", "contact")));
}

Result<PeopleEvent::One> read_one(JsonObject const& object)
{
    PeopleEvent::One event {};
    event.handle = TRY(read_text(object, "handle"));
    event.name = TRY(read_text(object, "name"));
    event.last = TRY(read_number<Seq>(object, "last"));
    event.my_delivered = TRY(read_number<Seq>(object, "my_delivered"));
    event.my_read = TRY(read_number<Seq>(object, "my_read"));
    event.their_delivered = TRY(read_number<Seq>(object, "their_delivered"));
    event.their_read = TRY(read_number<Seq>(object, "their_read"));
    event.unread = TRY(object.number("unread"));
    if (auto const* const entry = TRY(object.optional_object("entry")); entry != nullptr)
        event.last_entry = TRY(read_entry_fields(*entry));
    event.state = TRY(read_state(object));
    if (auto const* const choices = TRY(object.optional_object("settings")); choices != nullptr)
        event.choices = TRY(read_choices(*choices));
    return event;
}

Result<Event::Body> read_people(JsonObject const& object)
{
    PeopleEvent event {};
    event.more = TRY(object.flag_or("more", false));
    auto const* const people = TRY(object.objects("people"));
    for (JsonObject const& one : *people)
        event.people.push_back(TRY(read_one(one)));
    return event;
}

Result<Event::Body> read_enrolled(JsonObject const& object)
{
    Enrolled event {};
    event.you = TRY(read_text(object, "you"));
    event.device = TRY(read_number<DeviceId>(object, "device"));
    return event;
}

Result<Event::Body> read_linked(JsonObject const& object)
{
    Linked event {};
    event.secret = TRY(read_text(object, "secret"));
    event.expires = TRY(read_time(object, "expires"));
    return event;
}

Result<DevicesEvent::One> read_device(JsonObject const& object)
{
    DevicesEvent::One event {};
    event.device = TRY(read_if_there<DeviceId>(object, "device"));
    event.name = TRY(read_text(object, "name"));
    event.plain = TRY(object.flag_or("plain", false));
    event.time = TRY(read_time(object, "time"));
    event.identity = TRY(read_bytes_if_there<Identity>(object, "identity"));
    return event;
}

Result<Event::Body> read_devices(JsonObject const& object)
{
    DevicesEvent event;
    event.with = TRY(read_text_if_there(object, "with"));
    auto const* const devices = TRY(object.objects("devices"));
    for (JsonObject const& one : *devices)
        event.devices.push_back(TRY(read_device(one)));
    return event;
}

Result<Event::Body> read_settings(JsonObject const& object)
{
    if (object.has("with")) {
        TalkEvent event {};
        event.with = TRY(read_text(object, "with"));
        event.state = TRY(read_state(object));
        event.choices = TRY(read_choices(object));
        return event;
    }
    SettingsEvent event {};
    event.read_marks = TRY(object.flag_or("read_marks", true));
    event.presence = TRY(object.flag_or("presence", true));
    event.typing = TRY(object.flag_or("typing", true));
    return event;
}

Result<Event::Body> read_device_asks(JsonObject const& object)
{
    DeviceAsks event {};
    event.ask = TRY(object.number("ask"));
    event.device = TRY(read_text(object, "device"));
    event.address = TRY(read_text(object, "address"));
    event.identity = TRY(read_bytes<Identity>(object, "identity"));
    return event;
}

Result<Event::Body> read_waiting(JsonObject const&)
{
    return Waiting {};
}

Result<Event::Body> read_done(JsonObject const&)
{
    return Done {};
}

Result<Event::Body> read_pong(JsonObject const&)
{
    return Pong {};
}

Result<Event::Body> read_bye(JsonObject const& object)
{
    Bye event {};
    event.reason = TRY(read_error(object, "reason"));
    event.wait = TRY(read_wait(object));
    event.address = TRY(read_text_if_there(object, "address"));
    return event;
}

struct Type {
    std::string_view word;
    Result<Event::Body> (*read)(JsonObject const&);
};

constexpr std::array types = {
    Type {"hello", read_hello},
    Type {"welcome", read_welcome},
    Type {"entry", read_entry},
    Type {"said", read_said},
    Type {"refused", read_refused},
    Type {"n_reused", read_n_reused},
    Type {"later", read_later},
    Type {"mark", read_mark},
    Type {"typing", read_typing},
    Type {"presence", read_presence},
    Type {"history", read_history},
    Type {"people", read_people},
    Type {"enrolled", read_enrolled},
    Type {"linked", read_linked},
    Type {"devices", read_devices},
    Type {"settings", read_settings}, // for all conversations, or (the next) for one
    Type {"settings", read_settings},
    Type {"device_asks", read_device_asks},
    Type {"waiting", read_waiting},
    Type {"done", read_done},
    Type {"pong", read_pong},
    Type {"bye", read_bye},
};

// Writing, for servers

void write(Greeted const& hello, JsonWriter& writer)
{
    writer.number("version", hello.version)
        .hex("nonce", hello.nonce)
        .hex("epoch", hello.epoch)
        .hex("identity", hello.identity)
        .hex("proof", hello.proof);
}

void write(Welcome const& welcome, JsonWriter& writer)
{
    writer.text("you", welcome.you)
        .text("name", welcome.name)
        .number("device", number(welcome.device))
        .number("feed", number(welcome.feed))
        .number("last_n", number(welcome.last_n))
        .hex("epoch", welcome.epoch)
        .text("server", welcome.server)
        .begin_object("limits")
        .number("unanswered_max", welcome.unanswered_max)
        .number("text_bytes_max", limits::text_bytes_max)
        .number("window_bytes_max", limits::window_bytes_max)
        .number("json_line_bytes_max", limits::json_line_bytes_max)
        .end_object();
}

void write(EntryEvent const& entry, JsonWriter& writer)
{
    if (entry.feed != Feed {})
        writer.number("feed", number(entry.feed));
    writer.text("with", entry.with)
        .number("seq", number(entry.seq))
        .text("from", entry.from)
        .text("kind", word(entry.kind))
        .text("text", entry.text)
        .number("time", ms(entry.time));
    if (entry.n != N {})
        writer.number("n", number(entry.n));
}

void write(Said const& said, JsonWriter& writer)
{
    writer.number("n", number(said.n))
        .text("with", said.with)
        .number("seq", number(said.seq))
        .number("time", ms(said.time));
    if (said.feed != Feed {})
        writer.number("feed", number(said.feed));
}

void write(Refused const& refused, JsonWriter& writer)
{
    if (refused.n != N {})
        writer.number("n", number(refused.n));
    writer.text("error", word(refused.error)).text("sentence", sentence(refused.error));
    if (refused.offset.has_value())
        writer.number("offset", *refused.offset);
}

void write(NReused const& reused, JsonWriter& writer)
{
    writer.number("n", number(reused.n)).number("last_n", number(reused.last_n));
}

void write(Later const& later, JsonWriter& writer)
{
    writer.number("n", number(later.n))
        .text("error", word(later.error))
        .number("wait_ms", static_cast<std::uint64_t>(later.wait.count()));
}

void write(MarkEvent const& mark, JsonWriter& writer)
{
    writer.text("with", mark.with)
        .text("who", mark.who)
        .number("delivered", number(mark.delivered))
        .number("read", number(mark.read));
}

void write(TypingEvent const& typing, JsonWriter& writer)
{
    writer.text("from", typing.from);
}

void write(Presence const& presence, JsonWriter& writer)
{
    writer.text("who", presence.who).flag("online", presence.online);
}

void write(HistoryEnd const& end, JsonWriter& writer)
{
    writer.text("with", end.with)
        .number("first", number(end.first))
        .number("last", number(end.last))
        .flag("more", end.more);
}

void write(TalkChoices const& choices, JsonWriter& writer)
{
    writer.flag("mute", choices.mute)
        .flag("archive", choices.archive)
        .flag("pin", choices.pin)
        .text("name", choices.name)
        .number("delete_up_to", number(choices.deleted));
}

void write(PeopleEvent const& people, JsonWriter& writer)
{
    writer.begin_array("people");
    for (PeopleEvent::One const& one : people.people) {
        writer.begin_object()
            .text("handle", one.handle)
            .text("name", one.name)
            .number("last", number(one.last))
            .number("my_delivered", number(one.my_delivered))
            .number("my_read", number(one.my_read))
            .number("their_delivered", number(one.their_delivered))
            .number("their_read", number(one.their_read))
            .number("unread", one.unread)
            .text("state", word(one.state));
        if (one.choices != TalkChoices {}) {
            writer.begin_object("settings");
            write(one.choices, writer);
            writer.end_object();
        }
        if (one.last_entry.has_value()) {
            writer.begin_object("entry");
            write(*one.last_entry, writer);
            writer.end_object();
        }
        writer.end_object();
    }
    writer.end_array().flag("more", people.more);
}

void write(Enrolled const& enrolled, JsonWriter& writer)
{
    writer.text("you", enrolled.you).number("device", number(enrolled.device));
}

void write(Linked const& linked, JsonWriter& writer)
{
    writer.text("secret", linked.secret).number("expires", ms(linked.expires));
}

void write(DevicesEvent::One const& one, JsonWriter& writer)
{
    if (one.device != DeviceId {})
        writer.number("device", number(one.device));
    writer.text("name", one.name).flag("plain", one.plain).number("time", ms(one.time));
    if (one.identity.has_value())
        writer.hex("identity", *one.identity);
}

void write(DevicesEvent const& devices, JsonWriter& writer)
{
    if (not devices.with.empty())
        writer.text("with", devices.with);
    writer.begin_array("devices");
    for (DevicesEvent::One const& one : devices.devices) {
        writer.begin_object();
        write(one, writer);
        writer.end_object();
    }
    writer.end_array();
}

void write(SettingsEvent const& settings, JsonWriter& writer)
{
    writer.flag("read_marks", settings.read_marks)
        .flag("presence", settings.presence)
        .flag("typing", settings.typing);
}

void write(TalkEvent const& talk, JsonWriter& writer)
{
    writer.text("with", talk.with).text("state", word(talk.state));
    write(talk.choices, writer);
}

void write(DeviceAsks const& asks, JsonWriter& writer)
{
    writer.number("ask", asks.ask)
        .text("device", asks.device)
        .text("address", asks.address)
        .hex("identity", asks.identity);
}

void write(Waiting const&, JsonWriter& writer)
{
    writer.text("for", "confirmation");
}

void write(Bye const& bye, JsonWriter& writer)
{
    writer.text("reason", word(bye.reason))
        .number("wait_ms", static_cast<std::uint64_t>(bye.wait.count()));
    if (not bye.address.empty())
        writer.text("address", bye.address);
}

void write(UnknownEvent const& unknown, JsonWriter& writer)
{
    writer.number("feed", number(unknown.feed));
}

void write(Done const&, JsonWriter&) { }
void write(Pong const&, JsonWriter&) { }

} // namespace

Result<std::optional<Event>> JsonDoor::decode_event(Bytes line)
{
    JsonObject const object = TRY(reader_.read(line));
    std::string_view const type = TRY(object.text("type"));
    Event event;
    event.id = TRY(object.optional_number("id"));
    for (Type const& known : types) {
        if (known.word != type)
            continue;
        event.body = TRY(known.read(object));
        return event;
    }
    // Of what we do not know only a feed number matters; what else may have that name is no error.
    auto const feed = object.optional_number("feed").value_or(std::nullopt).value_or(0);
    if (feed == 0)
        return std::nullopt;
    event.body = UnknownEvent {Feed {feed}};
    return event;
}

void encode(Event const& event, std::string& output)
{
    // The last one, UnknownEvent, has no word of its own: any that nobody knows will do.
    static_assert(types.size() + 1 == std::variant_size_v<Event::Body>);
    bool const is_known = event.body.index() < types.size();
    JsonWriter writer(output, is_known ? types[event.body.index()].word : "unknown");
    if (event.id.has_value())
        writer.number("id", *event.id);
    std::visit([&writer](auto const& body) { write(body, writer); }, event.body);
    writer.end();
}

} // namespace duet
