// A line each, in turns, over a socket that waits: what both halves of the oldest chat do.

#pragma once

#include "doors/lines.hpp"
#include "net/socket.hpp"

#include <array>
#include <iostream>

namespace duet {

/// A terminal obeys control characters, so those of somebody else become question marks.
inline std::string shown(std::string_view text)
{
    std::string safe;
    for (char const letter : text) {
        auto const byte = static_cast<unsigned char>(letter);
        if (safe.ends_with('\xC2') and byte < 0xA0)
            safe.back() = '?'; // U+0080 to U+009F: two bytes, of which the first is there already
        else
            safe += (byte < 0x20 and byte != '\t') or byte == 0x7F ? '?' : letter;
    }
    return safe;
}

/// Waits for the other's next line and shows it. `heard` keeps what came behind it for the next time.
/// False at the end: the line was `quit`, or there is none.
inline SocketResult<bool> hear(Socket const& socket, std::string_view prefix, std::string& heard)
{
    std::array<std::byte, 4096> room {};
    for (;;) {
        auto const line = next_line(as_bytes(heard));
        if (not line.has_value())
            return fail(SocketError {"understand", socket.peer(), 0, sentence(line.error())});
        if (line->has_value()) {
            std::string const text((*line)->text);
            heard.erase(0, (*line)->used);
            std::cout << prefix << shown(text) << '\n' << std::flush;
            return not is_quit(text);
        }
        std::size_t const bytes = TRY(socket.receive(room)).value_or(0);
        if (bytes == 0 and heard.empty())
            return false;
        // At the end of all, a last line may lack its own end.
        heard += bytes == 0 ? "\n" : as_text(Bytes(room).first(bytes));
    }
}

/// Asks for a line and sends it. False at the end: the line was `quit`, or there is none.
inline SocketResult<bool> say(Socket const& socket)
{
    std::string text;
    std::cout << "Message >> " << std::flush;
    if (not std::getline(std::cin, text)) {
        std::cout << '\n' << std::flush; // Ctrl-D leaves the cursor behind the prompt
        return false;
    }
    if (auto const line = last_line(as_bytes(text)); not line.has_value())
        return fail(SocketError {"send to", socket.peer(), 0, sentence(line.error())});
    TRY_VOID(socket.send(as_bytes(text + '\n')));
    return not is_quit(text);
}

} // namespace duet
