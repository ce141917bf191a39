// One line of JSON, read: the object and its fields, as far as this protocol needs JSON.
//
// Read by simdjson, which is met in json_value.cpp alone. Numbers are whole and not negative, at most
// 2^53 - 1 (what every language's JSON can hold); others count as of the wrong type. What is asked for
// and missing, doubled or of the wrong type is an error that the asker gives on.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace duet {

inline constexpr std::uint64_t json_number_max = (std::uint64_t {1} << 53) - 1;

/// An object that was read. Good until its reader reads again: texts are views into the reader.
class JsonObject {
public:
    // Each gives the field of that name, or field_missing, field_wrong.
    Result<std::uint64_t> number(std::string_view key) const;
    Result<std::string_view> text(std::string_view key) const;
    Result<std::vector<JsonObject> const*> objects(std::string_view key) const;

    // Each gives nullopt, or what is said, where the field is missing; it may still be field_wrong.
    Result<std::optional<std::uint64_t>> optional_number(std::string_view key) const;
    Result<std::string_view> text_or(std::string_view key, std::string_view otherwise) const;
    Result<bool> flag_or(std::string_view key, bool otherwise) const;
    Result<JsonObject const*> optional_object(std::string_view key) const; // null: not there

    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

private:
    friend class JsonReader;
    enum class Type : std::uint8_t { number, text, flag, object, objects, other };
    struct Field {
        std::string_view key;
        Type type = Type::other;
        std::uint64_t number = 0; // of a flag: 0 or 1
        std::string_view text = {};
        std::vector<JsonObject> objects = {}; // of an object that stands alone: one
    };

    [[nodiscard]] Field const* find(std::string_view key) const;
    Result<Field const*> find(std::string_view key, Type type) const;

    std::vector<Field> fields_; // by their keys
};

/// Reads lines, one after the other, and keeps its memory between them.
class JsonReader {
public:
    JsonReader();
    ~JsonReader();

    /// Reads one line, which must be one object and nothing else.
    /// Errors  not_json, not_utf8; field_doubled, at any depth.
    Result<JsonObject> read(Bytes line);

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

} // namespace duet
