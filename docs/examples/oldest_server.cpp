// The oldest chat there is, the half that listens: a server socket, one caller, a line each in turns.
//
//     oldest_server [ENDPOINT]      (oldest_client.cpp calls it; netcat and duet can, too)
//
// While it is our turn nobody hears the other, and a second caller waits in vain. How both are
// solved is what the rest of duet is about: begin at terminal/plain_listen.cpp.

#include "docs/examples/turns.hpp"
#include "net/listener.hpp"

#include <csignal>

namespace {

using namespace duet;

SocketResult<void> serve(Endpoint const& endpoint)
{
    auto const addresses = TRY(resolve(endpoint, Purpose::listen));
    auto listener = TRY(Listener::create(addresses.front(), Mode::blocking));
    std::cerr << "Server running " << listener.address().text() << '\n';

    auto const caller = listener.accept().socket;
    if (not caller.has_value())
        return fail(socket_error("accept on", endpoint.text(), EMFILE));
    std::cerr << "Client connected " << caller->peer() << '\n';

    std::string heard;
    for (;;) {
        if (not TRY(hear(*caller, "From Client : ", heard)))
            break;
        if (not TRY(say(*caller)))
            break;
    }
    return {}; // and both sockets close here, where their owners end
}

} // namespace

int main(int count, char** words)
{
    std::signal(SIGPIPE, SIG_IGN); // whoever reads our output may leave before us
    auto const endpoint = Endpoint::parse(count > 1 ? words[1] : "127.0.0.1:8000");
    if (not endpoint.has_value()) {
        std::cerr << words[1] << ": " << sentence(endpoint.error()) << '\n';
        return 2;
    }
    auto const served = serve(*endpoint);
    if (not served.has_value()) {
        std::cerr << "Socket error: " << served.error().text() << '\n';
        return 1;
    }
    std::cerr << "Connection closed\n";
    return 0;
}
