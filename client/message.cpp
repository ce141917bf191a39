#include "client/message.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "core/text.hpp"
#include "doors/json_words.hpp"

namespace duet {

MessageState state_of(Message const& message, Seq delivered, Seq read)
{
    if (not message.refused.empty())
        return MessageState::refused;
    if (message.seq == 0)
        return MessageState::waiting;
    if (not message.is_mine or message.is_orphaned)
        return MessageState::sent;
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
        message.state = state_of(message, talk->theirs.delivered, talk->theirs.read);
    return message;
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
