#include "direct/preface_lines.hpp"

#include "doors/json_fields.hpp"
#include "doors/json_writer.hpp"

#include <limits>

namespace duet {

namespace {

Result<PrefaceLine> read_hello(JsonObject const& object)
{
    PrefaceHello hello {};
    hello.version = TRY(object.number("version"));
    hello.nonce = TRY(read_bytes<Nonce>(object, "nonce"));
    hello.identity = TRY(read_bytes<Identity>(object, "identity"));
    auto const port = TRY(read_if_there<std::uint64_t>(object, "port"));
    if (port > std::numeric_limits<std::uint16_t>::max())
        return fail(Error::field_wrong);
    hello.port = static_cast<std::uint16_t>(port);
    if (object.has("proof"))
        hello.proof = TRY(read_bytes<Proof>(object, "proof"));
    return hello;
}

Result<PrefaceLine> read_prove(JsonObject const& object)
{
    PrefaceProve prove {};
    prove.proof = TRY(read_bytes<Proof>(object, "proof"));
    auto const pairing = TRY(object.text_or("pairing", ""));
    if (pairing == "link")
        prove.pairing = Pairing::link;
    else if (pairing == "code")
        prove.pairing = Pairing::code;
    else if (not pairing.empty())
        return fail(Error::field_wrong);
    return prove;
}

/// What stands in it tells which of them it is.
Result<PrefaceLine> read_pair(JsonObject const& object)
{
    if (object.has("code")) {
        PrefaceCode code {};
        code.code = TRY(object.number("code"));
        code.share = TRY(read_bytes<CpaceShare>(object, "share"));
        return code;
    }
    if (object.has("share"))
        return PrefaceShare {TRY(read_bytes<CpaceShare>(object, "share"))};
    if (object.has("confirm")) {
        PrefaceConfirm confirm {};
        confirm.tag = TRY(read_bytes<CpaceTag>(object, "confirm"));
        confirm.name = TRY(read_text(object, "name"));
        return confirm;
    }
    PrefacePair pair {};
    pair.secret = TRY(read_text(object, "secret"));
    pair.name = TRY(read_text(object, "name"));
    return pair;
}

Result<PrefaceLine> read_paired(JsonObject const& object)
{
    PrefacePaired paired {};
    paired.name = TRY(read_text(object, "name"));
    if (object.has("confirm"))
        paired.tag = TRY(read_bytes<CpaceTag>(object, "confirm"));
    return paired;
}

Result<PrefaceLine> read_bye(JsonObject const& object)
{
    auto const reason = TRY(object.text("reason"));
    return PrefaceBye {error_of(reason).value_or(Error::unknown_request)};
}

void write(PrefaceHello const& hello, std::string& output)
{
    JsonWriter writer(output, "hello");
    writer.number("version", hello.version).hex("nonce", hello.nonce);
    writer.hex("identity", hello.identity);
    if (hello.port != 0)
        writer.number("port", hello.port);
    if (hello.proof.has_value())
        writer.hex("proof", *hello.proof);
    writer.end();
}

void write(PrefaceProve const& prove, std::string& output)
{
    JsonWriter writer(output, "prove");
    writer.hex("proof", prove.proof);
    if (prove.pairing != Pairing::none)
        writer.text("pairing", prove.pairing == Pairing::link ? "link" : "code");
    writer.end();
}

void write(PrefacePair const& pair, std::string& output)
{
    JsonWriter(output, "pair").text("secret", pair.secret).text("name", pair.name).end();
}

void write(PrefaceCode const& code, std::string& output)
{
    JsonWriter(output, "pair").number("code", code.code).hex("share", code.share).end();
}

void write(PrefaceShare const& share, std::string& output)
{
    JsonWriter(output, "pair").hex("share", share.share).end();
}

void write(PrefaceConfirm const& confirm, std::string& output)
{
    JsonWriter(output, "pair").hex("confirm", confirm.tag).text("name", confirm.name).end();
}

void write(PrefacePaired const& paired, std::string& output)
{
    JsonWriter writer(output, "paired");
    writer.text("name", paired.name);
    if (paired.tag.has_value())
        writer.hex("confirm", *paired.tag);
    writer.end();
}

void write(PrefaceBye const& bye, std::string& output)
{
    JsonWriter(output, "bye").text("reason", word(bye.reason)).number("wait_ms", 0).end();
}

} // namespace

void encode(PrefaceLine const& line, std::string& output)
{
    std::visit([&output](auto const& one) { write(one, output); }, line);
}

Result<PrefaceLine> decode_preface(JsonReader& reader, Bytes line)
{
    JsonObject const object = TRY(reader.read(line));
    std::string_view const type = TRY(object.text("type"));
    if (type == "hello")
        return read_hello(object);
    if (type == "prove")
        return read_prove(object);
    if (type == "pair")
        return read_pair(object);
    if (type == "paired")
        return read_paired(object);
    if (type == "bye")
        return read_bye(object);
    return fail(Error::out_of_order);
}

} // namespace duet
