#include "terminal/showing.hpp"

#include "base/result.hpp"
#include "console/escape.hpp"
#include "console/words.hpp"
#include "doors/json_writer.hpp"
#include "pairing/fingerprint.hpp"

#include <array>
#include <ctime>

namespace duet {

std::string spoken(std::string_view from, std::string_view text)
{
    std::string lines = std::string(from) + ": ";
    for (;;) {
        std::size_t const end = text.find('\n');
        lines += escaped(text.substr(0, end)) + '\n';
        if (end == std::string_view::npos)
            return lines;
        lines += "  | ";
        text.remove_prefix(end + 1);
    }
}

std::string spoken_at(Time time, std::string_view from, std::string_view text)
{
    return minute_of(time) + ' ' + spoken(from, text);
}

std::string entry_in_words(Message const& message, std::string_view from, bool has_time)
{
    if (message.kind == "text" or message.kind == "request")
        return has_time ? spoken_at(message.time, from, message.text) : spoken(from, message.text);
    auto const device = new_device(message);
    if (not device.has_value())
        return "";
    std::string const time = has_time ? minute_of(message.time) + ' ' : "";
    return time
        + fill(tr("!! {0} has a new device: {1}, key {2} (`duet key {3}` compares)"),
            {message.from, escaped(device->name), fingerprint_of(device->identity), message.with})
        + '\n';
}

std::string minute_of(Time time)
{
    std::time_t const seconds =
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm parts {};
    std::array<char, 64> text {};
    if (::localtime_r(&seconds, &parts) == nullptr)
        return "?";
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts)};
}

char const* word(MessageState state)
{
    switch (state) {
    case MessageState::waiting:
        return "waiting";
    case MessageState::sent:
        return "sent";
    case MessageState::asked:
        return "asked";
    case MessageState::delivered:
        return "delivered";
    case MessageState::read:
        return "read";
    case MessageState::refused:
        return "refused";
    }
    return "";
}

std::string state_in_words(MessageState state)
{
    switch (state) {
    case MessageState::waiting:
        return tr("waiting");
    case MessageState::sent:
        return tr("sent");
    case MessageState::asked:
        return tr("waiting for an answer");
    case MessageState::delivered:
        return tr("delivered");
    case MessageState::read:
        return tr("read");
    case MessageState::refused:
        return tr("refused");
    }
    return "";
}

std::string reason_in_words(std::string const& word)
{
    auto const error = error_of(word);
    return error.has_value() ? tr(sentence(*error)) : word;
}

std::string failure_in_words(Failure const& why)
{
    return error_of(why.word).has_value() ? reason_in_words(why.word) : why.sentence;
}

void write_message(std::string& lines, Message const& message, bool has_state)
{
    JsonWriter writer(lines, "entry");
    if (message.feed != 0)
        writer.number("feed", message.feed);
    writer.text("with", message.with);
    if (message.seq != 0)
        writer.number("seq", message.seq);
    writer.text("from", message.from).text("kind", message.kind).text("text", message.text);
    writer.number("time", static_cast<std::uint64_t>(message.time.time_since_epoch().count()));
    if (has_state and message.is_mine)
        writer.text("state", word(message.state));
    if (message.state == MessageState::refused)
        writer.text("error", message.refused);
    if (message.is_orphaned)
        writer.flag("orphaned", true);
    writer.end();
}

} // namespace duet
