#include "terminal/talk.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/utf8.hpp"
#include "console/escape.hpp"
#include "console/words.hpp"
#include "doors/lines.hpp"
#include "net/arrival.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace duet {

namespace {

using namespace std::chrono_literals;

// How often to look whether bytes arrive: often enough that doubt is told within
// limits::arrival_doubt_after and a bit, seldom enough to cost nothing.
constexpr auto arrival_look_every = 1s;

// The system does not tell when the last byte is acknowledged, so the end is looked for.
constexpr auto drain_look_every = 5ms;

constexpr std::string_view bad_request =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Connection: close\r\n\r\nThis is a chat in plain lines, not a web server.\r\n";

std::string socket_error_sentence(Loss const& loss)
{
    std::string const what = loss.error != nullptr ? loss.error->text() : name(loss.reason);
    return tr("Socket error") + ": " + what;
}

/// The lines of a text, as a choice to be told.
SentLines::Lines lines_of(std::string_view text)
{
    SentLines all;
    while (not text.empty()) {
        std::size_t const end = std::min(text.find('\n'), text.size());
        all.add(text.substr(0, end), 0);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all.since_heard();
}

std::string_view prefix(Side side)
{
    return side == Side::listening ? "From Client : " : "From Server: ";
}

} // namespace

Talk::Talk(Loop& loop, Connections& connections, Departures& departures, Console& console,
    Side side, bool is_one_of_many, Socket socket)
    : loop_(loop)
    , connections_(connections)
    , departures_(departures)
    , console_(console)
    , side_(side)
    , is_one_of_many_(is_one_of_many)
    , peer_(socket.peer())
    , id_(connections.add(std::move(socket), *this))
{
    log_info("talk with " + peer_ + " begins");
    console_.open(*this);
    own_input_has_ended_ = console_.input_has_ended();
}

Talk::~Talk()
{
    if (stage_ != Stage::over)
        finish(CloseReason::we_left);
}

void Talk::interrupt()
{
    if (stage_ == Stage::draining)
        return give_up_waiting();
    if (stage_ == Stage::over)
        return;
    end_ = TalkEnd::interrupted;
    begin_to_drain();
}

// What the other side says

std::size_t Talk::received(ConnectionId, Bytes input)
{
    heard_bytes_ += input.size();
    std::size_t used = 0;
    while (not is_deaf_) {
        auto const line = next_line(input.subspan(used));
        if (not line.has_value()) {
            refuse_bad_line(line.error());
            break;
        }
        if (not line->has_value())
            break;
        used += (*line)->used;
        hear((*line)->text);
    }
    if (console_.backlog_bytes() > limits::backlog_bytes_mark)
        connections_.set_reading(id_, false);
    return is_deaf_ ? input.size() : used;
}

void Talk::ended(ConnectionId, Bytes tail)
{
    peer_has_ended_ = true;
    if (not is_deaf_) {
        auto const line = last_line(tail);
        if (not line.has_value())
            return refuse_bad_line(line.error());
        if (line->has_value())
            hear((*line)->text);
    }
    if (stage_ != Stage::talking)
        return;
    close_reason_ = CloseReason::peer_left;
    if (side_ == Side::listening and not has_begun_) {
        end_ = TalkEnd::no_talk;
        return finish(close_reason_);
    }
    if (console_.has_keyboard() or is_one_of_many_ or own_input_has_ended_)
        return begin_to_drain();
    console_.finish_output();
}

void Talk::hear(std::string_view line)
{
    if (lines_heard_ == 0 and side_ == Side::listening and is_http_request(line))
        return refuse_http();
    mark_begun();
    ++lines_heard_;
    sent_lines_.heard();
    console_.hear(prefix(side_), line);
    if (not is_quit(line))
        return;
    is_deaf_ = true;
    if (stage_ != Stage::talking)
        return;
    close_reason_ = CloseReason::peer_left;
    begin_to_drain();
}

void Talk::refuse_bad_line(Error why)
{
    is_deaf_ = true;
    close_reason_ = CloseReason::broke_protocol;
    fail_with(
        fill(tr("What {0} sent is not text that can be shown: {1}"), {peer_, tr(sentence(why))}));
    if (stage_ != Stage::talking)
        return;
    std::string const last_word = std::string("duet: ") + sentence(why) + '\n';
    Connection const* const connection = connections_.find(id_);
    bool const may_speak = connection != nullptr and not connection->is_finishing();
    if (may_speak) // our own end of input may have been said already
        connections_.send(id_, as_bytes(last_word));
    begin_to_drain();
}

/// No person: it is answered and shown out, and the waiting goes on.
void Talk::refuse_http()
{
    is_deaf_ = true;
    if (stage_ != Stage::talking)
        return;
    end_ = TalkEnd::no_talk;
    tell_lines(tr("Perhaps never read ({0}):"), sent_lines_.since_heard());
    departures_.show_out(std::exchange(id_, {}), bad_request);
    finish(close_reason_);
}

void Talk::lost(ConnectionId, Loss const& loss)
{
    bool const was_over = stage_ == Stage::draining;
    auto const unheard = sent_lines_.since_heard();
    if (not loss.tail.empty() and not is_deaf_ and is_utf8(loss.tail))
        console_.tell(
            fill(tr("The other side's last line broke off: {0}"), {escaped(as_text(loss.tail))}));
    if (side_ == Side::listening and not has_begun_ and not was_over) {
        end_ = TalkEnd::no_talk;
    } else if (not was_over or unheard.count > 0) {
        fail_with(socket_error_sentence(loss));
        tell_lines(tr("Perhaps never read ({0}):"), unheard);
    }
    finish(loss.reason);
}

void Talk::sent(ConnectionId)
{
    if (stage_ != Stage::talking)
        return;
    Connection* const connection = connections_.find(id_);
    if (connection != nullptr and connection->backlog_bytes() < limits::backlog_bytes_mark)
        console_.set_reading(not own_input_has_ended_);
    if (not std::exchange(timer_runs_, true))
        timer_ = loop_.start_timer(arrival_look_every, *this);
}

// What we say

void Talk::own_line(std::string_view text)
{
    if (stage_ != Stage::talking)
        return;
    mark_begun();
    line_.clear();
    append_line(line_, text);
    connections_.send(id_, as_bytes(line_));
    queued_bytes_ += line_.size();
    if (is_quit(text))
        return begin_to_drain();
    sent_lines_.add(text, queued_bytes_);
    Connection const* const connection = connections_.find(id_);
    if (connection != nullptr and connection->backlog_bytes() >= limits::backlog_bytes_mark)
        console_.set_reading(false);
}

void Talk::own_bad_line(std::uint64_t number, Error why)
{
    fail_with(fill(tr("Line {0} was not sent: {1}"), {std::to_string(number), tr(sentence(why))}));
}

void Talk::own_line_refused(Error why)
{
    console_.tell(fill(tr("Not sent, and still here to be changed: {0}"), {tr(sentence(why))}));
}

void Talk::own_end(int error)
{
    if (error != 0)
        fail_with(fill(tr("Cannot read standard input: {0}"), {std::strerror(error)}));
    own_input_has_ended_ = true;
    if (stage_ != Stage::talking)
        return;
    if (console_.has_keyboard() or peer_has_ended_)
        return begin_to_drain();
    // Input that ends before its first byte only means that we listen: many peers would take a
    // half-close for goodbye.
    if (sent_lines_.has_any())
        connections_.finish_sending(id_);
}

// What standard output says

void Talk::output_failed(std::string_view words)
{
    fail_with(fill(tr("Cannot write to standard output: {0}"), {words}));
    if (stage_ == Stage::talking)
        begin_to_drain();
}

void Talk::output_left()
{
    if (console_.backlog_bytes() <= limits::backlog_bytes_mark)
        connections_.set_reading(id_, true);
}

// The end

void Talk::begin_to_drain()
{
    stage_ = Stage::draining;
    console_.close_input();
    if (Connection* const connection = connections_.find(id_); connection != nullptr)
        connection->phase = Phase::draining;
    connections_.finish_sending(id_);
    loop_.stop_timer(timer_);
    timer_ = loop_.start_timer(0ms, *this);
    drain_began_ = last_moved_ = loop_.now();
}

void Talk::due(Tag)
{
    if (stage_ == Stage::draining)
        look_whether_drained();
    else
        look_whether_arriving();
}

void Talk::look_whether_drained()
{
    Connection const* const connection = connections_.find(id_);
    if (connection == nullptr)
        return;
    if (peer_has_ended_) {
        auto const state = connection->socket().pending_error("send to");
        if (not state.has_value()) {
            connections_.close(id_, CloseReason::peer_lost);
            return lost(id_, {CloseReason::peer_lost, &state.error(), {}});
        }
    }
    Arrival const arrival = look_at_arrival(connection->socket());
    bool const all_has_arrived = connection->has_finished_sending() and arrival.is_complete();
    if (all_has_arrived and peer_has_ended_)
        return finish(close_reason_);

    std::uint64_t const moved =
        heard_bytes_ + connection->handed_bytes() - arrival.unacknowledged_bytes;
    if (std::exchange(moved_bytes_, moved) != moved)
        last_moved_ = loop_.now();
    if (loop_.now() - last_moved_ >= limits::drain_silence_max
        or loop_.now() - drain_began_ >= limits::drain_time_max)
        return give_up_waiting();
    timer_ = loop_.start_timer(drain_look_every, *this);
}

void Talk::give_up_waiting()
{
    if (Connection const* const connection = connections_.find(id_); connection != nullptr) {
        Arrival const arrival = look_at_arrival(connection->socket());
        auto const missing =
            sent_lines_.beyond(connection->handed_bytes() - arrival.unacknowledged_bytes);
        if (missing.count > 0) {
            fail_with(fill(tr("{0} has not taken all that was sent"), {peer_}));
            tell_lines(tr("Not arrived ({0}):"), missing);
        }
    }
    finish(close_reason_);
}

void Talk::look_whether_arriving()
{
    timer_runs_ = false;
    Connection const* const connection = connections_.find(id_);
    if (connection == nullptr)
        return;
    Arrival const arrival = look_at_arrival(connection->socket());
    auto const verdict =
        doubt_.look(arrival, connection->handed_bytes(), connection->backlog_bytes(), loop_.now());
    auto const missing =
        sent_lines_.beyond(connection->handed_bytes() - arrival.unacknowledged_bytes);
    if (verdict == Doubt::Verdict::not_arriving) {
        console_.tell(fill(tr("Nothing arrives at {0} any more"), {peer_}));
        tell_lines(tr("Not arrived so far ({0}):"), missing);
    } else if (verdict == Doubt::Verdict::not_reading) {
        console_.tell(tr("The other side is not reading: what you say waits"));
        tell_lines(tr("Not read so far ({0}):"), missing);
    } else if (verdict == Doubt::Verdict::none) {
        console_.tell(tr("What you said arrives again"));
    }
    if (not arrival.is_complete() or connection->backlog_bytes() > 0) {
        timer_runs_ = true;
        timer_ = loop_.start_timer(arrival_look_every, *this);
    }
}

void Talk::finish(CloseReason reason)
{
    stage_ = Stage::over;
    loop_.stop_timer(timer_);
    connections_.close(id_, reason);
    log_info("talk with " + peer_ + " is over: " + name(reason));
    console_.close();
    tell_lines(tr("Not shown ({0}):"), lines_of(console_.not_shown()));
}

void Talk::fail_with(std::string_view sentence)
{
    end_ = TalkEnd::failed;
    console_.tell(sentence);
}

void Talk::mark_begun()
{
    if (std::exchange(has_begun_, true))
        return;
    if (Connection* const connection = connections_.find(id_); connection != nullptr)
        connection->phase = Phase::open;
}

void Talk::tell_lines(std::string_view heading, SentLines::Lines const& lines)
{
    if (lines.count == 0)
        return;
    std::string count = std::to_string(lines.count);
    if (lines.count > lines.newest.size())
        count = fill(tr("{0}, here the last {1}"), {count, std::to_string(lines.newest.size())});
    std::string text = fill(heading, {count});
    for (std::string const& line : lines.newest)
        text += "\n  " + escaped(line);
    console_.tell(text);
}

} // namespace duet
