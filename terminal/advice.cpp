#include "terminal/advice.hpp"

#include "console/words.hpp"
#include "terminal/exit_code.hpp"

#include <cerrno>
#include <cstdio>

namespace duet {

namespace {

std::string advice(SocketError const& error, Endpoint const& endpoint)
{
    switch (error.code) {
    case ECONNREFUSED:
        return fill(tr("Nobody listens there. On that machine, say: {0}"),
            {endpoint.is_unix() ? "duet listen --plain " + endpoint.text()
                                : "duet listen --plain :" + std::to_string(endpoint.port)});
    case EADDRINUSE:
        return tr("Another program listens there already. Choose another port, or end that one.");
    case EADDRNOTAVAIL:
        return tr("That address is none of this machine's; `ip address` shows them.");
    case EACCES:
        return endpoint.is_unix() ? tr("You may not use a socket there.")
                                  : tr("Ports below 1024 are for the system; choose a higher one.");
    case ENOTSOCK:
        return tr("There is a file of that name, but nobody listens at it.");
    case ENOENT:
        return tr("There is no such path.");
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
        return tr("Is the address right, and does a firewall let the port through?");
    case 0:
        return tr("Is the name spelled right? You can also give an address, such as 192.0.2.7.");
    default:
        return "";
    }
}

void tell(std::string const& text)
{
    std::fputs((text + '\n').c_str(), stderr);
}

} // namespace

int report(SocketError const& error, Endpoint const& endpoint)
{
    tell(tr("Socket error") + ": " + error.text());
    std::string const what_to_do = advice(error, endpoint);
    if (not what_to_do.empty())
        tell(what_to_do);
    return exit_code::failed;
}

} // namespace duet
