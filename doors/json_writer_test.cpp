#include "doors/json_writer.hpp"

#include "doors/json_value.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace duet;

namespace {

/// A line that has one text in it.
std::string line_of(std::string_view text)
{
    std::string line;
    JsonWriter(line, "t").text("a", text).end();
    return line;
}

std::array<std::byte, 4> const bytes {
    std::byte {0x00}, std::byte {0x0F}, std::byte {0xA5}, std::byte {0xFF}};

} // namespace

TEST_SUITE_BEGIN("json writer");

TEST_CASE("a line is the type, the fields in their order, and the end")
{
    std::string line;
    JsonWriter(line, "say")
        .number("n", 1)
        .text("to", "bob")
        .flag("yes", true)
        .flag("no", false)
        .end();
    CHECK(line == "{\"type\":\"say\",\"n\":1,\"to\":\"bob\",\"yes\":true,\"no\":false}\n");
}

TEST_CASE("a line that has nothing but its type is whole")
{
    std::string line;
    JsonWriter(line, "ping").end();
    CHECK(line == "{\"type\":\"ping\"}\n");
}

TEST_CASE("a line is written behind what stands there already")
{
    std::string lines = "before\n";
    JsonWriter(lines, "ping").end();
    JsonWriter(lines, "pong").end();
    CHECK(lines == "before\n{\"type\":\"ping\"}\n{\"type\":\"pong\"}\n");
}

TEST_CASE("bytes are small hexadecimal digits, two each")
{
    std::string line;
    JsonWriter(line, "t").hex("a", bytes).hex("none", {}).end();
    CHECK(line == "{\"type\":\"t\",\"a\":\"000fa5ff\",\"none\":\"\"}\n");
}

TEST_CASE("numbers are written whole, to the largest")
{
    std::string line;
    JsonWriter(line, "t")
        .number("a", 0)
        .number("b", json_number_max)
        .number("c", ~std::uint64_t {0})
        .end();
    CHECK(line == "{\"type\":\"t\",\"a\":0,\"b\":9007199254740991,\"c\":18446744073709551615}\n");
}

TEST_CASE("arrays and objects have their commas between, and nowhere else")
{
    std::string line;
    JsonWriter writer(line, "t");
    writer.begin_array("none").end_array().begin_array("two");
    writer.begin_object().end_object();
    writer.begin_object()
        .number("a", 1)
        .begin_object("in")
        .flag("b", true)
        .end_object()
        .end_object();
    writer.end_array().number("last", 2).end();
    CHECK(line
        == "{\"type\":\"t\",\"none\":[],\"two\":[{},{\"a\":1,\"in\":{\"b\":true}}],\"last\":2}\n");
}

TEST_CASE("what RFC 8259 wants escaped is escaped, and nothing else")
{
    CHECK(line_of("a\"b\\c\nd\te") == "{\"type\":\"t\",\"a\":\"a\\\"b\\\\c\\nd\\te\"}\n");
    CHECK(line_of(std::string_view("\0\x01\x1F", 3))
        == "{\"type\":\"t\",\"a\":\"\\u0000\\u0001\\u001f\"}\n");
    CHECK(line_of("/\x7F é 안녕 👩") == "{\"type\":\"t\",\"a\":\"/\x7F é 안녕 👩\"}\n");
}

TEST_CASE("every letter below 256 is read as it was written, in a name and in a text")
{
    JsonReader reader;
    for (unsigned letter = 0; letter < 256; ++letter) {
        std::string text = "<";
        if (letter < 0x80) {
            text += static_cast<char>(letter);
        } else {
            text += static_cast<char>(0xC0u | letter >> 6);
            text += static_cast<char>(0x80u | (letter & 0x3Fu));
        }
        text += ">";
        std::string line;
        JsonWriter(line, "t").text(text, text).end();
        CAPTURE(letter);
        CHECK(line.find('\n') == line.size() - 1); // the one that ends the line
        line.pop_back();
        auto const object = reader.read(as_bytes(line));
        REQUIRE(object.has_value());
        CHECK(object->text(text) == text);
    }
}

TEST_SUITE_END();
