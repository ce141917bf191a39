#include "net/arrival.hpp"

#include <linux/sockios.h>
#include <linux/tcp.h> // the C library's own tcp_info ends before the window
#include <netinet/in.h>
#include <sys/ioctl.h>

namespace duet {

namespace {

std::size_t unacknowledged(int socket)
{
    int bytes = 0;
    if (::ioctl(socket, SIOCOUTQ, &bytes) != 0)
        return 0; // the connection is gone
    return static_cast<std::size_t>(bytes);
}

} // namespace

Arrival look_at_arrival(Socket const& socket)
{
    Arrival arrival {unacknowledged(socket.number()), {}, false, 0};
    tcp_info info {};
    socklen_t bytes = sizeof info;
    if (::getsockopt(socket.number(), IPPROTO_TCP, TCP_INFO, &info, &bytes) != 0) {
        arrival.window_is_closed = not arrival.is_complete();
        return arrival;
    }
    arrival.since_heard = std::chrono::milliseconds(info.tcpi_last_ack_recv);
    // Something waits and nothing is on its way: the other side has no room for it.
    arrival.window_is_closed = not arrival.is_complete() and info.tcpi_unacked == 0;
    arrival.unanswered_probes = info.tcpi_probes;
    return arrival;
}

} // namespace duet
