#include "server/admin.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "core/scribe.hpp"
#include "doors/lines.hpp"
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

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

namespace duet {

namespace {

constexpr std::string_view invite_with = "invite with ";
constexpr std::string_view erase_verb = "erase ";
constexpr std::string_view export_verb = "export ";
constexpr std::string_view suspend_verb = "suspend ";
constexpr std::string_view resume_verb = "resume ";
constexpr std::string_view link_verb = "link ";
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
    std::string directory, std::string come_in)
    : connections_(connections)
    , store_(store)
    , directory_(std::move(directory))
    , come_in_(std::move(come_in))
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
    if (line.starts_with(suspend_verb))
        return suspend(id, std::string(line.substr(suspend_verb.size())), true);
    if (line.starts_with(resume_verb))
        return suspend(id, std::string(line.substr(resume_verb.size())), false);
    if (line.starts_with(link_verb))
        return link(id, std::string(line.substr(link_verb.size())));
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
    auto const person = person_called(id, handle);
    if (person.has_value())
        work(id, [this, person](Customer& customer) { export_person(store_, *person, customer); });
}

void Admin::invite(ConnectionId id, PersonId by)
{
    SystemRandom random;
    draft(id,
        InviteDraft {
            {session_of(id)}, make_secret(random), Invitation::For::person, by, {}, label()});
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
    if (auto const person = person_called(id, handle); person.has_value())
        draft(id, EraseDraft {{session_of(id)}, person->id, label()});
}

/// Nullopt if there is none; then that was told.
std::optional<Person> Admin::person_called(ConnectionId id, std::string const& handle)
{
    auto person = store_.person_by_handle(handle);
    if (person.has_value() and not person->is_erased)
        return person;
    end(id, "there is no person '" + handle + "'", exit_code::failed);
    return std::nullopt;
}

void Admin::suspend(ConnectionId id, std::string const& handle, bool is_suspended)
{
    if (auto const person = person_called(id, handle); person.has_value())
        draft(id, SuspendDraft {{session_of(id)}, person->id, is_suspended, label()});
}

/// A further device of somebody's, who has lost all others: it needs nobody's yes, and all partners are told.
void Admin::link(ConnectionId id, std::string const& handle)
{
    auto const person = person_called(id, handle);
    if (not person.has_value())
        return;
    SystemRandom random;
    draft(id,
        InviteDraft {{session_of(id)}, make_secret(random), Invitation::For::device, person->id, {},
            label(), Invitation::Way::operators});
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
    if (auto const* const invited = std::get_if<Invited>(&outcome))
        answered(id, admin::output(invited->secret), exit_code::ok);
    else if (std::holds_alternative<Erased>(outcome))
        answered(
            id, admin::error("erased; what others had fetched already is theirs"), exit_code::ok);
    else if (auto const* const suspended = std::get_if<Suspended>(&outcome))
        answered(id,
            admin::error(suspended->is_suspended ? "nobody signs in as this person any more"
                                                 : "this person can sign in again"),
            exit_code::ok);
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
    if (caller.code == exit_code::ok and words.starts_with('.'))
        connections_.send(id,
            as_bytes(admin::error(
                "each is good once, for 24 hours; to come in: duet join " + come_in_)));
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
