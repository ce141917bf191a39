#include "server/admin.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "core/scribe.hpp"
#include "doors/lines.hpp"
#include "pairing/code.hpp"
#include "server/admin_reports.hpp"
#include "server/admin_words.hpp"
#include "server/backup.hpp"
#include "server/check.hpp"
#include "server/descriptor_passing.hpp"
#include "server/exit_code.hpp"
#include "server/new_address.hpp"
#include "server/person_export.hpp"
#include "server/session_ids.hpp"
#include "server/system_random.hpp"
#include "server/whereabouts.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

namespace duet {

namespace {

constexpr std::string_view invite_with = "invite with ";
constexpr std::string_view erase_verb = "erase ";
constexpr std::string_view export_verb = "export ";
constexpr std::string_view move_verb = "move ";
constexpr std::string_view move_back = "move-back";

bool is_operator(Socket const& socket)
{
    ucred who {};
    socklen_t bytes = sizeof who;
    return ::getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, &who, &bytes) == 0
        and (who.uid == ::geteuid() or who.uid == 0);
}

std::vector<Listener> one(Listener listener)
{
    std::vector<Listener> all;
    all.push_back(std::move(listener));
    return all;
}

Time label()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

} // namespace

Admin::Admin(Loop& loop, Connections& connections, JournalStore& store, Listener listener,
    std::string directory, std::string come_in, Identity const& identity)
    : connections_(connections)
    , store_(store)
    , directory_(std::move(directory))
    , come_in_(std::move(come_in))
    , identity_(identity)
    , departures_(loop, connections)
    , acceptor_(loop, one(std::move(listener)), *this)
    , workshop_(loop)
{
}

void Admin::accepted(Socket socket)
{
    if (not is_operator(socket)) {
        log_warning("the admin socket was called by another user");
        return departures_.show_out(std::move(socket),
            admin::error("only the server's own user may ask this") + admin::end(1));
    }
    connections_.add(std::move(socket), *this);
}

std::size_t Admin::received(ConnectionId id, Bytes input)
{
    if (callers_.contains(static_cast<std::uint64_t>(session_of(id))))
        return input.size(); // one verb a connection: it has asked already
    auto const line = next_line(input, limits::stranger_line_bytes_max);
    if (not line.has_value())
        end(id, sentence(line.error()), exit_code::usage);
    else if (not line->has_value())
        return 0;
    else
        serve(id, (*line)->text);
    return input.size();
}

void Admin::ended(ConnectionId id, Bytes)
{
    connections_.close(id, CloseReason::peer_left);
    callers_.erase(static_cast<std::uint64_t>(session_of(id)));
    workshop_.forget(id);
}

void Admin::lost(ConnectionId id, Loss const&)
{
    callers_.erase(static_cast<std::uint64_t>(session_of(id)));
    workshop_.forget(id);
}

void Admin::serve(ConnectionId id, std::string_view line)
{
    log_info("the operator asks: " + std::string(line));
    callers_.try_emplace(static_cast<std::uint64_t>(session_of(id)));
    if (line == "invite")
        return invite(id, PersonId {});
    if (line == "invite code")
        return give_code(id, Invitation::For::person, PersonId {});
    if (line == "invite pair")
        return invite_pair(id);
    if (line.starts_with(invite_with)) {
        std::string const word(line.substr(invite_with.size()));
        auto const with = store_.person_by_handle(word);
        if (not with.has_value() or with->is_erased)
            return end(id, "there is no person '" + word + "'", exit_code::failed);
        return invite(id, with->id);
    }
    if (line.starts_with(erase_verb))
        return erase(id, std::string(line.substr(erase_verb.size())));
    if (line == move_back)
        return move(id, "");
    if (line.starts_with(move_verb))
        return move(id, std::string(line.substr(move_verb.size())));
    if (work_asked(id, line))
        return;
    end(id, "this server does not know '" + std::string(line) + "'", exit_code::usage);
}

/// False if it is no verb of the workshop's.
bool Admin::work_asked(ConnectionId id, std::string_view line)
{
    if (line == "people")
        work(id, [this](Customer& customer) { report_people(store_, customer); });
    else if (line == "usage")
        work(id, [this](Customer& customer) { report_usage(store_, directory_, customer); });
    else if (line == "backup")
        work(id, [this](Customer& customer) { make_backup(store_, directory_, customer); });
    else if (line == "check")
        work(id, [this](Customer& customer) { check_store(store_, directory_, customer); });
    else if (line.starts_with(export_verb))
        export_of(id, std::string(line.substr(export_verb.size())));
    else
        return false;
    return true;
}

void Admin::export_of(ConnectionId id, std::string const& handle)
{
    auto const person = store_.person_by_handle(handle);
    if (not person.has_value() or person->is_erased)
        return end(id, "there is no person '" + handle + "'", exit_code::failed);
    work(id, [this, person](Customer& customer) { export_person(store_, *person, customer); });
}

void Admin::invite(ConnectionId id, PersonId by)
{
    SystemRandom random;
    draft(id,
        InviteDraft {
            {session_of(id)}, make_secret(random), Invitation::For::person, by, {}, label()});
}

