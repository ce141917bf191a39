#include "doors/json.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace duet;

namespace {

/// Bytes that count up from `first`.
template <typename Array>
Array counted(unsigned first)
{
    Array bytes;
    for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(first++);
    return bytes;
}

/// A request and its line, as docs/protocol.md has it.
struct Written {
    Request request;
    std::string line;
};

std::string const nonce = "000102030405060708090a0b0c0d0e0f";
std::string const epoch = "e0e1e2e3e4e5e6e7e8e9eaebecedeeef";
std::string const identity = "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f";
std::string const proof = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
                          "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f";

std::vector<Written> all_requests()
{
    auto const a_nonce = counted<Nonce>(0);
    auto const an_identity = counted<Identity>(0x10);
    auto const a_proof = counted<Proof>(0x40);
    std::string const keys = R"("identity":")" + identity + R"(","proof":")" + proof + '"';
    std::string const life = R"("epoch":")" + epoch + '"';
    return {
        {{{}, Hello {1, a_nonce}}, R"({"type":"hello","version":1,"nonce":")" + nonce + "\"}"},
        {{7, Enrol {"s2cret", an_identity, a_proof, "kim", "Kim", "desk"}},
            R"({"type":"enrol","id":7,"secret":"s2cret",)" + keys
                + R"(,"handle":"kim","name":"Kim","device":"desk"})"},
        {{{}, Enrol {"s2cret", an_identity, a_proof, "", "", "phone"}},
            R"({"type":"enrol","secret":"s2cret",)" + keys + R"(,"device":"phone"})"},
        {{{}, SignIn {an_identity, a_proof, counted<Epoch>(0xE0), Feed {41}, "duet 0.1"}},
            R"({"type":"sign_in",)" + keys + ',' + life + R"(,"feed":41,"client":"duet 0.1"})"},
        {{0, SignIn {an_identity, a_proof, std::nullopt, std::nullopt, ""}},
            R"({"type":"sign_in","id":0,)" + keys + R"(,"feed":"end","client":""})"},
        {{{}, Say {N {1}, "kim", Kind::text, "안녕 \"kim\"\n\tbye"}},
            R"({"type":"say","n":1,"to":"kim","text":"안녕 \"kim\"\n\tbye"})"},
        {{{}, Say {N {json_number_max}, "kim", Kind::request, "may I?"}},
            R"({"type":"say","n":9007199254740991,"to":"kim","kind":"request","text":"may I?"})"},
        {{{}, Got {Feed {42}}}, R"({"type":"got","feed":42})"},
        {{{}, Read {"kim", Seq {3}}}, R"({"type":"read","with":"kim","seq":3})"},
        {{{}, Typing {"kim"}}, R"({"type":"typing","to":"kim"})"},
        {{1, History {"kim", Seq {100}, std::nullopt, 50}},
            R"({"type":"history","id":1,"with":"kim","before":100,"limit":50})"},
        {{{}, History {"kim", std::nullopt, Seq {0}, 200}},
            R"({"type":"history","with":"kim","after":0,"limit":200})"},
        {{{}, History {"kim", std::nullopt, std::nullopt, 1}},
            R"({"type":"history","with":"kim","limit":1})"},
        {{{}, People {"", 200}}, R"({"type":"people","limit":200})"},
        {{{}, People {"kim", 1}}, R"({"type":"people","after":"kim","limit":1})"},
        {{2, Invite {}}, R"({"type":"invite","id":2})"},
        {{{}, LinkDevice {false}}, R"({"type":"link_device"})"},
        {{{}, LinkDevice {true}}, R"({"type":"link_device","plain":true})"},
        {{{}, Devices {}}, R"({"type":"devices"})"},
        {{{}, Devices {"kim"}}, R"({"type":"devices","with":"kim"})"},
        {{{}, Revoke {DeviceId {3}}}, R"({"type":"revoke","device":3})"},
        {{3, Accept {"kim"}}, R"({"type":"accept","id":3,"with":"kim"})"},
        {{{}, Refuse {"kim"}}, R"({"type":"refuse","with":"kim"})"},
        {{{}, Block {"kim"}}, R"({"type":"block","with":"kim"})"},
        {{{}, Unblock {"kim"}}, R"({"type":"unblock","with":"kim"})"},
        {{{}, ChangeSettings {ChangeSettings::ForAll {false, true, {}}}},
            R"({"type":"settings","read_marks":false,"presence":true})"},
        {{{}, ChangeSettings {ChangeSettings::ForAll {{}, {}, false}}},
            R"({"type":"settings","typing":false})"},
        {{{}, ChangeSettings {ChangeSettings::ForOne {"kim", true, false, true, "Kimmy", Seq {7}}}},
            R"({"type":"settings","with":"kim","mute":true,"archive":false,"pin":true,"name":"Kimmy","delete_up_to":7})"},
        {{{}, ChangeSettings {ChangeSettings::ForOne {"kim", {}, {}, {}, "", {}}}},
            R"({"type":"settings","with":"kim","name":""})"},
        {{{}, ChangeRecovery {SecretHash {std::byte {0x11}}}},
            R"({"type":"recovery","hash":")"
            "11" + std::string(62, '0')
                + "\"}"},
        {{4, Confirm {7, true}}, R"({"type":"confirm","id":4,"ask":7,"yes":true})"},
        {{{}, Leave {}}, R"({"type":"leave"})"},
        {{{}, Report {"kim", Seq {3}}}, R"({"type":"report","with":"kim","seq":3})"},
        {{json_number_max, Ping {}}, R"({"type":"ping","id":9007199254740991})"},
        {{8, UnknownRequest {}}, R"({"type":"unknown","id":8})"},
    };
}

