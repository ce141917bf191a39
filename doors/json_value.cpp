#include "doors/json_value.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace duet {

struct JsonReader::Parser {
    simdjson::dom::parser simd;

    static Result<JsonObject> take(simdjson::dom::object const& object);
    static Result<JsonObject::Field> take(
        std::string_view key, simdjson::dom::element const& value);
    static Result<void> take(simdjson::dom::array const& array, JsonObject::Field& field);
};

Result<JsonObject> JsonReader::Parser::take(simdjson::dom::object const& object)
{
    JsonObject taken;
    taken.fields_.reserve(object.size());
    for (auto const& [key, value] : object)
        taken.fields_.push_back(TRY(take(key, value)));
    // Sorted, since a line has room for thousands: to hold each against each would take too long.
    std::ranges::sort(taken.fields_, {}, &JsonObject::Field::key);
    auto const doubled = std::ranges::adjacent_find(taken.fields_, {}, &JsonObject::Field::key);
    if (doubled != taken.fields_.end())
        return fail(Error::field_doubled);
    return taken;
}

Result<JsonObject::Field> JsonReader::Parser::take(
    std::string_view key, simdjson::dom::element const& value)
{
    using Type = simdjson::dom::element_type;
    JsonObject::Field field {.key = key};
    switch (value.type()) {
    case Type::INT64:
    case Type::UINT64:
        if (value.get(field.number) == simdjson::SUCCESS and field.number <= json_number_max)
            field.type = JsonObject::Type::number;
        break;
    case Type::STRING:
        field.type = JsonObject::Type::text;
        field.text = value.get_string().value_unsafe();
        break;
    case Type::BOOL:
        field.type = JsonObject::Type::flag;
        field.number = value.get_bool().value_unsafe() ? 1 : 0;
        break;
    case Type::OBJECT:
        field.type = JsonObject::Type::object;
        field.objects.push_back(TRY(take(value.get_object().value_unsafe())));
        break;
    case Type::ARRAY:
        TRY_VOID(take(value.get_array().value_unsafe(), field));
        break;
    default:
        break; // null, and numbers with a fraction: of no type that anybody asks for
    }
    return field;
}

/// An array of anything but objects is of no type that anybody asks for. It is looked through all the
/// same: nothing doubled may hide in it.
Result<void> JsonReader::Parser::take(simdjson::dom::array const& array, JsonObject::Field& field)
{
    field.type = JsonObject::Type::objects;
    for (auto const& value : array) {
        JsonObject::Field element = TRY(take(field.key, value));
        if (element.type == JsonObject::Type::object)
            field.objects.push_back(std::move(element.objects.front()));
        else
            field.type = JsonObject::Type::other;
    }
    return {};
}

JsonReader::JsonReader() : parser_(std::make_unique<Parser>()) { }

JsonReader::~JsonReader() = default;

Result<JsonObject> JsonReader::read(Bytes line)
{
    simdjson::dom::object object;
    auto const text = as_text(line);
    auto const error = parser_->simd.parse(text.data(), text.size()).get(object);
    if (error == simdjson::UTF8_ERROR)
        return fail(Error::not_utf8);
    if (error != simdjson::SUCCESS)
        return fail(Error::not_json);
    return Parser::take(object);
}

JsonObject::Field const* JsonObject::find(std::string_view key) const
{
    auto const found = std::ranges::lower_bound(fields_, key, {}, &Field::key);
    return found != fields_.end() and found->key == key ? &*found : nullptr;
}

Result<JsonObject::Field const*> JsonObject::find(std::string_view key, Type type) const
{
    Field const* const field = find(key);
    if (field == nullptr)
        return fail(Error::field_missing);
    if (field->type != type)
        return fail(Error::field_wrong);
    return field;
}

Result<std::uint64_t> JsonObject::number(std::string_view key) const
{
    return TRY(find(key, Type::number))->number;
}

Result<std::string_view> JsonObject::text(std::string_view key) const
{
    return TRY(find(key, Type::text))->text;
}

Result<std::vector<JsonObject> const*> JsonObject::objects(std::string_view key) const
{
    return &TRY(find(key, Type::objects))->objects;
}

Result<std::optional<std::uint64_t>> JsonObject::optional_number(std::string_view key) const
{
    if (not has(key))
        return std::nullopt;
    return TRY(number(key));
}

Result<std::string_view> JsonObject::text_or(std::string_view key, std::string_view otherwise) const
{
    if (not has(key))
        return otherwise;
    return text(key);
}

Result<bool> JsonObject::flag_or(std::string_view key, bool otherwise) const
{
    if (not has(key))
        return otherwise;
    return TRY(find(key, Type::flag))->number != 0;
}

Result<JsonObject const*> JsonObject::optional_object(std::string_view key) const
{
    if (not has(key))
        return nullptr;
    return &TRY(find(key, Type::object))->objects.front();
}

} // namespace duet
