#include "direct/household.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "core/random.hpp"
#include "core/scribe.hpp"
#include "direct/kept_connection.hpp"
#include "direct/talk_device.hpp"
#include "net/descriptor.hpp"
#include "net/tls_certificate.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace duet {

namespace {

using namespace std::chrono_literals;

// Nobody looks at its dates: longer than any machine that it may lie on.
constexpr auto certificate_life = std::chrono::years(50);

Failure store_failure(std::string words)
{
    return {"store", std::move(words)};
}

/// The certificate's file; made where there is none.
Result<void, std::string> make_certificate_in(std::string const& path)
{
    if (::access(path.c_str(), F_OK) == 0)
        return {};
    auto const today =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::string const text = make_certificate("duet",
        {today - std::chrono::days(1),
            today + std::chrono::duration_cast<std::chrono::milliseconds>(certificate_life)});
    std::string const draft = path + ".new";
    Descriptor const file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    bool const is_written = file.is_open()
        and ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size())
        and ::fsync(file.number()) == 0 and ::rename(draft.c_str(), path.c_str()) == 0;
    return is_written ? Result<void, std::string>()
                      : fail("cannot write " + path + ", system's error " + std::to_string(errno));
}

} // namespace

Time Household::now()
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// Opening

Result<std::unique_ptr<Household>, Failure> Household::open(
    Loop& loop, std::string const& directory, HouseholdHandler& handler)
{
    auto lock = TRY(DirectoryLock::take(directory));
    auto household =
        std::unique_ptr<Household>(new Household(loop, directory, std::move(lock), handler));
    TRY_VOID(household->begin());
    return household;
}

Household::Household(
    Loop& loop, std::string directory, DirectoryLock lock, HouseholdHandler& handler)
    : loop_(loop)
    , directory_(std::move(directory))
    , lock_(std::move(lock))
    , handler_(handler)
    , connections_(loop)
    , departures_(loop, connections_)
    , resolver_(loop, *this)
    , dialler_(loop, *this)
{
}

Household::~Household() = default;

Result<void, Failure> Household::begin()
{
    std::array<std::byte, 32> seed {};
    fill_random(seed);
    partners_ = TRY(Partners::open(directory_, seed));

    CertificateFiles const files {directory_ + "/tls.pem", directory_ + "/tls.pem"};
    auto const made = make_certificate_in(files.certificate);
    auto as_server = made.has_value() ? TlsContext::for_server(files) : fail(made.error());
    auto as_client = TlsContext::for_client();
    if (not as_server.has_value() or not as_client.has_value())
        return fail(store_failure(as_server.has_value() ? as_client.error() : as_server.error()));
    as_server_ = std::move(*as_server);
    as_client_ = std::move(*as_client);

    std::string const store = directory_ + "/store";
    if (::mkdir(store.c_str(), 0700) != 0 and errno != EEXIST)
        return fail(store_failure("cannot make " + store));
    auto scribe = OwnScribe::open(loop_, connections_, store, partners_->keys());
    if (not scribe.has_value())
        return fail(store_failure(scribe.error()));
    scribe_ = std::move(*scribe);
    return {};
}

void Household::listen(std::vector<Listener> listeners, bool pairs)
{
    AcceptorHandler& handler = *this;
    acceptor_.emplace(loop_, std::move(listeners), handler);
    pairs_ = pairs;
}

Result<std::string, Failure> Household::make_secret()
{
    std::string secret = duet::make_secret(random_);
    partners_->add_link(hash_of_secret(secret), now() + limits::invitation_life);
    if (auto failure = partners_->take_failure())
        return fail(std::move(*failure));
    return secret;
}

Result<ShortCode, Failure> Household::make_code()
{
    std::uint32_t secret = 0;
    random_.fill(std::as_writable_bytes(std::span(&secret, 1)));
    ShortCode const code = partners_->make_code(secret, now());
    if (auto failure = partners_->take_failure())
        return fail(std::move(*failure));
    return code;
}

std::optional<std::string> Household::failure()
{
    if (auto const failure = partners_->take_failure())
        return failure->sentence;
    return scribe_->failure();
}

// Talks

Result<Client*, Failure> Household::client(Partner const& partner)
{
    Member& member = members_[partner.id];
    member.partner = partner;
    if (member.client != nullptr)
        return member.client.get();

    member.we_are_scribe = we_are_scribe(*partners_, partner);
    auto carrier = TRY(open_talk_device(
        directory_, *partners_, partner, random_, loop_, connections_, handler_.meets(partner)));
    member.carrier = carrier.get();
    member.client = std::make_unique<Client>(std::move(carrier));
    if (member.we_are_scribe)
        scribe_->prepare(partner, member.carrier->machine().file().keys().identity);
    handler_.opened(partner, *member.client);
    return member.client.get();
}

