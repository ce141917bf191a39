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
    enrol.recovery = TRY(read_bytes_if_there<SecretHash>(object, "recovery"));
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

Result<Request::Body> read_devices(JsonObject const& object)
{
    return Devices {TRY(read_text_if_there(object, "with"))};
}

Result<Request::Body> read_revoke(JsonObject const& object)
{
    return Revoke {TRY(read_number<DeviceId>(object, "device"))};
}

/// A request that names another person, and nothing else.
template <typename About>
Result<Request::Body> read_about(JsonObject const& object)
{
    return About {TRY(read_text(object, "with"))};
}

Result<Request::Body> read_settings(JsonObject const& object)
{
    if (object.has("with")) {
        ChangeSettings::ForOne one {};
        one.with = TRY(read_text(object, "with"));
        one.mute = TRY(read_optional_flag(object, "mute"));
        one.archive = TRY(read_optional_flag(object, "archive"));
        one.pin = TRY(read_optional_flag(object, "pin"));
        auto const name = TRY(object.text_or("name", ""));
        if (object.has("name"))
            one.name = name;
        one.delete_up_to = TRY(read_optional<Seq>(object, "delete_up_to"));
        return ChangeSettings {one};
    }
    ChangeSettings::ForAll all {};
    all.read_marks = TRY(read_optional_flag(object, "read_marks"));
    all.presence = TRY(read_optional_flag(object, "presence"));
    all.typing = TRY(read_optional_flag(object, "typing"));
    return ChangeSettings {all};
}

Result<Request::Body> read_recovery(JsonObject const& object)
{
    return ChangeRecovery {TRY(read_bytes<SecretHash>(object, "hash"))};
}

Result<Request::Body> read_confirm(JsonObject const& object)
{
    Confirm confirm {};
    confirm.ask = TRY(object.number("ask"));
    auto const yes = TRY(read_optional_flag(object, "yes"));
    if (not yes.has_value())
        return fail(Error::field_missing);
    confirm.yes = *yes;
    return confirm;
}

Result<Request::Body> read_leave(JsonObject const&)
{
    return Leave {};
}

Result<Request::Body> read_report(JsonObject const& object)
{
    Report report {};
    report.with = TRY(read_text(object, "with"));
    report.seq = TRY(read_number<Seq>(object, "seq"));
    return report;
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
    Type {"accept", read_about<Accept>},
    Type {"refuse", read_about<Refuse>},
    Type {"block", read_about<Block>},
    Type {"unblock", read_about<Unblock>},
    Type {"settings", read_settings},
    Type {"recovery", read_recovery},
    Type {"confirm", read_confirm},
    Type {"leave", read_leave},
    Type {"report", read_report},
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
    if (enrol.recovery.has_value())
        writer.hex("recovery", *enrol.recovery);
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

void write(Devices const& devices, JsonWriter& writer)
{
    if (not devices.with.empty())
        writer.text("with", devices.with);
}

void write(Accept const& accept, JsonWriter& writer)
{
    writer.text("with", accept.with);
}

void write(Refuse const& refuse, JsonWriter& writer)
{
    writer.text("with", refuse.with);
}

void write(Block const& block, JsonWriter& writer)
{
    writer.text("with", block.with);
}

void write(Unblock const& unblock, JsonWriter& writer)
{
    writer.text("with", unblock.with);
}

void write_if_there(std::optional<bool> flag, std::string_view key, JsonWriter& writer)
{
    if (flag.has_value())
        writer.flag(key, *flag);
}

void write(ChangeSettings::ForAll const& all, JsonWriter& writer)
{
    write_if_there(all.read_marks, "read_marks", writer);
    write_if_there(all.presence, "presence", writer);
    write_if_there(all.typing, "typing", writer);
}

void write(ChangeSettings::ForOne const& one, JsonWriter& writer)
{
    writer.text("with", one.with);
    write_if_there(one.mute, "mute", writer);
    write_if_there(one.archive, "archive", writer);
    write_if_there(one.pin, "pin", writer);
    if (one.name.has_value())
        writer.text("name", *one.name);
    if (one.delete_up_to.has_value())
        writer.number("delete_up_to", number(*one.delete_up_to));
}

void write(ChangeSettings const& settings, JsonWriter& writer)
{
    std::visit([&](auto const& what) { write(what, writer); }, settings.what);
}

void write(ChangeRecovery const& recovery, JsonWriter& writer)
{
    writer.hex("hash", recovery.hash);
}

void write(Confirm const& confirm, JsonWriter& writer)
{
    writer.number("ask", confirm.ask).flag("yes", confirm.yes);
}

void write(Report const& report, JsonWriter& writer)
{
    writer.text("with", report.with).number("seq", number(report.seq));
}

void write(Invite const&, JsonWriter&) { }
void write(Leave const&, JsonWriter&) { }
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
