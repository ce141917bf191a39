#include "doors/json_writer.hpp"

#include <array>
#include <charconv>

namespace duet {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool needs_escape(char letter)
{
    return static_cast<unsigned char>(letter) < 0x20 or letter == '"' or letter == '\\';
}

void append_escaped(std::string& output, char letter)
{
    switch (letter) {
    case '"':
        output += "\\\"";
        return;
    case '\\':
        output += "\\\\";
        return;
    case '\n':
        output += "\\n";
        return;
    case '\t':
        output += "\\t";
        return;
    default:
        output += "\\u00";
        output += hex_digits[static_cast<unsigned char>(letter) >> 4];
        output += hex_digits[static_cast<unsigned char>(letter) & 15];
    }
}

} // namespace

JsonWriter::JsonWriter(std::string& output, std::string_view type) : output_(output)
{
    output_ += '{';
    text("type", type);
}

JsonWriter& JsonWriter::number(std::string_view name, std::uint64_t value)
{
    key(name);
    std::array<char, 20> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    output_.append(digits.data(), end);
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view name, std::string_view value)
{
    key(name);
    quoted(value);
    return *this;
}

JsonWriter& JsonWriter::flag(std::string_view name, bool value)
{
    key(name);
    output_ += value ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::hex(std::string_view name, Bytes value)
{
    key(name);
    output_ += '"';
    for (std::byte const byte : value) {
        output_ += hex_digits[std::to_integer<std::size_t>(byte >> 4)];
        output_ += hex_digits[std::to_integer<std::size_t>(byte & std::byte {15})];
    }
    output_ += '"';
    return *this;
}

JsonWriter& JsonWriter::begin_array(std::string_view name)
{
    key(name);
    output_ += '[';
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::end_array()
{
    output_ += ']';
    needs_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::begin_object()
{
    comma();
    output_ += '{';
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::begin_object(std::string_view name)
{
    key(name);
    output_ += '{';
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::end_object()
{
    output_ += '}';
    needs_comma_ = true;
    return *this;
}

void JsonWriter::end()
{
    output_ += "}\n";
}

void JsonWriter::key(std::string_view name)
{
    comma();
    quoted(name);
    output_ += ':';
}

void JsonWriter::comma()
{
    if (needs_comma_)
        output_ += ',';
    needs_comma_ = true;
}

void JsonWriter::quoted(std::string_view text)
{
    output_ += '"';
    std::size_t begin = 0; // of what is copied as it is
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (not needs_escape(text[at]))
            continue;
        output_.append(text, begin, at - begin);
        append_escaped(output_, text[at]);
        begin = at + 1;
    }
    output_.append(text, begin, text.size() - begin);
    output_ += '"';
}

} // namespace duet
