#include "net/resolver.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <memory>
#include <thread>
#include <type_traits>

namespace duet {

namespace {

/// What the thread has to say, in one packet.
struct Answer {
    int code = 0;                   // SocketError::code
    std::array<char, 256> words {}; // SocketError::words, with a NUL; empty if there are addresses
    std::size_t count = 0;
    alignas(Address) std::array<std::byte, limits::addresses_max * sizeof(Address)> addresses;
};
static_assert(std::is_trivially_copyable_v<Address>);

std::unique_ptr<Answer> look_up(Endpoint const& endpoint)
{
    auto answer = std::make_unique<Answer>();
    auto const addresses = resolve(endpoint, Purpose::call);
    if (not addresses.has_value()) {
        std::string const& words = addresses.error().words;
        answer->code = addresses.error().code;
        words.copy(answer->words.data(), answer->words.size() - 1);
        return answer;
    }
    answer->count = addresses->size();
    std::memcpy(answer->addresses.data(), addresses->data(), addresses->size() * sizeof(Address));
    return answer;
}

std::vector<Address> addresses_of(Answer const& answer)
{
    std::vector<Address> addresses;
    for (std::size_t i = 0; i < std::min(answer.count, limits::addresses_max); ++i) {
        std::array<std::byte, sizeof(Address)> bytes;
        std::memcpy(bytes.data(), answer.addresses.data() + i * sizeof(Address), sizeof(Address));
        addresses.push_back(std::bit_cast<Address>(bytes));
    }
    return addresses;
}

/// The thread takes no signals: they are the loop's.
void start_thread(Endpoint endpoint, Descriptor reply)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    std::thread([endpoint = std::move(endpoint), reply = std::move(reply)] {
        auto const answer = look_up(endpoint);
        ::send(reply.number(), answer.get(), sizeof *answer, MSG_NOSIGNAL);
    }).detach();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace

Resolver::Resolver(Loop& loop, ResolverHandler& handler) : loop_(loop), handler_(handler) { }

Resolver::~Resolver()
{
    stop();
}

void Resolver::resolve(Endpoint const& endpoint)
{
    check(not answer_.is_open());
    if (resolves_at_once(endpoint))
        return handler_.resolved(duet::resolve(endpoint, Purpose::call));

    std::array<int, 2> pair {};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return handler_.resolved(fail(socket_error("look up", endpoint.host)));
    name_ = endpoint.host;
    answer_ = Descriptor(pair[0]);
    watch_ = loop_.watch(answer_.number(), Interest::reading, *this);
    start_thread(endpoint, Descriptor(pair[1]));
}

void Resolver::ready(Tag, Ready)
{
    auto answer = std::make_unique<Answer>();
    ssize_t const bytes = ::recv(answer_.number(), answer.get(), sizeof *answer, 0);
    stop();
    if (bytes != sizeof *answer)
        return handler_.resolved(fail(SocketError {"look up", name_, 0, "no answer came"}));
    if (answer->words.front() != '\0') {
        SocketError const error {"look up", name_, answer->code, answer->words.data()};
        return handler_.resolved(fail(error));
    }
    handler_.resolved(addresses_of(*answer));
}

void Resolver::stop()
{
    if (not answer_.is_open())
        return;
    loop_.unwatch(watch_);
    answer_.close();
}

} // namespace duet
