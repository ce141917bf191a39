#include "client/message.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "core/text.hpp"
#include "doors/json_value.hpp"
#include "doors/json_words.hpp"

namespace duet {

MessageState state_of(Message const& message, Seq delivered, Seq read, bool is_asked)
{
    if (not message.refused.empty())
        return MessageState::refused;
    if (message.seq == 0)
        return MessageState::waiting;
    if (not message.is_mine or message.is_orphaned)
        return MessageState::sent;
    if (is_asked and message.kind == word(Kind::request))
        return MessageState::asked;
    if (message.seq <= number(read))
        return MessageState::read;
    return message.seq <= number(delivered) ? MessageState::delivered : MessageState::sent;
}

Message message_of(EntryEvent const& entry, DeviceData::Talk const* talk)
{
    Message message;
    message.with = entry.with;
    message.from = entry.from;
    message.text = entry.text;
    message.kind = word(entry.kind);
    message.seq = number(entry.seq);
    message.feed = number(entry.feed);
    message.time = entry.time;
    message.is_mine = entry.from != entry.with;
    if (talk != nullptr)
        message.state = state_of(
            message, talk->theirs.delivered, talk->theirs.read, talk->state == TalkState::asked);
    return message;
}

std::optional<NewDevice> new_device(Message const& message)
{
    if (message.kind != word(Kind::device_added))
        return std::nullopt;
    JsonReader reader;
    auto const object = reader.read(as_bytes(message.text));
    if (not object.has_value())
        return std::nullopt;
    auto const name = object->text_or("device", "");
    auto const digits = object->text_or("identity", "");
    auto const by = object->text_or("by", "");
    NewDevice device;
    bool const is_whole = name.has_value() and digits.has_value() and by.has_value()
        and read_hex(*digits, device.identity).has_value();
    if (not is_whole)
        return std::nullopt;
    device.name = *name;
    device.by = *by;
    return device;
}

std::optional<Failure> why_not_said(std::string const& text)
{
    // The cheap question first: what is too long need not be read.
    if (text.size() <= limits::text_bytes_max and not is_utf8(as_bytes(text)))
        return Failure {word(Error::not_utf8), "the text is not UTF-8"};
    auto const checked = check_message(text);
    if (checked.has_value())
        return std::nullopt;
    return Failure {word(checked.error()), sentence(checked.error())};
}

} // namespace duet
