// The oldest chat there is, the half that calls: a client socket, and a line each in turns.
//
//     oldest_client [ENDPOINT]      (oldest_server.cpp listens; netcat and duet can, too)
//
// It waits for an answer to each line, and cannot hear before it has said something. Both at any time
// needs a loop that waits for whatever comes first: begin at terminal/plain_call.cpp.

#include "docs/examples/turns.hpp"
#include "net/socket.hpp"

#include <csignal>

namespace {

using namespace duet;

SocketResult<void> call(Endpoint const& endpoint)
{
    Socket const server = TRY(Socket::connect_blocking(endpoint));

    std::string heard;
    for (;;) {
        if (not TRY(say(server)))
            break;
        if (not TRY(hear(server, "From Server: ", heard)))
            break;
    }
    return {}; // and the socket closes here, where its owner ends
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
    auto const called = call(*endpoint);
    if (not called.has_value()) {
        std::cerr << "Socket error: " << called.error().text() << '\n';
        return 1;
    }
    std::cerr << "Disconnected from server\n";
    return 0;
}
