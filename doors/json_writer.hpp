// Writes JSON by the letter of RFC 8259: one object, field by field, onto the end of a string.

#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duet {

class JsonWriter {
public:
    /// Begins an object at the end of `output`, which is lent. `type` becomes its first field.
    JsonWriter(std::string& output, std::string_view type);

    JsonWriter& number(std::string_view key, std::uint64_t value);
    JsonWriter& text(std::string_view key, std::string_view value);
    JsonWriter& flag(std::string_view key, bool value);
    JsonWriter& hex(std::string_view key, Bytes value);

    // Structure: an array of objects, or an object, as a field.
    JsonWriter& begin_array(std::string_view key);
    JsonWriter& end_array();
    JsonWriter& begin_object();
    JsonWriter& begin_object(std::string_view key);
    JsonWriter& end_object();

    /// Ends the object, and the line.
    void end();

private:
    void key(std::string_view name);
    void comma();
    void quoted(std::string_view text);

    std::string& output_;
    bool needs_comma_ = false;
};

} // namespace duet
