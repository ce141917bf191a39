#include "client/duet.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/utf8.hpp"
#include "client/machine.hpp"
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

} // namespace

/// The driver: a loop, a connection that is made again and again, and the machine between them.
class Client::Inside final : ResolverHandler, DiallerHandler, ConnectionHandler {
public:
    Inside(std::unique_ptr<SystemRandomness> random, std::unique_ptr<Machine> machine,
        std::unique_ptr<Loop> loop, ClientHandler& handler)
        : random_(std::move(random))
        , machine_(std::move(machine))
        , handler_(handler)
        , loop_(std::move(loop))
    {
    }

    void turn(std::chrono::milliseconds at_most);
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

    /// After a call of the user's: what it has to send leaves at once.
    void push();
    std::uint64_t ask(Request::Body body);

    [[nodiscard]] int descriptor() const { return loop_->descriptor(); }
    [[nodiscard]] Machine& machine() const { return *machine_; }
    [[nodiscard]] static Now now();

private:
    void resolved(SocketResult<std::vector<Address>> const& addresses) override;
    void reached(Socket socket) override;
    void not_reached(std::vector<SocketError> const& errors) override;
    std::size_t received(ConnectionId id, Bytes input) override;
    void ended(ConnectionId id, Bytes tail) override;
    void lost(ConnectionId id, Loss const& loss) override;
    void sent(ConnectionId id) override;

    void call();
    void send_output();
    void leave_if_must();
    void tell();

    std::unique_ptr<SystemRandomness> random_;
    std::unique_ptr<Machine> machine_;
    ClientHandler& handler_;
    std::unique_ptr<Loop> loop_;
    Connections connections_ {*loop_};
    Resolver resolver_ {*loop_, *this};
    Dialler dialler_ {*loop_, *this};
    ConnectionId connection_;
    bool is_in_turn_ = false;
};

Now Client::Inside::now()
{
    return {std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
        std::chrono::steady_clock::now()};
}

void Client::Inside::turn(std::chrono::milliseconds at_most)
{
    check(not is_in_turn_);
    is_in_turn_ = true;
    if (auto const deadline = next_deadline()) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - now().at);
        at_most = std::min(at_most, left);
    }
    loop_->turn(std::max(at_most, std::chrono::milliseconds(0)));
    if (machine_->pass_time(now()))
        call();
    machine_->settle(now());
    send_output();
    leave_if_must();
    tell();
    send_output(); // what the handler has said
    is_in_turn_ = false;
}

std::optional<MonotonicTime> Client::Inside::next_deadline() const
{
    if (machine_->has_happenings() or not machine_->must_disconnect().empty())
        return now().at;
    auto const machines = machine_->next_deadline();
    auto const loops = loop_->next_deadline();
    if (machines.has_value() and loops.has_value())
        return std::min(*machines, *loops);
    return machines.has_value() ? machines : loops;
}

void Client::Inside::push()
{
    if (not is_in_turn_)
        send_output();
}

std::uint64_t Client::Inside::ask(Request::Body body)
{
    std::uint64_t const id = machine_->ask(std::move(body));
    push();
    return id;
}

// The connection

void Client::Inside::call()
{
    auto const server = Endpoint::parse(machine_->file().server());
    machine_->connecting();
    if (server.has_value())
        resolver_.resolve(*server);
    else
        machine_->disconnected(now(), sentence(server.error()));
}

void Client::Inside::resolved(SocketResult<std::vector<Address>> const& addresses)
{
    if (addresses.has_value())
        dialler_.dial(*addresses);
    else
        machine_->disconnected(now(), addresses.error().text());
}

void Client::Inside::reached(Socket socket)
{
    connection_ = connections_.add(std::move(socket), *this);
    machine_->connected(now());
}

void Client::Inside::not_reached(std::vector<SocketError> const& errors)
{
    machine_->disconnected(now(), errors.empty() ? "" : errors.front().text());
}

std::size_t Client::Inside::received(ConnectionId, Bytes input)
{
    return machine_->received(input, now());
}

void Client::Inside::ended(ConnectionId, Bytes)
{
    machine_->settle(now());
    leave_if_must(); // it has said why
    if (connections_.find(connection_) == nullptr)
        return;
    connections_.close(connection_, CloseReason::peer_left);
    machine_->disconnected(now(), "the server has ended the connection");
}

