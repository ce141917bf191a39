// The law: whatever line is understood, written and read again, says the same, and is written the same
// the second time. And no bytes, whatever they are, do any harm.

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "doors/json.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace duet;

/// A line as we write them is one line, of UTF-8.
void check_form(std::string const& line)
{
    check(line.find('\n') == line.size() - 1);
    check(is_utf8(as_bytes(line)));
}

void hold_requests_to_it(JsonDoor& door, Bytes input)
{
    auto const request = door.decode_request(input);
    if (not request.has_value())
        return;
    std::string line;
    encode(*request, line);
    check_form(line);
    auto const again = door.decode_request(as_bytes(line));
    check(again.has_value());
    check(*again == *request);
    std::string second;
    encode(*again, second);
    check(second == line);
}

void hold_events_to_it(JsonDoor& door, Bytes input)
{
    auto const event = door.decode_event(input);
    if (not event.has_value() or not event->has_value())
        return;
    std::string line;
    encode(**event, line);
    check_form(line);
    auto const again = door.decode_event(as_bytes(line));
    check(again.has_value());
    check(again->has_value());
    check(**again == **event);
    std::string second;
    encode(**again, second);
    check(second == line);
}

/// Makes a line that nearly means something out of bytes that mean nothing: each byte chooses a word.
class Composer {
public:
    explicit Composer(std::string_view choices) : choices_(choices) { }

    std::string line()
    {
        std::string line = R"({"type":")";
        line += choose(types);
        line += '"';
        add_fields(line, 0);
        return line + "}";
    }

private:
    static constexpr std::string_view types[] = {"hello", "enrol", "sign_in", "say", "got", "read",
        "typing", "history", "people", "invite", "link_device", "devices", "revoke", "ping",
        "welcome", "entry", "said", "refused", "n_reused", "later", "mark", "presence", "enrolled",
        "linked", "done", "pong", "bye", "prove", "accept", "block", "settings", "recovery",
        "confirm", "leave", "report", "device_asks", "waiting"};
    static constexpr std::string_view names[] = {"id", "version", "nonce", "epoch", "identity",
        "proof", "secret", "handle", "name", "device", "feed", "client", "n", "to", "kind", "text",
        "with", "seq", "before", "after", "limit", "plain", "you", "last_n", "server",
        "unanswered_max", "limits", "from", "time", "error", "wait_ms", "who", "delivered", "read",
        "online", "first", "last", "more", "people", "devices", "expires", "reason", "my_delivered",
        "my_read", "their_delivered", "their_read", "unread", "entry", "recovery", "hash", "ask",
        "yes", "address", "state", "mute", "archive", "pin", "delete_up_to", "read_marks",
        "settings"};

    unsigned next()
    {
        if (choices_.empty())
            return 0;
        auto const byte = static_cast<unsigned char>(choices_.front());
        choices_.remove_prefix(1);
        return byte;
    }

    template <std::size_t size>
    std::string_view choose(std::string_view const (&words)[size])
    {
        return words[next() % size];
    }

    /// Each field stands there, or (rarely) does not, with a value that mostly fits its name.
    void add_fields(std::string& line, int depth)
    {
        for (std::string_view const name : names) {
            if (next() % 16 == 15)
                continue;
            line += line.back() == '{' ? "\"" : ",\"";
            line += name;
            line += "\":";
            add_value(line, next() % 16 == 15 ? choose(names) : name, depth);
        }
    }

    void add_value(std::string& line, std::string_view name, int depth)
    {
        if (name == "nonce" or name == "epoch")
            return add_hex(line, 32);
        if (name == "identity" or name == "recovery" or name == "hash")
            return add_hex(line, 64);
        if (name == "proof")
            return add_hex(line, 128);
        for (std::string_view const flag :
            {"plain", "online", "more", "yes", "mute", "archive", "pin", "read_marks"}) {
            if (name != flag)
                continue;
            line += next() % 2 == 0 ? "true" : "false";
            return;
        }
        if (name == "people" or name == "devices")
            return add_list(line, depth);
        if (name == "entry" or name == "settings")
            return add_object(line, depth);
        for (std::string_view const text :
            {"secret", "handle", "name", "client", "to", "kind", "text", "with", "after", "you",
                "server", "from", "error", "who", "reason", "address", "state"}) {
            if (name == text)
                return add_text(line);
        }
        if (name == "feed" and next() % 4 == 0)
            line += R"("end")";
        else
            line += std::to_string(next() * 256 + next());
    }

    void add_hex(std::string& line, std::size_t digits)
    {
        line += '"';
        for (std::size_t i = 0; i < digits; ++i)
            line += "0123456789abcdef"[next() % 16];
        line += '"';
    }

    void add_text(std::string& line)
    {
        static constexpr std::string_view words[] = {"a", "", "text", "request", "replaced", "\\n",
            "\\u0000", "\\\"", "안", "\\ud83d\\ude00", "\x7F", "too_fast", "/"};
        line += '"';
        for (unsigned i = next() % 4; i > 0; --i)
            line += choose(words);
        line += '"';
    }

    void add_object(std::string& line, int depth)
    {
        std::string object = "{";
        if (depth < 2)
            add_fields(object, depth + 1);
        line += object + "}";
    }

    void add_list(std::string& line, int depth)
    {
        line += '[';
        for (unsigned i = next() % 3; i > 0; --i) {
            add_object(line, depth);
            line += i > 1 ? "," : "";
        }
        line += ']';
    }

    std::string_view choices_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    JsonDoor door;
    hold_requests_to_it(door, as_bytes(input));
    hold_events_to_it(door, as_bytes(input));
    std::string const composed = Composer(input).line();
    hold_requests_to_it(door, as_bytes(composed));
    hold_events_to_it(door, as_bytes(composed));
    return 0;
}
