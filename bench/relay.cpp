// The limit that a server is held against: it joins each two connections that come one after the other,
// and hands what the first of them says to the second. Nothing is understood, nobody is known.
//
//     bench_relay           and nothing is kept
//     bench_relay FILE      and what came in a turn is first appended to FILE and synced, once for all
//
// Prints its port, and runs until it is killed.

#include "bench/bare.hpp"
#include "bench/measure.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace duet::bench {

namespace {

constexpr int events_max = 512;

class Relay {
public:
    explicit Relay(char const* path)
        : epoll_(must(::epoll_create1(EPOLL_CLOEXEC), "make an epoll"))
        , listener_(bare_listen())
        , room_(256 * 1024)
    {
        if (path != nullptr)
            file_ = Descriptor(
                must(::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600), "open"));
        watch(listener_.descriptor.number());
        std::printf("%u\n", listener_.port);
        std::fflush(stdout);
    }

    void turn()
    {
        std::array<epoll_event, events_max> events;
        int const count =
            must(::epoll_wait(epoll_.number(), events.data(), events_max, -1), "wait");
        batch_.clear();
        outputs_.clear();
        for (int i = 0; i < count; ++i) {
            int const socket = events[static_cast<std::size_t>(i)].data.fd;
            if (socket == listener_.descriptor.number())
                accept();
            else
                receive(socket);
        }
        if (file_.is_open() and not batch_.empty()) {
            must(::write(file_.number(), batch_.data(), batch_.size()), "write");
            must(::fdatasync(file_.number()), "sync");
        }
        for (auto const& [socket, bytes] : outputs_)
            send_all(socket, std::string_view(batch_).substr(bytes.first, bytes.second));
    }

private:
    void watch(int socket)
    {
        epoll_event event {.events = EPOLLIN, .data = {.fd = socket}};
        must(::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, socket, &event), "watch");
    }

    void accept()
    {
        int const socket = must(
            ::accept4(listener_.descriptor.number(), nullptr, nullptr, SOCK_CLOEXEC), "accept");
        watch(socket);
        if (alone_ < 0) {
            alone_ = socket;
            return;
        }
        partners_[alone_] = socket;
        partners_[socket] = alone_;
        alone_ = -1;
    }

    void receive(int socket)
    {
        auto const count = ::recv(socket, room_.data(), room_.size(), 0);
        std::string_view const bytes(room_.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
        if (bytes.empty()) { // ended, or reset: the run is over
            must(::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, socket, nullptr), "unwatch");
            return;
        }
        outputs_.push_back({partners_.at(socket), {batch_.size(), bytes.size()}});
        batch_ += bytes;
    }

    Descriptor epoll_;
    BareListener listener_;
    Descriptor file_;
    std::vector<char> room_;
    std::map<int, int> partners_;
    int alone_ = -1;
    std::string batch_;
    std::vector<std::pair<int, std::pair<std::size_t, std::size_t>>> outputs_;
};

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    duet::bench::raise_descriptor_limit();
    duet::bench::Relay relay(count > 1 ? values[1] : nullptr);
    while (true)
        relay.turn();
}
