#include "doors/json.hpp"

#include "doors/json_fields.hpp"
#include "doors/json_writer.hpp"

#include <array>

namespace duet {

namespace {

// One function for each request, in the order of docs/protocol.md.

Result<Request::Body> read_hello(JsonObject const& object)
{
    Hello hello {};
    hello.version = TRY(object.number("version"));
    hello.nonce = TRY(read_bytes<Nonce>(object, "nonce"));
    return hello;
}

Result<Request::Body> read_enrol(JsonObject const& object)
{
    Enrol enrol {};
    enrol.secret = TRY(read_text(object, "secret"));
    enrol.identity = TRY(read_bytes<Identity>(object, "identity"));
    enrol.proof = TRY(read_bytes<Proof>(object, "proof"));
    enrol.handle = TRY(read_text_if_there(object, "handle"));
    enrol.name = TRY(read_text_if_there(object, "name"));
    enrol.device_name = TRY(read_text(object, "device"));
    return enrol;
}

Result<Request::Body> read_sign_in(JsonObject const& object)
{
    SignIn sign_in {};
    sign_in.identity = TRY(read_bytes<Identity>(object, "identity"));
    sign_in.proof = TRY(read_bytes<Proof>(object, "proof"));
    sign_in.client = TRY(read_text_if_there(object, "client"));
    if (object.has("epoch"))
        sign_in.epoch = TRY(read_bytes<Epoch>(object, "epoch"));
    auto const end = object.text("feed"); // "end" asks for the head
    if (not end.has_value() or *end != "end")
        sign_in.feed = TRY(read_number<Feed>(object, "feed"));
    return sign_in;
}

Result<Request::Body> read_say(JsonObject const& object)
{
    Say say {};
    say.n = TRY(read_number<N>(object, "n"));
    if (say.n == N {})
        return fail(Error::field_wrong); // the first is 1: for 0 there is no answer to look up
    say.to = TRY(read_text(object, "to"));
    auto const kind = TRY(object.text_or("kind", "text"));
    say.kind = kind_of(kind);
    say.text = TRY(read_text(object, "text"));
    return say;
}

Result<Request::Body> read_got(JsonObject const& object)
{
    return Got {TRY(read_number<Feed>(object, "feed"))};
}

Result<Request::Body> read_read(JsonObject const& object)
{
    Read read {};
    read.with = TRY(read_text(object, "with"));
    read.seq = TRY(read_number<Seq>(object, "seq"));
    return read;
}

Result<Request::Body> read_typing(JsonObject const& object)
{
    return Typing {TRY(read_text(object, "to"))};
}

Result<Request::Body> read_history(JsonObject const& object)
{
    History history {};
    history.with = TRY(read_text(object, "with"));
    history.before = TRY(read_optional<Seq>(object, "before"));
    history.after = TRY(read_optional<Seq>(object, "after"));
    history.limit = TRY(object.number("limit"));
    return history;
}

Result<Request::Body> read_people(JsonObject const& object)
{
    People people {};
    people.after = TRY(read_text_if_there(object, "after"));
    people.limit = TRY(object.number("limit"));
    return people;
}

Result<Request::Body> read_invite(JsonObject const&)
{
    return Invite {};
}

Result<Request::Body> read_link_device(JsonObject const& object)
{
    return LinkDevice {TRY(object.flag_or("plain", false))};
}

Result<Request::Body> read_devices(JsonObject const&)
{
    return Devices {};
}

Result<Request::Body> read_revoke(JsonObject const& object)
{
    return Revoke {TRY(read_number<DeviceId>(object, "device"))};
}

Result<Request::Body> read_ping(JsonObject const&)
{
    return Ping {};
}

struct Type {
    std::string_view word;
    Result<Request::Body> (*read)(JsonObject const&);
};

constexpr std::array types = {
    Type {"hello", read_hello},
    Type {"enrol", read_enrol},
    Type {"sign_in", read_sign_in},
    Type {"say", read_say},
    Type {"got", read_got},
    Type {"read", read_read},
    Type {"typing", read_typing},
    Type {"history", read_history},
    Type {"people", read_people},
    Type {"invite", read_invite},
    Type {"link_device", read_link_device},
    Type {"devices", read_devices},
    Type {"revoke", read_revoke},
    Type {"ping", read_ping},
};

// And the way back, for devices.

void write(Hello const& hello, JsonWriter& writer)
{
    writer.number("version", hello.version).hex("nonce", hello.nonce);
}

void write(Enrol const& enrol, JsonWriter& writer)
{
    writer.text("secret", enrol.secret).hex("identity", enrol.identity).hex("proof", enrol.proof);
    if (not enrol.handle.empty())
        writer.text("handle", enrol.handle);
    if (not enrol.name.empty())
        writer.text("name", enrol.name);
    writer.text("device", enrol.device_name);
}

void write(SignIn const& sign_in, JsonWriter& writer)
{
    writer.hex("identity", sign_in.identity).hex("proof", sign_in.proof);
    if (sign_in.epoch.has_value())
        writer.hex("epoch", *sign_in.epoch);
    if (sign_in.feed.has_value())
        writer.number("feed", number(*sign_in.feed));
    else
        writer.text("feed", "end");
    writer.text("client", sign_in.client);
}

void write(Say const& say, JsonWriter& writer)
{
    writer.number("n", number(say.n)).text("to", say.to);
    if (say.kind != Kind::text)
        writer.text("kind", word(say.kind));
    writer.text("text", say.text);
}

void write(Got const& got, JsonWriter& writer)
{
    writer.number("feed", number(got.feed));
}

void write(Read const& read, JsonWriter& writer)
{
    writer.text("with", read.with).number("seq", number(read.seq));
}

void write(Typing const& typing, JsonWriter& writer)
{
    writer.text("to", typing.to);
}

void write(History const& history, JsonWriter& writer)
{
    writer.text("with", history.with);
    if (history.before.has_value())
        writer.number("before", number(*history.before));
    if (history.after.has_value())
        writer.number("after", number(*history.after));
    writer.number("limit", history.limit);
}

void write(People const& people, JsonWriter& writer)
{
    if (not people.after.empty())
        writer.text("after", people.after);
    writer.number("limit", people.limit);
}

void write(LinkDevice const& link, JsonWriter& writer)
{
    if (link.plain)
        writer.flag("plain", true);
}

void write(Revoke const& revoke, JsonWriter& writer)
{
    writer.number("device", number(revoke.device));
}

void write(Invite const&, JsonWriter&) { }
void write(Devices const&, JsonWriter&) { }
void write(Ping const&, JsonWriter&) { }
void write(UnknownRequest const&, JsonWriter&) { }

} // namespace

Result<Request> JsonDoor::decode_request(Bytes line)
{
    JsonObject const object = TRY(reader_.read(line));
    std::string_view const type = TRY(object.text("type"));
    Request request;
    request.id = TRY(object.optional_number("id"));
    for (Type const& known : types) {
        if (known.word != type)
            continue;
        request.body = TRY(known.read(object));
        return request;
    }
    request.body = UnknownRequest {};
    return request;
}

void encode(Request const& request, std::string& output)
{
    // The types stand in the table in the order of the variant: docs/protocol.md's.
    // The last one, UnknownRequest, has no word of its own: any that nobody knows will do.
    static_assert(types.size() + 1 == std::variant_size_v<Request::Body>);
    bool const is_known = request.body.index() < types.size();
    JsonWriter writer(output, is_known ? types[request.body.index()].word : "unknown");
    if (request.id.has_value())
        writer.number("id", *request.id);
    std::visit([&writer](auto const& body) { write(body, writer); }, request.body);
    writer.end();
}

} // namespace duet