struct RequestsTest {
    JsonDoor door;

    Result<Request> decode(std::string_view line) { return door.decode_request(as_bytes(line)); }

    /// What is wrong with a line; nullopt if nothing is.
    std::optional<Error> wrong(std::string_view line)
    {
        auto const request = decode(line);
        return request.has_value() ? std::nullopt : std::optional(request.error());
    }
};

/// The fields of a line as written above, each with its name: no value there has one of these inside.
std::vector<std::string> fields_of(std::string line)
{
    line = line.substr(1, line.size() - 2);
    std::vector<std::string> fields;
    while (not line.empty()) {
        std::size_t const end = std::min(line.find(",\""), line.size());
        fields.push_back(line.substr(0, end));
        line.erase(0, end + 1);
    }
    return fields;
}

std::string line_of(std::vector<std::string> const& fields)
{
    std::string line = "{";
    for (std::string const& field : fields)
        line += (line.size() > 1 ? "," : "") + field;
    return line + "}";
}

bool may_be_missing(std::string_view type, std::string_view field)
{
    for (std::string_view const name : {R"("id")", R"("handle")", R"("name")", R"("epoch")",
             R"("client")", R"("kind")", R"("before")", R"("after")", R"("plain")", R"("recovery")",
             R"("read_marks")", R"("presence")", R"("typing")", R"("mute")", R"("archive")",
             R"("pin")", R"("delete_up_to")"}) {
        if (field.starts_with(name))
            return true;
    }
    bool const is_about_any = type == R"("type":"devices")" or type == R"("type":"settings")";
    return is_about_any and field.starts_with(R"("with")");
}

} // namespace

TEST_SUITE_BEGIN("json requests");

TEST_CASE_FIXTURE(
    RequestsTest, "every request is written as the protocol has it, and read as it was")
{
    for (Written const& written : all_requests()) {
        std::string line;
        encode(written.request, line);
        CHECK(line == written.line + "\n");
        auto const request = decode(written.line);
        CAPTURE(written.line);
        REQUIRE(request.has_value());
        CHECK(*request == written.request);
    }
}

TEST_CASE("every request is among those that are tried here")
{
    std::vector<bool> seen(std::variant_size_v<Request::Body>);
    for (Written const& written : all_requests())
        seen[written.request.body.index()] = true;
    CHECK(std::ranges::all_of(seen, std::identity()));
}

TEST_CASE_FIXTURE(
    RequestsTest, "the order of fields means nothing, and what is unknown is passed over")
{
    for (Written const& written : all_requests()) {
        auto fields = fields_of(written.line);
        std::ranges::reverse(fields);
        fields.push_back(R"("later":{"nonce":[1,{"n":-1.5e3}],"type":null})");
        fields.insert(fields.begin(), R"("Type":"x")");
        auto const request = decode(line_of(fields));
        CAPTURE(written.line);
        REQUIRE(request.has_value());
        CHECK(*request == written.request);
    }
}

