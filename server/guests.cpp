#include "server/guests.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "doors/lines.hpp"
#include "server/session_ids.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace duet {

namespace {

constexpr std::string_view help = "This is duetd. A program says its hello as a line of JSON; a "
                                  "person types /sign-in CODE, or /help.\n";
constexpr std::string_view clear_text_is_local = "Clear text is taken from this machine alone.\n";
constexpr char tls_handshake = 0x16; // the first byte of TLS (RFC 8446, section 5.1)
constexpr std::string_view http_answer =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Connection: close\r\n\r\nThe web page of duet is not there yet. `duet join` comes in by "
    "terminal.\n";

/// Answers that wait in the outbox before they are written out, between two requests of one guest.
constexpr std::size_t events_gathered_max = 64;

bool is_capital(char letter)
{
    return letter >= 'A' and letter <= 'Z';
}

/// The disk and the operator need descriptors, too: without one the store would fail.
std::size_t connections_that_fit()
{
    rlimit limit {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    auto const all = static_cast<std::size_t>(limit.rlim_cur);
    return all > 2 * limits::descriptors_kept ? all - limits::descriptors_kept : all / 2;
}

} // namespace

Guests::Guests(Loop& loop, Connections& connections, TlsContext& tls, Chat& chat, Outbox& outbox,
    DoorKeeper& keeper, Proxies proxies)
    : loop_(loop)
    , connections_(connections)
    , tls_(tls)
    , chat_(chat)
    , outbox_(outbox)
    , keeper_(keeper)
    , proxies_(std::move(proxies))
    , departures_(loop, connections)
    , connections_max_(connections_that_fit())
{
}

Now Guests::now() const
{
    auto const label =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return {label, loop_.now()};
}

Guests::Guest* Guests::find(ConnectionId id)
{
    bool const is_known = id.slot < guests_.size() and guests_[id.slot].generation == id.generation;
    return is_known ? &guests_[id.slot] : nullptr;
}

// Coming and going

void Guests::accepted(Socket socket)
{
    admit(std::move(socket), false);
}

void Guests::admit(Socket socket, bool may_be_clear)
{
    keeper_.metrics().accepted();
    auto const peer = socket.peer_address();
    if (not peer.has_value())
        return; // it has gone already
    bool const is_proxied = proxies_.are_trusted(*peer);
    bool const is_near = peer->is_loopback() and not is_proxied;
    Clear const clear = may_be_clear or peer->is_unix() ? Clear::all
        : is_near                                       ? Clear::people
                                                        : Clear::none;
    if (connections_.count() >= connections_max_)
        return log_debug("closed a caller's connection: there are too many"); // it closes here
    std::string address = socket.peer();
    ConnectionId const id = connections_.add(std::move(socket), *this);
    if (id.slot >= guests_.size())
        guests_.resize(id.slot + 1);
    guests_[id.slot] = {.generation = id.generation, .clear = clear, .is_proxied = is_proxied};
    chat_.connected(session_of(id), now(), std::move(address));
    if (not is_proxied)
        let_in(id, Source::of(*peer));
}

/// False if there is no place for it, and so it is gone.
bool Guests::let_in(ConnectionId id, Source const& source)
{
    if (keeper_.come(id, source))
        return true;
    guests_[id.slot] = {};
    chat_.disconnected(session_of(id), outbox_);
    connections_.close(id, CloseReason::turned_away);
    return false;
}

void Guests::ended(ConnectionId id, Bytes)
{
    Guest* const guest = find(id);
    if (guest == nullptr)
        return;
    // A pipe into netcat ends here; what it said is still answered. A device that ends has left.
    if (guest->typist == nullptr) {
        keeper_.left(id, name(CloseReason::peer_left));
        return see_off(id, "");
    }
    guest->has_left = true;
    hear_lines(id);
}

void Guests::lost(ConnectionId id, Loss const& loss)
{
    if (find(id) == nullptr)
        return;
    if (log_takes(LogLevel::debug))
        log_debug(std::string("a connection is lost: ") + name(loss.reason));
    if (loss.reason == CloseReason::broke_protocol)
        keeper_.broke_protocol(id);
    keeper_.left(id, name(loss.reason));
    guests_[id.slot] = {};
    chat_.disconnected(session_of(id), outbox_);
}

/// The connection's last word; the session is none any more.
void Guests::see_off(ConnectionId id, std::string_view last_word)
{
    guests_[id.slot] = {};
    chat_.disconnected(session_of(id), outbox_);
    departures_.show_out(id, last_word);
}

// What they say

std::size_t Guests::received(ConnectionId id, Bytes input)
{
    Guest const* const guest = find(id);
    if (guest == nullptr or guest->has_left or not is_listening_)
        return input.size(); // on its way out, or we are
    keeper_.heard(id);
    if (guest->is_proxied)
        return hear_proxy(id, input);
    switch (guest->door) {
    case Door::json:
        return receive_json(id, input);
    case Door::lines:
        guests_[id.slot].typist->unheard += as_text(input);
        hear_lines(id);
        return input.size();
    case Door::unknown:
        break;
    }
    return choose_door(id, input);
}

/// Who has called, in the proxy's words; then it is theirs to speak.
std::size_t Guests::hear_proxy(ConnectionId id, Bytes input)
{
    auto const told = proxies_.read(*connections_.find(id), input);
    if (told.has_value() and not told->has_value())
        return 0;
    if (not told.has_value()) {
        log_warning(
            "the proxy at " + connections_.find(id)->socket().peer() + " says no PROXY header");
        keeper_.left(id, word(told.error()));
        see_off(id, "");
        return input.size();
    }
    guests_[id.slot].is_proxied = false;
    std::size_t const used = (*told)->used;
    // One that has to wait is heard when its turn comes.
    if (let_in(id, (*told)->source) and connections_.find(id)->wants_to_read()
        and used < input.size())
        return used + received(id, input.subspan(used));
    return find(id) == nullptr ? input.size() : used;
}

std::size_t Guests::choose_door(ConnectionId id, Bytes input)
{
    Guest& guest = guests_[id.slot];
    Connection const& connection = *connections_.find(id);
    char const first = as_text(input).front();
    if (first == tls_handshake and connection.tls() == nullptr) {
        connections_.secure_as_server(id, tls_, input);
        return input.size();
    }
    if (connection.tls() == nullptr and guest.clear == Clear::none) {
        log_info("turned away " + connection.socket().peer() + ": it is not encrypted");
        keeper_.left(id, "clear_text");
        see_off(id, clear_text_is_local);
        return input.size();
    }
    if (not may_speak(id, first)) {
        keeper_.broke_protocol(id);
        keeper_.left(id, name(CloseReason::broke_protocol));
        see_off(id, "");
        return input.size();
    }
    if (first == '{') {
        guest.door = Door::json;
        return receive_json(id, input);
    }
    if (first == '/') {
        guest.door = Door::lines;
        guest.typist = std::make_unique<Typist>();
        chat_.greet_plain(session_of(id));
        return received(id, input);
    }
    return answer_stranger(id, input);
}

/// What was agreed on with the keys (ALPN) is what must be spoken.
bool Guests::may_speak(ConnectionId id, char first)
{
    std::string_view const agreed = connections_.find(id)->alpn();
    if (agreed == alpn_duet)
        return first == '{';
    return agreed != alpn_http or is_capital(first);
}

/// To whom speaks neither of our languages.
std::size_t Guests::answer_stranger(ConnectionId id, Bytes input)
{
    if (is_capital(as_text(input).front())) {
        auto const line = next_line(input, limits::stranger_line_bytes_max);
        if (line.has_value() and not line->has_value())
            return 0; // the rest of it is on its way
        if (line.has_value() and is_http_request((*line)->text)) {
            see_off(id, http_answer);
            return input.size();
        }
    }
    keeper_.broke_protocol(id);
    keeper_.left(id, "no_language");
    see_off(id, help);
    return input.size();
}

std::size_t Guests::receive_json(ConnectionId id, Bytes input)
{
    if (connections_.find(id)->tls() == nullptr and guests_[id.slot].clear != Clear::all) {
        chat_.reject(session_of(id), Error::not_encrypted, outbox_);
        deliver();
        return input.size();
    }
    std::size_t used = 0;
    while (find(id) != nullptr) {
        bool const is_known = chat_.is_signed_in(session_of(id));
        auto const bytes_max =
            is_known ? limits::json_line_bytes_max : limits::stranger_line_bytes_max;
        std::string_view const rest = as_text(input.subspan(used));
        auto const end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        Guest& guest = guests_[id.slot];
        std::size_t const before = is_known ? 0 : guest.stranger_bytes;
        if (before + line.size() > bytes_max) {
            chat_.reject(session_of(id), Error::line_too_long, outbox_);
            deliver();
            break;
        }
        if (end == std::string_view::npos)
            return used;
        used += end + 1;
        if (not is_known)
            guest.stranger_bytes += static_cast<std::uint32_t>(end + 1);
        if (not hear_json(id, as_bytes(line)))
            break;
    }
    return input.size();
}

/// False if the connection is on its way out.
bool Guests::hear_json(ConnectionId id, Bytes line)
{
    auto const request = json_.decode_request(line);
    auto const* const exporter = connections_.find(id)->exporter();
    if (request.has_value())
        chat_.handle(session_of(id), *request, exporter == nullptr ? Bytes() : Bytes(*exporter),
            now(), outbox_);
    else
        chat_.reject(session_of(id), request.error(), outbox_);
    // A goodbye is delivered at once: behind it nothing is heard.
    if (not chat_.knows(session_of(id)))
        deliver();
    relieve(id);
    return find(id) != nullptr;
}

/// Between two requests: what a guest asks for in one go must not gather without end.
void Guests::relieve(ConnectionId id)
{
    if (outbox_.size() >= events_gathered_max and not is_saying_)
        deliver();
    Connection const* const connection = connections_.find(id);
    if (connection != nullptr and connection->backlog_bytes() > limits::backlog_bytes_max)
        connections_.flush(); // which lets go of one who does not take it
}

/// All that was typed and need not wait. While some of it waits no more is read. An answer may call this
/// again while it is at work, so where it stands is the typist's to know.
void Guests::hear_lines(ConnectionId id)
{
    bool is_heard = true;
    while (is_heard) {
        Guest& guest = guests_[id.slot];
        Typist& typist = *guest.typist;
        auto const line = next_typed(id, std::string_view(typist.unheard).substr(typist.heard));
        if (not line.has_value())
            return turn_away(id, sentence(line.error()));
        if (not line->has_value())
            break;
        typist.heard += (*line)->used;
        if (not chat_.is_signed_in(session_of(id)))
            guest.stranger_bytes += static_cast<std::uint32_t>((*line)->used);
        is_heard = hear_line(id, (*line)->text);
        relieve(id);
        if (find(id) == nullptr)
            return;
    }
    Guest& guest = guests_[id.slot];
    Typist& typist = *guest.typist;
    guest.has_left |= not is_heard;
    typist.unheard.erase(0, is_heard ? typist.heard : std::string::npos);
    typist.heard = 0;
    connections_.set_reading(id, not typist.lines.must_wait());
    if (guest.has_left)
        leaving_.push_back(id);
}

/// The first line of what was typed; nothing if it has to wait, or its end is not there yet.
Result<std::optional<Line>> Guests::next_typed(ConnectionId id, std::string_view typed)
{
    Guest const& guest = guests_[id.slot];
    if (guest.typist->lines.must_wait())
        return std::nullopt;
    if (guest.has_left and typed.find('\n') == std::string_view::npos)
        return last_line(as_bytes(typed));
    if (chat_.is_signed_in(session_of(id)))
        return next_line(as_bytes(typed));
    std::size_t const said =
        std::min<std::size_t>(guest.stranger_bytes, limits::stranger_line_bytes_max);
    return next_line(as_bytes(typed), limits::stranger_line_bytes_max - said);
}

void Guests::turn_away(ConnectionId id, std::string_view words)
{
    keeper_.broke_protocol(id);
    keeper_.left(id, name(CloseReason::broke_protocol));
    see_off(id, "* goodbye: " + std::string(words) + "\n");
}

/// False if it is the last one.
bool Guests::hear_line(ConnectionId id, std::string_view line)
{
    text_.clear();
    auto const wishes = guests_[id.slot].typist->lines.read(line, text_);
    if (not text_.empty())
        connections_.send(id, as_bytes(text_));
    for (HostedLines::Wish const& wish : wishes) {
        if (std::holds_alternative<HostedLines::Quit>(wish))
            return false;
        if (auto const* const code = std::get_if<HostedLines::Code>(&wish))
            chat_.sign_in_plain(session_of(id), code->secret, now(), outbox_);
        else
            chat_.handle(session_of(id), std::get<Request>(wish), {}, now(), outbox_);
    }
    return true;
}

// What they are told

void Guests::deliver()
{
    say_all();
    for (ConnectionId const id : std::exchange(leaving_, {})) {
        if (may_leave(id))
            see_off(id, "");
    }
    say_all(); // to others, that they have left
}

void Guests::say_all()
{
    // It may grow meanwhile: whom an answer lets go on typing asks for more.
    is_saying_ = true;
    for (std::size_t i = 0; i < outbox_.size(); ++i)
        say(Outgoing(std::move(outbox_[i])));
    outbox_.clear();
    is_saying_ = false;
}

void Guests::take_turns()
{
    for (ConnectionId const id : keeper_.take_turns())
        connections_.hand_over(id, *this);
}

void Guests::count_into(Metrics::Looks& looks) const
{
    for (char const* const door : {"unknown", "json", "lines"}) {
        for (char const* const phase : {"stranger", "signed_in"})
            looks.connections[{door, phase}] = 0;
    }
    for (std::uint32_t slot = 0; slot < guests_.size(); ++slot) {
        Guest const& guest = guests_[slot];
        if (guest.generation == 0)
            continue;
        bool const is_known = chat_.is_signed_in(session_of({slot, guest.generation}));
        char const* const door = guest.door == Door::json ? "json"
            : guest.door == Door::lines                   ? "lines"
                                                          : "unknown";
        ++looks.connections[{door, is_known ? "signed_in" : "stranger"}];
    }
    looks.connections[{"unknown", "waiting"}] = keeper_.admission().waiting();
    looks.penalised_sources = keeper_.admission().penalised(loop_.now());
}

/// Whether somebody who has left has all their answers.
bool Guests::may_leave(ConnectionId id)
{
    Guest const* const guest = find(id);
    return guest != nullptr and not guest->typist->lines.waits_for_answers();
}

void Guests::say(Outgoing const& outgoing)
{
    ConnectionId const id = connection_of(outgoing.to);
    Guest const* const guest = find(id);
    if (guest == nullptr)
        return; // it has left meanwhile
    keeper_.told(id, outgoing.event);
    auto const* const bye = std::get_if<Bye>(&outgoing.event.body);
    if (bye != nullptr and log_takes(LogLevel::info))
        log_info(std::string("said goodbye to a connection: ") + word(bye->reason));
    if (guest->typist != nullptr)
        return say_in_lines(id, outgoing.event);
    text_.clear();
    if (guest->door == Door::json)
        encode(outgoing.event, text_);
    if (bye != nullptr)
        see_off(id, guest->door == Door::json ? std::string_view(text_) : help);
    else
        connections_.send(id, as_bytes(text_));
}

void Guests::say_in_lines(ConnectionId id, Event const& event)
{
    HostedLines& lines = guests_[id.slot].typist->lines;
    bool const had_to_wait = lines.must_wait();
    text_.clear();
    lines.write(event, text_);
    if (auto const* const welcome = std::get_if<Welcome>(&event.body)) {
        // Before this process nobody wrote down what was shown: all that is there may have been.
        auto const known =
            shown_in_lines_.try_emplace(welcome->you, HostedLines::Shown {{}, welcome->feed});
        lines.mark_as_shown(known.first->second);
    }
    if (lines.is_signed_in())
        shown_in_lines_[lines.you()] = lines.shown();
    if (std::holds_alternative<Bye>(event.body))
        return see_off(id, text_);
    if (not text_.empty())
        connections_.send(id, as_bytes(text_));
    if (had_to_wait and not lines.must_wait())
        hear_lines(id);
    else if (guests_[id.slot].has_left)
        leaving_.push_back(id);
}

} // namespace duet
