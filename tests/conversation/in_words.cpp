#include "tests/conversation/in_words.hpp"

namespace duet {

namespace {

template <typename Number>
std::string digits(Number of)
{
    return std::to_string(number(of));
}

/// " #2", or nothing for no number.
std::string in_feed(Feed feed)
{
    return feed == Feed {} ? "" : " #" + digits(feed);
}

std::string as_words(Greeted const&)
{
    return "hello";
}

std::string as_words(Welcome const& welcome)
{
    return "welcome " + welcome.you + ", head " + digits(welcome.feed) + ", last n "
        + digits(welcome.last_n);
}

std::string as_words(EntryEvent const& entry)
{
    std::string const feed = entry.feed == Feed {} ? "" : "#" + digits(entry.feed) + " ";
    std::string const n = entry.n == N {} ? "" : " (n " + digits(entry.n) + ")";
    return feed + entry.from + ": " + entry.text + n;
}

std::string as_words(Said const& said)
{
    return "said " + digits(said.n) + " as " + digits(said.seq) + in_feed(said.feed);
}

std::string as_words(Refused const& refused)
{
    std::string const n = refused.n == N {} ? "" : " " + digits(refused.n);
    return "refused" + n + ": " + word(refused.error);
}

std::string as_words(NReused const& reused)
{
    return "reused " + digits(reused.n) + ", last n " + digits(reused.last_n);
}

std::string as_words(Later const& later)
{
    return "later, from " + digits(later.n) + ": " + word(later.error);
}

std::string as_words(MarkEvent const& mark)
{
    return "with " + mark.with + ": " + mark.who + " has " + digits(mark.delivered) + ", read "
        + digits(mark.read);
}

std::string as_words(TypingEvent const& typing)
{
    return typing.from + " is typing";
}

std::string as_words(Presence const& presence)
{
    return presence.who + (presence.online ? " is there" : " has left");
}

std::string as_words(HistoryEnd const& end)
{
    return "that was " + digits(end.first) + " to " + digits(end.last)
        + (end.more ? ", and there is more" : "");
}

std::string as_words(TalkState state)
{
    switch (state) {
    case TalkState::contact:
        return "contact";
    case TalkState::asked:
        return "asked";
    case TalkState::asks:
        return "asks";
    case TalkState::blocked:
        return "blocked";
    case TalkState::none:
        break;
    }
    return "nobody";
}

std::string as_words(PeopleEvent const& people)
{
    std::string words = "people:";
    for (PeopleEvent::One const& one : people.people)
        words += " " + one.handle
            + (one.state == TalkState::contact ? "" : " (" + as_words(one.state) + ")");
    return words;
}

std::string as_words(Enrolled const& enrolled)
{
    return "enrolled as " + enrolled.you;
}

std::string in_choices(TalkChoices const& choices)
{
    return std::string(choices.mute ? ", mute" : "") + (choices.archive ? ", archive" : "")
        + (choices.pin ? ", pin" : "") + (choices.name.empty() ? "" : ", called " + choices.name)
        + (choices.deleted == Seq {} ? "" : ", deleted up to " + digits(choices.deleted));
}

std::string as_words(SettingsEvent const& settings)
{
    return std::string("tells") + (settings.read_marks ? " reading" : "")
        + (settings.presence ? " presence" : "") + (settings.typing ? " typing" : "");
}

std::string as_words(TalkEvent const& talk)
{
    return talk.with + " is " + as_words(talk.state) + in_choices(talk.choices);
}

std::string as_words(DeviceAsks const& asks)
{
    return asks.device + " asks from " + asks.address;
}

std::string as_words(Waiting const&)
{
    return "waiting";
}

std::string as_words(Linked const&)
{
    return "a secret";
}

std::string as_words(DevicesEvent const& devices)
{
    return (devices.with.empty() ? "" : devices.with + " has ")
        + std::to_string(devices.devices.size()) + " devices";
}

std::string as_words(Done const&)
{
    return "done";
}

std::string as_words(Pong const&)
{
    return "pong";
}

std::string as_words(Bye const& bye)
{
    return std::string("bye: ") + word(bye.reason);
}

std::string as_words(UnknownEvent const& unknown)
{
    return "unknown" + in_feed(unknown.feed);
}

// Requests, as far as a device asks them by itself

std::string as_words(Hello const&)
{
    return "hello";
}

std::string as_words(SignIn const& sign_in)
{
    return sign_in.feed.has_value() ? "sign in" + in_feed(*sign_in.feed) : "sign in at the end";
}

std::string as_words(Say const& say)
{
    return "say " + digits(say.n) + " to " + say.to + ": " + say.text;
}

std::string as_words(Got const& got)
{
    return "got" + in_feed(got.feed);
}

std::string as_words(Read const& read)
{
    return "read " + digits(read.seq) + " with " + read.with;
}

std::string as_words(History const& history)
{
    return "history with " + history.with
        + (history.before.has_value() ? " before " + digits(*history.before) : "");
}

std::string as_words(People const&)
{
    return "people";
}

std::string as_words(Ping const&)
{
    return "ping";
}

template <typename Other>
std::string as_words(Other const&)
{
    return "something else";
}

} // namespace

std::string in_words(Event::Body const& event)
{
    return std::visit([](auto const& one) { return as_words(one); }, event);
}

std::string in_words(Request::Body const& request)
{
    return std::visit([](auto const& one) { return as_words(one); }, request);
}

} // namespace duet
