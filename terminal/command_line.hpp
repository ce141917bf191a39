// What the user typed, understood.

#pragma once

#include "base/result.hpp"
#include "net/endpoint.hpp"
#include "terminal/direct_talk.hpp"
#include "terminal/join.hpp"
#include "terminal/order.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace duet {

struct Command {
    enum class Verb { listen, call, direct, forget, key, join, order };

    Verb verb = Verb::listen;

    // listen, call: the plain talk
    std::optional<Endpoint> endpoint; // none: 127.0.0.1:8000
    bool is_plain = false;            // --plain was said; otherwise it is direct
    bool keeps_listening = false;     // --keep

    DirectOrder direct;

    // all of them
    std::string log_path;      // empty: no log
    bool logs_details = false; // --verbose

    // join, and all that are an order
    std::string profile = "default";
    JoinOrder join;
    Order order;
    std::optional<std::string> text; // say: none or "-" is standard input
};

/// There is nothing to be done but to say something, and end.
struct FinalWord {
    std::string text;
    int exit_code; // 0: to standard output; otherwise to standard error
};

/// Reads the arguments of main, the program's name first. Never fails: what is wrong becomes a FinalWord.
std::variant<Command, FinalWord> parse_command_line(std::vector<std::string> const& arguments);

} // namespace duet
