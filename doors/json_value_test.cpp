#include "doors/json_value.hpp"

#include "base/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace duet;

namespace {

struct JsonTest {
    JsonReader reader;

    Result<JsonObject> read(std::string_view line) { return reader.read(as_bytes(line)); }

    /// What is wrong with a line; nullopt if nothing is.
    std::optional<Error> wrong(std::string_view line)
    {
        auto const object = read(line);
        return object.has_value() ? std::nullopt : std::optional(object.error());
    }

    /// The number that `json` stands for as the value of a field.
    Result<std::uint64_t> number(std::string_view json)
    {
        auto const object = TRY(read(R"({"a":)" + std::string(json) + "}"));
        return object.number("a");
    }

    /// The same for a text.
    Result<std::string> text(std::string_view json)
    {
        auto const object = TRY(read(R"({"a":)" + std::string(json) + "}"));
        return std::string(TRY(object.text("a")));
    }
};

std::string repeated(std::string_view text, std::size_t count)
{
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

} // namespace

TEST_SUITE_BEGIN("json value");

TEST_CASE_FIXTURE(JsonTest, "fields are found by name, in any order and with any space between")
{
    auto const object =
        read(" { \"text\" : \"hi\" ,\t\"number\":7, \"flag\":true, \"last\":{\"a\":1}}\r ");
    REQUIRE(object.has_value());
    CHECK(object->number("number") == 7u);
    CHECK(object->text("text") == "hi");
    CHECK(object->flag_or("flag", false) == true);
    auto const last = object->optional_object("last");
    REQUIRE(last.has_value());
    REQUIRE(*last != nullptr);
    CHECK((*last)->number("a") == 1u);
}

TEST_CASE_FIXTURE(JsonTest, "an object may be empty")
{
    auto const object = read("{}");
    REQUIRE(object.has_value());
    CHECK_FALSE(object->has("a"));
    CHECK_FALSE(object->has(""));
}

TEST_CASE_FIXTURE(JsonTest, "a name may be empty, and differ from another in its last letter")
{
    auto const object = read(R"({"b":2,"":1,"ba":3,"a":4})");
    REQUIRE(object.has_value());
    CHECK(object->number("") == 1u);
    CHECK(object->number("b") == 2u);
    CHECK(object->number("ba") == 3u);
    CHECK(object->number("a") == 4u);
    CHECK_FALSE(object->has("bb"));
    CHECK_FALSE(object->has("A"));
}

TEST_CASE_FIXTURE(JsonTest, "what is missing is told from what is wrong")
{
    auto const object = read(R"({"number":7,"text":"7","flag":false,"null":null})");
    REQUIRE(object.has_value());
    CHECK(object->number("nothing").error() == Error::field_missing);
    CHECK(object->text("nothing").error() == Error::field_missing);
    CHECK(object->objects("nothing").error() == Error::field_missing);
    CHECK(object->number("text").error() == Error::field_wrong);
    CHECK(object->number("flag").error() == Error::field_wrong);
    CHECK(object->number("null").error() == Error::field_wrong);
    CHECK(object->text("number").error() == Error::field_wrong);
    CHECK(object->text("null").error() == Error::field_wrong);
    CHECK(object->objects("text").error() == Error::field_wrong);
    CHECK(object->flag_or("number", true).error() == Error::field_wrong);
    CHECK(object->flag_or("null", true).error() == Error::field_wrong);
}

TEST_CASE_FIXTURE(JsonTest, "what may be missing may still not be wrong")
{
    auto const object = read(R"({"number":7,"null":null})");
    REQUIRE(object.has_value());
    CHECK_FALSE(object->optional_number("nothing")->has_value());
    CHECK(**object->optional_number("number") == 7);
    CHECK(object->optional_number("null").error() == Error::field_wrong);
    CHECK(object->text_or("nothing", "else") == "else");
    CHECK(object->text_or("number", "else").error() == Error::field_wrong);
    CHECK(object->flag_or("nothing", true) == true);
    CHECK(*object->optional_object("nothing") == nullptr);
    CHECK(object->optional_object("number").error() == Error::field_wrong);
}

TEST_CASE_FIXTURE(JsonTest, "numbers are whole, not negative, and what every JSON can hold")
{
    CHECK(number("0") == 0u);
    CHECK(number("-0") == 0u);
    CHECK(number("9007199254740991") == json_number_max);
    for (std::string_view const wrong :
        {"9007199254740992", "9223372036854775807", "9223372036854775808", "18446744073709551615",
            "-1", "-9223372036854775808", "1.0", "1e3", "1E0", "0.5", "1e308"}) {
        CAPTURE(wrong);
        CHECK(number(wrong).error() == Error::field_wrong);
    }
}

TEST_CASE_FIXTURE(JsonTest, "a number that no machine word holds, or that is none, spoils the line")
{
    for (std::string_view const wrong : {"18446744073709551616", "-9223372036854775809", "1e400",
             "01", "+1", "1.", ".5", "1e", "0x10", "NaN", "Infinity", "1_000", "--1"}) {
        CAPTURE(wrong);
        CHECK(number(wrong).error() == Error::not_json);
    }
    CHECK(number(repeated("9", 30'000)).error() == Error::not_json);
}

TEST_CASE_FIXTURE(JsonTest, "a line is one object and nothing else")
{
    for (std::string_view const line : {"", " ", "\t", "[]", "[{}]", "1", "\"x\"", "null", "true",
             "{}{}", "{} {}", "{},", "{}]", "{}x", "{", "}", "{]", "{\"a\"}", "{\"a\":}",
             "{\"a\":1", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}",
             "{\"a\":tru}", "{\"a\":nul}", "// no\n{}", "{/**/}", "\xEF\xBB\xBF{}"}) {
        CAPTURE(line);
        CHECK(wrong(line) == Error::not_json);
    }
    CHECK(wrong(std::string_view("{}\0", 3)) == Error::not_json);
    CHECK(wrong(std::string_view("\0{}", 3)) == Error::not_json);
}

TEST_CASE_FIXTURE(JsonTest, "nothing may stand there twice, at any depth and in any spelling")
{
    for (std::string_view const line :
        {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"({"a":1,"\u0061":2})", R"({"":0,"":0})",
            R"({"x":{"a":1,"a":2}})", R"({"x":[{"a":1,"a":2}]})", R"({"x":[[[{"a":1,"a":2}]]]})",
            R"({"x":[1,{"y":{"a":1,"a":2}}]})", R"({"x":{"a":1},"x":{"a":1}})"}) {
        CAPTURE(line);
        CHECK(wrong(line) == Error::field_doubled);
    }
    CHECK_FALSE(wrong(R"({"a":1,"x":{"a":1},"y":[{"a":1},{"a":1}]})").has_value());
}

TEST_CASE_FIXTURE(JsonTest, "thousands of fields are read, and the one that is doubled is found")
{
    std::string line = "{";
    for (int i = 0; i < 6000; ++i)
        line += "\"" + std::to_string(i) + "\":1,";
    auto const object = read(line + "\"last\":2}");
    REQUIRE(object.has_value());
    CHECK(object->number("4711") == 1u);
    CHECK(object->number("last") == 2u);
    CHECK(wrong(line + "\"17\":2}") == Error::field_doubled);
}

TEST_CASE_FIXTURE(JsonTest, "nesting beyond all sense is refused, and below that it is read")
{
    CHECK(
        wrong("{\"a\":" + repeated("[", 10'000) + repeated("]", 10'000) + "}") == Error::not_json);
    CHECK(wrong(repeated("{\"a\":", 10'000) + "1" + repeated("}", 10'000)) == Error::not_json);
    CHECK(wrong(repeated("[", 30'000)) == Error::not_json);
    CHECK(wrong(repeated("{\"a\":", 10'000)) == Error::not_json);
    CHECK_FALSE(wrong("{\"a\":" + repeated("[", 1000) + repeated("]", 1000) + "}").has_value());
    CHECK_FALSE(wrong(repeated("{\"a\":", 1000) + "1" + repeated("}", 1000)).has_value());
    CHECK_FALSE(wrong("{}").has_value()); // and the reader is none the worse for it
}

TEST_CASE_FIXTURE(
    JsonTest, "an object is no array, and an array of anything else is no array of objects")
{
    auto const object = read(
        R"({"object":{"a":1},"one":[{"a":1}],"two":[{"a":1},{"a":2}],"none":[],"mixed":[{"a":1},2],"deep":[[{"a":1}]]})");
    REQUIRE(object.has_value());
    CHECK(object->optional_object("object").has_value());
    CHECK(object->objects("object").error() == Error::field_wrong);
    for (std::string_view const array : {"one", "two", "none"}) {
        CAPTURE(array);
        CHECK(object->objects(array).has_value());
        CHECK(object->optional_object(array).error() == Error::field_wrong);
    }
    CHECK((*object->objects("two"))->size() == 2);
    CHECK((*object->objects("two"))->back().number("a") == 2u);
    CHECK((*object->objects("none"))->empty());
    CHECK(object->objects("mixed").error() == Error::field_wrong);
    CHECK(object->objects("deep").error() == Error::field_wrong);
}

TEST_CASE_FIXTURE(JsonTest, "escapes are read as RFC 8259 has them")
{
    CHECK(text(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    CHECK(text(R"("\uc548\ub155")") == "안녕");
    CHECK(text(R"("\ud83d\ude00")") == "😀");
    CHECK(text(R"("\u0000")") == std::string(1, '\0'));
    CHECK(text(R"("a\u0000b")") == std::string("a\0b", 3));
    for (std::string_view const wrong :
        {R"("\ud83d")", R"("\ud83dx")", R"("\ud83d\n")", R"("\ud83d\u0041")", R"("\ud83d\ud83d")",
            R"("\ude00")", R"("\ude00\ud83d")", R"("\u00g0")", R"("\u12")", R"("\x41")", R"("\a")",
            R"("\U00000041")", "\"\\", "\"tab\there\"", "\"line\nhere\"", R"("unclosed)"}) {
        CAPTURE(wrong);
        CHECK(text(wrong).error() == Error::not_json);
    }
    CHECK(text(std::string("\"a\0b\"", 5)).error() == Error::not_json);
}

TEST_CASE_FIXTURE(JsonTest, "a letter cut at any byte is not UTF-8, wherever in the line it stands")
{
    std::string const letters = "é안👩";
    for (std::size_t cut = 0; cut <= letters.size(); ++cut) {
        std::string const part = letters.substr(0, cut);
        bool const is_whole = is_utf8(as_bytes(part));
        auto const expected = is_whole ? std::nullopt : std::optional(Error::not_utf8);
        CAPTURE(cut);
        CHECK(wrong("{\"a\":\"" + part + "\"}") == expected);
        CHECK(wrong("{\"" + part + "\":1}") == expected);
        CHECK(wrong("{\"a\":\"" + std::string(200, 'x') + part + std::string(200, 'x') + "\"}")
            == expected);
    }
    for (std::string_view const bytes :
        {"\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
        CAPTURE(bytes);
        CHECK(wrong("{\"a\":\"" + std::string(bytes) + "\"}") == Error::not_utf8);
    }
}

TEST_CASE_FIXTURE(JsonTest, "a long text is read whole, escaped or not")
{
    std::string const korean = repeated("안", 21'000); // 63,000 bytes
    CHECK(text("\"" + korean + "\"") == korean);
    CHECK(text("\"" + repeated("\\uc548", 10'000) + "\"") == repeated("안", 10'000));
    std::string const name(60'000, 'n');
    auto const object = read("{\"" + name + "\":1}");
    REQUIRE(object.has_value());
    CHECK(object->number(name) == 1u);
}

TEST_CASE_FIXTURE(JsonTest, "one reader reads line after line, short after long and good after bad")
{
    for (int i = 0; i < 3; ++i) {
        CHECK(text("\"" + std::string(60'000, 'x') + "\"") == std::string(60'000, 'x'));
        CHECK(text("\"short\"") == "short");
        CHECK(wrong("{\"a\":\"\xFF\"}") == Error::not_utf8);
        CHECK(wrong("{\"a\":") == Error::not_json);
        CHECK(text("\"\"") == "");
    }
}

TEST_SUITE_END();