TEST_CASE_FIXTURE(RequestsTest, "what must be there must be there")
{
    for (Written const& written : all_requests()) {
        auto const fields = fields_of(written.line);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            auto without = fields;
            without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
            CAPTURE(line_of(without));
            if (may_be_missing(fields[0], fields[i]))
                CHECK(decode(line_of(without)).has_value());
            else
                CHECK(wrong(line_of(without)) == Error::field_missing);
        }
    }
}

TEST_CASE_FIXTURE(RequestsTest, "what stands there twice is refused, whatever it is")
{
    for (Written const& written : all_requests()) {
        auto const fields = fields_of(written.line);
        for (std::string const& field : fields) {
            auto twice = fields;
            twice.push_back(field);
            CAPTURE(line_of(twice));
            CHECK(wrong(line_of(twice)) == Error::field_doubled);
        }
        auto nested = fields;
        nested.push_back(R"("later":{"x":[{"y":1,"y":1}]})");
        CHECK(wrong(line_of(nested)) == Error::field_doubled);
    }
}

TEST_CASE_FIXTURE(RequestsTest, "no field takes a value of another type")
{
    for (Written const& written : all_requests()) {
        auto const fields = fields_of(written.line);
        for (std::size_t i = 0; i < fields.size(); ++i) {
            std::string const name = fields[i].substr(0, fields[i].find(':') + 1);
            bool const is_text = fields[i][name.size()] == '"';
            bool const is_flag = fields[i].ends_with("true") or fields[i].ends_with("false");
            for (std::string_view const value : {"null", "true", "-1", "1.0", "1e3",
                     "9007199254740992", "[]", "{}", "[1]", "7", "\"7\""}) {
                bool const fits = value
                        == (is_flag       ? "true"
                                : is_text ? "\"7\""
                                          : "7")
                    or (value == "7" and name == R"("feed":)"); // a number, or the word `end`
                if (fits)
                    continue;
                auto other = fields;
                other[i] = name + std::string(value);
                CAPTURE(line_of(other));
                CHECK(wrong(line_of(other)) == Error::field_wrong);
            }
        }
    }
}

TEST_CASE_FIXTURE(RequestsTest, "what is bytes has its length, in small digits")
{
    std::string const begin = R"({"type":"hello","version":1,"nonce":")";
    CHECK(decode(begin + nonce + "\"}").has_value());
    std::string const capital = "000102030405060708090A0B0C0D0E0F";
    for (std::string const& text : {std::string(), nonce.substr(1), nonce.substr(2), nonce + "0",
             nonce + "00", capital, "0x" + nonce.substr(2), " " + nonce.substr(1),
             std::string(32, 'g'), std::string(3000, '0')}) {
        CAPTURE(text);
        CHECK(wrong(begin + text + "\"}") == Error::field_wrong);
    }
    for (std::string const& line : {R"({"type":"sign_in","identity":")" + nonce + R"(","proof":")"
                 + proof + R"(","feed":"end"})",
             R"({"type":"sign_in","identity":")" + identity + R"(","proof":")" + identity
                 + R"(","feed":"end"})",
             R"({"type":"sign_in","identity":")" + identity + R"(","proof":")" + proof
                 + R"(","epoch":"","feed":1})"}) {
        CAPTURE(line);
        CHECK(wrong(line) == Error::field_wrong);
    }
}

TEST_CASE_FIXTURE(RequestsTest, "a feed is a number or the word end")
{
    std::string const begin =
        R"({"type":"sign_in","identity":")" + identity + R"(","proof":")" + proof + R"(","feed":)";
    auto const feed = [&](std::string_view value) {
        auto const request = decode(begin + std::string(value) + "}");
        REQUIRE(request.has_value());
        return std::get<SignIn>(request->body).feed;
    };
    CHECK(feed("0") == Feed {0});
    CHECK(feed("9007199254740991") == Feed {json_number_max});
    CHECK_FALSE(feed(R"("end")").has_value());
    for (std::string_view const value :
        {R"("End")", R"("")", R"("0")", "null", "true", "[\"end\"]"}) {
        CAPTURE(value);
        CHECK(wrong(begin + std::string(value) + "}") == Error::field_wrong);
    }
}

