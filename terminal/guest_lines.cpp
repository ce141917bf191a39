#include "terminal/guest_lines.hpp"

#include "doors/json_writer.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace duet {

std::string line_of(std::string_view type)
{
    std::string line;
    JsonWriter(line, type).end();
    return line;
}

std::string line_of(std::string_view type, std::string_view text)
{
    std::string line;
    JsonWriter(line, type).text("text", text).end();
    return line;
}

std::string line_of(std::string_view type, char const* key, std::uint64_t number)
{
    std::string line;
    JsonWriter(line, type).number(key, number).end();
    return line;
}

std::optional<pid_t> own_peer(int socket)
{
    ucred peer {};
    socklen_t bytes = sizeof peer;
    bool const is_known = ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) == 0;
    if (not is_known or peer.uid != ::geteuid())
        return std::nullopt;
    return peer.pid;
}

bool has_left(int socket)
{
    pollfd look {socket, POLLRDHUP, 0};
    return ::poll(&look, 1, 0) > 0 and (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

} // namespace duet
