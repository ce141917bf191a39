// A verb of duetd at work: it asks the server that runs, by its admin socket.

#pragma once

#include "base/result.hpp"
#include "net/descriptor.hpp"
#include "net/socket.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace duet {

/// Why no server was reached.
struct NoServer {
    bool is_sure; // none runs there; otherwise nobody knows
    std::string words;
};

/// The server of a data directory.
Result<Socket, NoServer> call_the_server(std::string const& data);

/// What to do with a file that the server hands over; gives the exit code. Nothing more is read then.
using FileTaker = std::function<int(Descriptor file)>;

/// Says `line` (server/admin_words.hpp) to the server, prints what it answers, and gives the exit code.
int ask_the_server(Socket const& server, std::string_view line, FileTaker const& take_file = {});

/// The same, or says that none runs.
int ask_the_server(std::string const& data, std::string_view line);

/// Prints one line of an answer; gives the exit code if it is the last.
std::optional<int> print_answer(std::string_view line);

} // namespace duet