TEST_CASE_FIXTURE(RequestsTest, "the numbers of what is said begin with 1")
{
    CHECK(wrong(R"({"type":"say","n":0,"to":"kim","text":"hi"})") == Error::field_wrong);
    CHECK(wrong(R"({"type":"say","n":-0,"to":"kim","text":"hi"})") == Error::field_wrong);
    CHECK_FALSE(wrong(R"({"type":"say","n":1,"to":"kim","text":"hi"})").has_value());
}

TEST_CASE_FIXTURE(RequestsTest, "a kind that is not known is read, and is none of ours")
{
    auto const request = decode(R"({"type":"say","n":1,"to":"kim","kind":"poll","text":"?"})");
    REQUIRE(request.has_value());
    CHECK(std::get<Say>(request->body).kind == Kind {});
}

TEST_CASE_FIXTURE(RequestsTest, "a request that is not known is told from one that is wrong")
{
    for (std::string_view const type :
        {"prove", "recover", "pair", "live", "push", "", "Say", "say ", "welcome"}) {
        CAPTURE(type);
        auto const request = decode(R"({"type":")" + std::string(type) + R"(","id":1})");
        CHECK(request == Request {1, UnknownRequest {}});
    }
    auto const nearly = decode(R"({"type":"say\u0000","n":1,"to":"kim","text":"?"})");
    CHECK(nearly == Request {{}, UnknownRequest {}});
    CHECK(wrong(R"({})") == Error::field_missing);
    CHECK(wrong(R"({"id":1})") == Error::field_missing);
    CHECK(wrong(R"({"type":1})") == Error::field_wrong);
    CHECK(wrong(R"({"type":["ping"]})") == Error::field_wrong);
}

TEST_CASE_FIXTURE(RequestsTest, "what is no object of JSON is no request")
{
    for (std::string_view const line : {"", "[]", R"([{"type":"ping"}])", R"("ping")", "1", "null",
             R"({"type":"ping"}{"type":"ping"})", R"({"type":"ping"} x)", R"({"type":"ping")",
             R"({"type":"say","n":1,"to":"kim","text":"\ud800"})",
             R"({"type":"say","n":1,"to":"kim","text":"\udc00\ud800"})"}) {
        CAPTURE(line);
        CHECK(wrong(line) == Error::not_json);
    }
    std::string const deep = R"({"type":"ping","x":)" + std::string(10'000, '[');
    CHECK(wrong(deep + std::string(10'000, ']') + "}") == Error::not_json);
    CHECK(wrong(deep) == Error::not_json);
}

TEST_CASE_FIXTURE(RequestsTest, "a line cut at any byte is no request, and no other one")
{
    for (Written const& written : all_requests()) {
        for (std::size_t cut = 0; cut < written.line.size(); ++cut) {
            auto const found = wrong(written.line.substr(0, cut));
            CAPTURE(written.line.substr(0, cut));
            CHECK((found == Error::not_json or found == Error::not_utf8));
        }
    }
}

TEST_CASE_FIXTURE(
    RequestsTest, "a text that is not UTF-8 is refused at every cut of its last letter")
{
    std::string const letter = "👩";
    for (std::size_t cut = 1; cut < letter.size(); ++cut) {
        std::string const text = "woman: " + letter.substr(0, cut);
        CAPTURE(cut);
        CHECK(
            wrong(R"({"type":"say","n":1,"to":"kim","text":")" + text + "\"}") == Error::not_utf8);
        CHECK(wrong(R"({"type":"say","n":1,"to":"kim","text":"x","y":")" + text + "\"}")
            == Error::not_utf8);
    }
}

TEST_CASE_FIXTURE(
    RequestsTest, "what a text may be is not the door's question: it comes through whole")
{
    std::string text = "\a\x1B[2J\x7F\xC2\x9B";
    text += '\0';
    text += std::string(60'000, 'x');
    Request const said {{}, Say {N {1}, std::string("a\0b", 3), Kind::text, text}};
    std::string line;
    encode(said, line);
    line.pop_back();
    auto const request = decode(line);
    REQUIRE(request.has_value());
    CHECK(*request == said);
}

TEST_SUITE_END();
