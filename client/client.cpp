#include "client/duet.hpp"

#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/utf8.hpp"
#include "client/carrier.hpp"
#include "core/text.hpp"
#include "net/connections.hpp"
#include "net/dialler.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "pairing/link.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace duet {

namespace {

class SystemRandomness final : public Random {
public:
    void fill(std::span<std::byte> bytes) override { fill_random(bytes); }
};

Failure failure(Error error)
{
    return {word(error), sentence(error)};
}

std::string name_of_machine()
{
    std::array<char, limits::name_bytes_max + 1> name {};
    bool const is_told = ::gethostname(name.data(), name.size() - 1) == 0;
    std::string const text(name.data());
    bool const is_name = is_told and is_utf8(as_bytes(text)) and check_name(text).has_value();
    return is_name ? text : "device";
}

Result<void> check_all(Joining const& joining)
{
    for (std::string const& text : {joining.secret, joining.name, joining.device_name}) {
        if (not is_utf8(as_bytes(text)))
            return fail(Error::not_utf8);
        TRY_VOID(check_name(text));
    }
    if (not joining.handle.empty())
        TRY_VOID(check_handle(joining.handle));
    return {};
}

template <typename Thing>
std::vector<Thing> all_shown(Carrier const& carrier, std::vector<Thing> things)
{
    for (Thing& thing : things)
        thing = carrier.shown(std::move(thing));
    return things;
}

/// What a client of its own stands on.
struct OwnGround {
    std::unique_ptr<SystemRandomness> random;
    std::unique_ptr<Loop> loop;
    std::unique_ptr<TlsContext> tls;
    Connections connections {*loop};
};

/// Dials the server, again and again.
class DiallingCarrier final : OwnGround, public Carrier, ResolverHandler, DiallerHandler {
public:
    DiallingCarrier(std::unique_ptr<SystemRandomness> dice, std::unique_ptr<Loop> own_loop,
        std::unique_ptr<TlsContext> own_tls, std::unique_ptr<Machine> machine,
        ClientHandler& handler)
        : OwnGround {std::move(dice), std::move(own_loop), std::move(own_tls)}
        , Carrier(std::move(machine), connections, handler)
    {
    }

    void turn(std::chrono::milliseconds at_most) override;
    [[nodiscard]] int descriptor() const override { return loop->descriptor(); }
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const override;

private:
    void resolved(SocketResult<std::vector<Address>> const& addresses) override;
    void reached(Socket socket) override;
    void not_reached(std::vector<SocketError> const& errors) override;
    void secured(ConnectionId id) override;
    void call();

    Resolver resolver_ {*loop, *this};
    Dialler dialler_ {*loop, *this};
};

void DiallingCarrier::turn(std::chrono::milliseconds at_most)
{
    if (auto const deadline = next_deadline()) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - now().at);
        at_most = std::min(at_most, left);
    }
    loop->turn(std::max(at_most, std::chrono::milliseconds(0)));
    if (act())
        call();
}

std::optional<MonotonicTime> DiallingCarrier::next_deadline() const
{
    auto const machines = Carrier::next_deadline();
    auto const loops = loop->next_deadline();
    if (machines.has_value() and loops.has_value())
        return std::min(*machines, *loops);
    return machines.has_value() ? machines : loops;
}

void DiallingCarrier::call()
{
    auto const server = Endpoint::parse(machine().file().server());
    machine().connecting();
    if (server.has_value())
        resolver_.resolve(*server);
    else
        end(sentence(server.error()));
}

void DiallingCarrier::resolved(SocketResult<std::vector<Address>> const& addresses)
{
    if (addresses.has_value())
        dialler_.dial(*addresses);
    else
        end(addresses.error().text());
}

void DiallingCarrier::reached(Socket socket)
{
    bool const is_unix = socket.is_unix();
    ConnectionId const id = connections.add(std::move(socket), *this);
    if (is_unix)
        return begin(id);
    connections.secure_as_client(id, *tls);
}

void DiallingCarrier::secured(ConnectionId id)
{
    begin(id);
}

void DiallingCarrier::not_reached(std::vector<SocketError> const& errors)
{
    end(errors.empty() ? "" : errors.front().text());
}

} // namespace

// The face

Client::Result<void> Client::prepare(std::string const& directory, Joining const& joining)
{
    Joining complete = joining;
    std::optional<IdentityHash> server_hash;
    if (not joining.link.empty()) {
        auto const link = Link::parse(joining.link);
        if (not link.has_value())
            return fail(failure(link.error()));
        complete.server = link->place;
        complete.secret = link->secret;
        server_hash = link->hash;
    }
    if (complete.server.empty())
        complete.server = Endpoint {}.text();
    if (complete.name.empty())
        complete.name = complete.handle.empty() ? "-" : complete.handle;
    if (complete.device_name.empty())
        complete.device_name = name_of_machine();
    if (auto const checked = check_all(complete); not checked.has_value())
        return fail(failure(checked.error()));
    if (auto const server = Endpoint::parse(complete.server); not server.has_value())
        return fail(failure(server.error()));

    auto const lock = TRY(DirectoryLock::take(directory));
    std::array<std::byte, 32> seed {};
    fill_random(seed);
    return DeviceFile::make(directory, seed, complete, server_hash);
}

Client::Result<std::unique_ptr<Client>> Client::open(
    std::string const& directory, ClientHandler& handler)
{
    auto random = std::make_unique<SystemRandomness>();
    auto machine = TRY(Machine::open(directory, *random));
    auto loop = Loop::create();
    if (not loop.has_value())
        return fail(Failure {"network", loop.error().text()});
    auto tls = TlsContext::for_client();
    if (not tls.has_value())
        return fail(Failure {"network", tls.error()});
    return std::make_unique<Client>(std::make_unique<DiallingCarrier>(
        std::move(random), std::move(*loop), std::move(*tls), std::move(machine), handler));
}