void Admin::give_code(ConnectionId id, Invitation::For what, PersonId by)
{
    SystemRandom random;
    callers_[static_cast<std::uint64_t>(session_of(id))].wants_code = true;
    draft(id, CodeDraft {{session_of(id)}, make_code_secret(random), what, by, label()});
}

/// Two people who will be contacts, whoever comes first: each invitation names the other.
void Admin::invite_pair(ConnectionId id)
{
    SystemRandom random;
    std::string const one = make_secret(random);
    std::string const other = make_secret(random);
    for (auto const& [secret, with] : {std::pair(one, other), std::pair(other, one)})
        draft(id,
            InviteDraft {{session_of(id)}, secret, Invitation::For::person, PersonId {},
                hash_of_secret(with), label()});
}

void Admin::erase(ConnectionId id, std::string const& handle)
{
    auto const person = store_.person_by_handle(handle);
    if (not person.has_value() or person->is_erased)
        return end(id, "there is no person '" + handle + "'", exit_code::failed);
    draft(id, EraseDraft {{session_of(id)}, person->id, label()});
}

/// Written down before anybody is told.
void Admin::move(ConnectionId id, std::string const& address)
{
    if (not address.empty() and not Endpoint::parse(address).has_value())
        return end(id, "'" + address + "' is no address, as chat.example:8000", exit_code::usage);
    if (auto const kept = keep_new_address(directory_, address); not kept.has_value())
        return end(id, kept.error(), exit_code::failed);
    move_ = address;
    end(id,
        address.empty() ? "people can come in here again"
                        : "everybody is told to go to " + address + "; nothing more is taken here",
        exit_code::ok);
}

void Admin::draft(ConnectionId id, Draft draft)
{
    ++callers_[static_cast<std::uint64_t>(session_of(id))].answers_missing;
    drafts_.push_back(std::move(draft));
}

void Admin::work(ConnectionId id, Workshop::Job job)
{
    if (not workshop_.begin(id, std::move(job)))
        end(id, "too much is being asked at once; try again", exit_code::failed);
}

void Admin::end(ConnectionId id, std::string_view words, int code)
{
    std::string const last = (words.empty() ? "" : admin::error(words)) + admin::end(code);
    callers_.erase(static_cast<std::uint64_t>(session_of(id)));
    workshop_.forget(id);
    departures_.show_out(id, last);
}

// What came of it

void Admin::finished(Outcome const& outcome)
{
    Asker const asker = std::visit([](auto const& one) { return one.asker; }, outcome);
    if (not callers_.contains(static_cast<std::uint64_t>(asker.session)))
        return;
    ConnectionId const id = connection_of(asker.session);
    if (auto const* const made = std::get_if<CodeMade>(&outcome))
        answered(id, admin::output(ShortCode {made->code.name, made->code.secret}.words()),
            exit_code::ok);
    else if (auto const* const invited = std::get_if<Invited>(&outcome))
        answered(id, admin::output(link_with(come_in_, identity_, invited->secret)), exit_code::ok);
    else if (std::holds_alternative<Erased>(outcome))
        answered(
            id, admin::error("erased; what others had fetched already is theirs"), exit_code::ok);
    else if (auto const* const denied = std::get_if<Denied>(&outcome))
        answered(id, admin::error(sentence(denied->error)), exit_code::failed);
}

void Admin::answered(ConnectionId id, std::string_view words, int code)
{
    Caller& caller = callers_.find(static_cast<std::uint64_t>(session_of(id)))->second;
    caller.code = code == exit_code::ok ? caller.code : code;
    connections_.send(id, as_bytes(words));
    if (--caller.answers_missing > 0)
        return;
    std::string const advice = caller.wants_code
        ? "it is good for one call within 10 minutes, and burnt after 5 wrong ones; to come in: "
        : "each is good once, for 24 hours; to come in: ";
    if (caller.code == exit_code::ok and words.starts_with('.'))
        connections_.send(id, as_bytes(admin::error(advice + "duet join " + come_in_)));
    end(id, "", caller.code);
}

/// A file and the last word leave by themselves, behind all else.
bool Admin::can_hear(Workshop::Said const& said)
{
    Connection const* const connection = connections_.find(said.to);
    if (connection == nullptr)
        return true; // whatever it is, it is lost
    bool const is_alone = said.file.is_open() or said.words.starts_with('=');
    return connection->backlog_bytes() <= (is_alone ? 0 : limits::backlog_bytes_mark);
}

void Admin::pass_on()
{
    while (auto const said =
               workshop_.take([this](Workshop::Said const& next) { return can_hear(next); }))
        pass_on(*said);
}

void Admin::pass_on(Workshop::Said const& said)
{
    Connection const* const connection = connections_.find(said.to);
    if (connection == nullptr)
        return;
    if (said.file.is_open()) {
        if (not send_with_file(connection->socket(), as_bytes(said.words), said.file))
            connections_.close(said.to, CloseReason::too_slow);
    } else if (said.words.starts_with('=')) {
        callers_.erase(static_cast<std::uint64_t>(session_of(said.to)));
        departures_.show_out(said.to, said.words);
    } else {
        connections_.send(said.to, as_bytes(said.words));
    }
}

} // namespace duet