/// Our own device's way to the store is a pair of sockets: one end here, the other at the scribe's door.
void Household::connect_to_own_scribe(Member& member)
{
    std::array<int, 2> ends {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return; // no descriptors: at the next turn there may be some
    ConnectionHandler& handler = *this;
    ConnectionId const scribes = connections_.add(Socket(Descriptor(ends[0]), "unix:"), handler);
    ConnectionId const ours = connections_.add(Socket(Descriptor(ends[1]), "unix:"), handler);
    scribe_->adopt(scribes);
    member.carrier->give(ours);
}

/// The talk goes on over this connection.
void Household::let_in(Meeting const& meeting, Member& member)
{
    bool const we_called = meeting.side == Preface::Side::calling;
    connections_.set_reading(meeting.connection, true);
    if (member.we_are_scribe) {
        member.guests.push_back(meeting.connection);
        return scribe_->adopt(meeting.connection);
    }
    if (is_second_best({member.carrier->has_connection(), member.scribe_has_dialled, we_called}))
        return connections_.close(meeting.connection, CloseReason::we_left);
    member.scribe_has_dialled = not we_called;
    member.carrier->give(meeting.connection);
}

bool Household::is_connected(Member const& member) const
{
    bool const is_waiting = std::ranges::any_of(
        meetings_, [&](auto const& place) { return place.second.partner == member.partner.id; });
    if (is_waiting)
        return true;
    return member.we_are_scribe ? not member.guests.empty()
                                : member.carrier != nullptr and member.carrier->has_connection();
}

void Household::note_departures()
{
    for (PartnerDoor::Departure const& gone : scribe_->take_departures()) {
        for (auto& [id, member] : members_) {
            bool const was_here = std::erase(member.guests, gone.id) > 0;
            if (was_here and gone.in_order and member.guests.empty())
                handler_.left(member.partner);
        }
    }
    for (auto& [id, member] : members_) {
        auto const gone =
            member.carrier == nullptr ? std::nullopt : member.carrier->take_departure();
        if (gone.has_value() and gone->in_order and not member.we_are_scribe)
            handler_.left(member.partner);
    }
}

void Household::turn_clients()
{
    for (auto& [id, member] : members_) {
        if (member.client == nullptr)
            continue;
        if (member.we_are_scribe and not member.carrier->has_connection()
            and scribe_->is_prepared(id) and not has_taken_leave_)
            connect_to_own_scribe(member);
        member.client->turn(0ms);
    }
}

// What happens

void Household::act()
{
    end_late_meetings();
    scribe_->act();
    let_in_who_waits();
    turn_clients();
    note_departures();
    call_again();
    connections_.flush();
}

std::optional<MonotonicTime> Household::next_deadline() const
{
    std::optional<MonotonicTime> next = scribe_->next_deadline();
    auto const no_later_than = [&](std::optional<MonotonicTime> when) {
        if (when.has_value())
            next = std::min(*when, next.value_or(*when));
    };
    for (auto const& [slot, meeting] : meetings_)
        no_later_than(meeting.until);
    for (auto const& [id, member] : members_) {
        if (member.client != nullptr)
            no_later_than(member.client->next_deadline());
    }
    if (calling_.has_value() and not calling_->is_under_way and not has_taken_leave_) {
        auto const member =
            calling_->partner.has_value() ? members_.find(*calling_->partner) : members_.end();
        if (member == members_.end() or not is_connected(member->second))
            no_later_than(calling_->at);
    }
    return next;
}

// The end

void Household::take_leave()
{
    has_taken_leave_ = true;
    acceptor_.reset();
    calling_.reset();
    scribe_->say_goodbye();
    for (auto& [id, member] : members_) {
        if (member.carrier != nullptr and not member.we_are_scribe)
            member.carrier->take_leave();
    }
    connections_.flush();
}

bool Household::has_left() const
{
    return connections_.count() == 0;
}

// Calling

void Household::call(CallOrder order)
{
    calling_.emplace(Calling {std::move(order)});
    calling_->at = std::chrono::steady_clock::now();
    if (calling_->order.identity.has_value()) {
        if (auto const known = partners_->find(*calling_->order.identity))
            calling_->partner = known->id;
    }
}

void Household::call_again()
{
    if (not calling_.has_value() or calling_->is_under_way or has_taken_leave_)
        return;
    auto const member =
        calling_->partner.has_value() ? members_.find(*calling_->partner) : members_.end();
    bool const is_there = member != members_.end() and is_connected(member->second);
    if (is_there or std::chrono::steady_clock::now() < calling_->at)
        return;
    auto const& places = calling_->order.places;
    if (places.empty())
        return;
    calling_->is_under_way = true;
    resolver_.resolve(places[calling_->next_place++ % places.size()]);
}

void Household::resolved(SocketResult<std::vector<Address>> const& addresses)
{
    if (addresses.has_value())
        dialler_.dial(*addresses);
    else
        call_has_failed(addresses.error().text());
}

void Household::reached(Socket socket)
{
    if (not calling_.has_value())
        return; // we have left meanwhile
    ConnectionHandler& handler = *this;
    ConnectionId const id = connections_.add(std::move(socket), handler);
    auto const& places = calling_->order.places;
    meet(id, Preface::Side::calling).place =
        places[(calling_->next_place - 1) % places.size()].text();
    calling_->meeting = id;
    connections_.secure_as_client(id, *as_client_);
}

void Household::not_reached(std::vector<SocketError> const& errors)
{
    call_has_failed(errors.empty() ? "" : errors.front().text());
}

/// As a device comes back to its server: after a random time, which grows with each failure.
void Household::call_has_failed(std::string const& words)
{
    if (not calling_.has_value())
        return;
    calling_->is_under_way = false;
    calling_->meeting.reset();
    calling_->failures = std::min(calling_->failures + 1, 16U);
    auto const bound = std::min<limits::Duration>(
        limits::reconnect_delay_most, limits::reconnect_delay_least * (1U << calling_->failures));
    std::uint32_t dice = 0;
    random_.fill(std::as_writable_bytes(std::span(&dice, 1)));
    calling_->at = std::chrono::steady_clock::now()
        + limits::Duration(dice % static_cast<std::uint32_t>(bound.count()));
    handler_.not_reached(words);
    for (auto& [id, member] : members_) {
        if (calling_->partner == id and member.carrier != nullptr)
            member.carrier->note_away(words);
    }
}

void Household::stop_calling(Failure why)
{
    calling_.reset();
    handler_.call_failed(why);
}

} // namespace duet
