// Typed fields of an object that was read, for the tables of requests and events.

#pragma once

#include "doors/json_value.hpp"
#include "doors/json_words.hpp"

#include <optional>
#include <string>

namespace duet {

template <typename Number>
Result<Number> read_number(JsonObject const& object, std::string_view key)
{
    return static_cast<Number>(TRY(object.number(key)));
}

template <typename Number>
Result<std::optional<Number>> read_optional(JsonObject const& object, std::string_view key)
{
    auto const value = TRY(object.optional_number(key));
    return value.has_value() ? std::optional(static_cast<Number>(*value)) : std::nullopt;
}

/// 0 where the field is missing: none.
template <typename Number>
Result<Number> read_if_there(JsonObject const& object, std::string_view key)
{
    auto const value = TRY(object.optional_number(key));
    return static_cast<Number>(value.value_or(0));
}

template <typename Array>
Result<Array> read_bytes(JsonObject const& object, std::string_view key)
{
    auto const text = TRY(object.text(key));
    Array bytes;
    TRY_VOID(read_hex(text, bytes));
    return bytes;
}

/// None where the field is missing.
template <typename Array>
Result<std::optional<Array>> read_bytes_if_there(JsonObject const& object, std::string_view key)
{
    if (not object.has(key))
        return std::nullopt;
    return TRY(read_bytes<Array>(object, key));
}

inline Result<std::optional<bool>> read_optional_flag(
    JsonObject const& object, std::string_view key)
{
    bool const value = TRY(object.flag_or(key, false));
    return object.has(key) ? std::optional(value) : std::nullopt;
}

inline Result<std::string> read_text(JsonObject const& object, std::string_view key)
{
    return std::string(TRY(object.text(key)));
}

inline Result<std::string> read_text_if_there(JsonObject const& object, std::string_view key)
{
    return std::string(TRY(object.text_or(key, "")));
}

} // namespace duet