Client::Client(std::unique_ptr<Carrier> carrier) : carrier_(std::move(carrier)) { }

Client::~Client() = default;

void Client::turn(std::chrono::milliseconds at_most)
{
    carrier_->turn(at_most);
}

int Client::descriptor() const
{
    return carrier_->descriptor();
}

std::optional<std::chrono::steady_clock::time_point> Client::next_deadline() const
{
    return carrier_->next_deadline();
}

bool Client::is_enrolled() const
{
    return carrier_->machine().is_enrolled();
}

Connectedness Client::connectedness() const
{
    return carrier_->connectedness();
}

std::string const& Client::you() const
{
    return carrier_->you();
}

std::string const& Client::server() const
{
    return carrier_->server();
}

Client::Result<std::uint64_t> Client::say(
    std::string const& to, std::string const& text, std::string const& key)
{
    auto const said = TRY(say_all({{to, text, key}}));
    return said.front();
}

Client::Result<std::vector<std::uint64_t>> Client::say_all(std::vector<Saying> const& sayings)
{
    std::vector<Saying> addressed = sayings;
    for (Saying& saying : addressed)
        saying.to = carrier_->handle_of(saying.to);
    auto said = carrier_->machine().say(addressed, Carrier::now());
    carrier_->push();
    return said;
}

void Client::read(std::string const& with, std::uint64_t seq)
{
    carrier_->machine().read(carrier_->handle_of(with), seq, Carrier::now());
    carrier_->push();
}

void Client::typing(std::string const& to)
{
    carrier_->machine().typing(carrier_->handle_of(to));
    carrier_->push();
}

// What is stored here

std::optional<Message> Client::own(std::uint64_t say_id) const
{
    auto message = carrier_->machine().file().own(SayId {say_id});
    return message.has_value() ? std::optional(carrier_->shown(std::move(*message))) : std::nullopt;
}

std::vector<Message> Client::outbox() const
{
    return carrier_->outbox();
}

std::vector<Message> Client::history(
    std::string const& with, std::uint64_t before, std::size_t limit) const
{
    return all_shown(
        *carrier_, carrier_->machine().file().history(carrier_->handle_of(with), before, limit));
}

std::vector<Message> Client::feed(std::uint64_t from, std::size_t limit) const
{
    return all_shown(*carrier_, carrier_->machine().file().feed(from, limit));
}

std::uint64_t Client::cursor() const
{
    return number(carrier_->machine().data().cursor);
}

std::vector<Contact> Client::contacts() const
{
    return all_shown(*carrier_, carrier_->machine().contacts());
}

Settings Client::settings() const
{
    return carrier_->machine().settings();
}

std::array<std::byte, 32> Client::identity() const
{
    return carrier_->machine().file().keys().identity;
}

std::optional<std::array<std::byte, 32>> Client::server_identity() const
{
    return carrier_->machine().data().server;
}

// What the server is asked

std::uint64_t Client::ask_people()
{
    return carrier_->ask(People {"", limits::page_max});
}

std::uint64_t Client::ask_devices()
{
    return carrier_->ask(Devices {});
}

std::uint64_t Client::ask_invitation()
{
    return carrier_->ask(Invite {});
}

std::uint64_t Client::ask_device_link(bool plain)
{
    return carrier_->ask(LinkDevice {plain});
}

std::uint64_t Client::ask_devices_of(std::string const& contact)
{
    return carrier_->ask(Devices {carrier_->handle_of(contact)});
}

std::uint64_t Client::ask_accept(std::string const& with)
{
    return carrier_->ask(Accept {carrier_->handle_of(with)});
}

std::uint64_t Client::ask_refuse(std::string const& with)
{
    return carrier_->ask(Refuse {carrier_->handle_of(with)});
}

std::uint64_t Client::ask_block(std::string const& with)
{
    return carrier_->ask(Block {carrier_->handle_of(with)});
}

std::uint64_t Client::ask_unblock(std::string const& with)
{
    return carrier_->ask(Unblock {carrier_->handle_of(with)});
}

std::uint64_t Client::ask_change(SettingsChange const& change)
{
    return carrier_->ask(ChangeSettings {
        ChangeSettings::ForAll {change.read_marks, change.presence, change.typing}});
}

std::uint64_t Client::ask_change(std::string const& with, TalkChange const& change)
{
    ChangeSettings::ForOne one {.with = carrier_->handle_of(with)};
    one.mute = change.mute;
    one.archive = change.archive;
    one.pin = change.pin;
    one.name = change.name;
    if (change.delete_up_to.has_value())
        one.delete_up_to = Seq {*change.delete_up_to};
    return carrier_->ask(ChangeSettings {one});
}

std::uint64_t Client::ask_recovery()
{
    std::uint64_t const id = carrier_->machine().ask_recovery();
    carrier_->push();
    return id;
}

std::uint64_t Client::ask_report(std::string const& with, std::uint64_t seq)
{
    return carrier_->ask(Report {carrier_->handle_of(with), Seq {seq}});
}

std::uint64_t Client::ask_leave()
{
    return carrier_->ask(Leave {});
}

std::vector<WaitingDevice> Client::waiting_devices() const
{
    return carrier_->machine().waiting_devices();
}

std::uint64_t Client::confirm(std::uint64_t ask, bool yes)
{
    return carrier_->ask(Confirm {ask, yes});
}

std::uint64_t Client::ask_revoke(std::uint64_t device)
{
    return carrier_->ask(Revoke {DeviceId {device}});
}

void Client::fetch_older(std::string const& with)
{
    carrier_->machine().fetch_older(carrier_->handle_of(with));
    carrier_->push();
}

} // namespace duet