void Client::Inside::lost(ConnectionId, Loss const& loss)
{
    machine_->settle(now());
    machine_->disconnected(now(), loss.error == nullptr ? name(loss.reason) : loss.error->text());
}

void Client::Inside::sent(ConnectionId) { }

/// As much as the connection takes without growing large; the rest waits here, and is bounded by what
/// may be unanswered.
void Client::Inside::send_output()
{
    for (;;) {
        connections_.flush();
        Connection const* const connection = connections_.find(connection_);
        Bytes const output = machine_->output();
        if (connection == nullptr or output.empty())
            return;
        std::size_t const waiting = connection->backlog_bytes();
        if (waiting >= limits::backlog_bytes_mark)
            return;
        std::size_t const bytes = std::min(output.size(), limits::backlog_bytes_mark - waiting);
        connections_.send(connection_, output.first(bytes));
        machine_->sent(bytes);
    }
}

void Client::Inside::leave_if_must()
{
    if (machine_->must_disconnect().empty())
        return;
    std::string const words = machine_->must_disconnect();
    connections_.close(connection_, CloseReason::we_left);
    machine_->disconnected(now(), words);
}

void Client::Inside::tell()
{
    for (Happening const& happening : machine_->take_happenings())
        duet::tell(handler_, happening);
}

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
    return std::unique_ptr<Client>(new Client(std::make_unique<Inside>(
        std::move(random), std::move(machine), std::move(*loop), handler)));
}

Client::Client(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) { }

Client::~Client() = default;

void Client::turn(std::chrono::milliseconds at_most)
{
    inside_->turn(at_most);
}

int Client::descriptor() const
{
    return inside_->descriptor();
}

std::optional<std::chrono::steady_clock::time_point> Client::next_deadline() const
{
    return inside_->next_deadline();
}

bool Client::is_enrolled() const
{
    return inside_->machine().is_enrolled();
}

Connectedness Client::connectedness() const
{
    return inside_->machine().connectedness();
}

std::string const& Client::you() const
{
    return inside_->machine().data().you;
}

std::string const& Client::server() const
{
    return inside_->machine().file().server();
}

Client::Result<std::uint64_t> Client::say(
    std::string const& to, std::string const& text, std::string const& key)
{
    auto const said = TRY(say_all({{to, text, key}}));
    return said.front();
}

Client::Result<std::vector<std::uint64_t>> Client::say_all(std::vector<Saying> const& sayings)
{
    auto said = inside_->machine().say(sayings, Inside::now());
    inside_->push();
    return said;
}

void Client::read(std::string const& with, std::uint64_t seq)
{
    inside_->machine().read(with, seq, Inside::now());
    inside_->push();
}

void Client::typing(std::string const& to)
{
    inside_->machine().typing(to);
    inside_->push();
}

// What is stored here

std::optional<Message> Client::own(std::uint64_t say_id) const
{
    return inside_->machine().file().own(SayId {say_id});
}

std::vector<Message> Client::outbox() const
{
    return inside_->machine().file().outbox();
}

std::vector<Message> Client::history(
    std::string const& with, std::uint64_t before, std::size_t limit) const
{
    return inside_->machine().file().history(with, before, limit);
}

std::vector<Message> Client::feed(std::uint64_t from, std::size_t limit) const
{
    return inside_->machine().file().feed(from, limit);
}

std::uint64_t Client::cursor() const
{
    return number(inside_->machine().data().cursor);
}

std::vector<Contact> Client::contacts() const
{
    return inside_->machine().contacts();
}

// What the server is asked

std::uint64_t Client::ask_people()
{
    return inside_->ask(People {"", limits::page_max});
}

std::uint64_t Client::ask_devices()
{
    return inside_->ask(Devices {});
}

std::uint64_t Client::ask_invitation()
{
    return inside_->ask(Invite {});
}

std::uint64_t Client::ask_device_link(bool plain)
{
    return inside_->ask(LinkDevice {plain});
}

std::uint64_t Client::ask_revoke(std::uint64_t device)
{
    return inside_->ask(Revoke {DeviceId {device}});
}

void Client::fetch_older(std::string const& with)
{
    inside_->machine().fetch_older(with);
    inside_->push();
}

} // namespace duet
