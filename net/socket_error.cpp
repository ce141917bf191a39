#include "net/socket_error.hpp"

#include <cerrno>
#include <cstring>

namespace duet {

std::string SocketError::text() const
{
    std::string all = tried;
    if (not endpoint.empty())
        all += ' ' + endpoint;
    return all + ": " + words;
}

SocketError socket_error(char const* tried, std::string endpoint)
{
    return socket_error(tried, std::move(endpoint), errno);
}

SocketError socket_error(char const* tried, std::string endpoint, int code)
{
    // GNU's strerror_r, which knows threads and always gives a text.
    char room[128];
    return {tried, std::move(endpoint), code, ::strerror_r(code, room, sizeof room)};
}

} // namespace duet
