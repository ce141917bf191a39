// The law: however a stream is cut, its lines, and the error that ends it, are the same as when it
// comes in one piece; and what must be kept for the next piece is never longer than promised.
//
// The first byte of the input says how many sizes of pieces follow; the rest is the stream, in which a
// byte 0x01 and the one behind it stand for a run of letters about as long as the longest line.

#include "base/check.hpp"
#include "doors/lines.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace duet;

struct Heard {
    std::vector<std::string> lines;
    std::optional<Error> error;
    bool operator==(Heard const&) const = default;
};

/// Takes the lines out of `input`, as every user of the door does; gives how much was used.
std::size_t take_lines(Bytes input, Heard& heard)
{
    std::size_t used = 0;
    for (;;) {
        auto const line = next_line(input.subspan(used));
        if (not line.has_value())
            heard.error = line.error();
        if (not line.has_value() or not line->has_value())
            return used;
        check((*line)->used > (*line)->text.size());
        used += (*line)->used;
        heard.lines.emplace_back((*line)->text);
    }
}

void take_end(Bytes tail, Heard& heard)
{
    if (heard.error.has_value())
        return;
    auto const line = last_line(tail);
    if (not line.has_value())
        heard.error = line.error();
    else if (line->has_value())
        heard.lines.emplace_back((*line)->text);
}

Heard hear_whole(std::string const& stream)
{
    Heard heard;
    std::size_t const used = take_lines(as_bytes(stream), heard);
    take_end(as_bytes(stream).subspan(used), heard);
    return heard;
}

/// Hears the stream in pieces of these sizes, the last of which holds the rest.
Heard hear_cut(std::string_view stream, Bytes sizes)
{
    Heard heard;
    std::string tail;
    while (not stream.empty() and not heard.error.has_value()) {
        std::size_t size = stream.size();
        if (not sizes.empty()) {
            auto const root = std::to_integer<std::size_t>(sizes.front());
            size = std::min(size, 1 + root * root); // small ones and large ones
            sizes = sizes.subspan(1);
        }
        tail += stream.substr(0, size);
        stream.remove_prefix(size);
        tail.erase(0, take_lines(as_bytes(tail), heard));
        check(heard.error.has_value() or tail.size() <= limits::line_bytes_max + 1);
    }
    take_end(as_bytes(tail), heard);
    return heard;
}

std::string stream_of(std::string_view input)
{
    std::string stream;
    for (std::size_t at = 0; at < input.size(); ++at) {
        if (input[at] == '\x01' and at + 1 < input.size()) {
            auto const more = static_cast<unsigned char>(input[++at]);
            stream.append(limits::line_bytes_max - 128 + more, 'x');
        } else {
            stream += input[at];
        }
    }
    return stream;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0)
        return 0;
    Bytes const input = std::as_bytes(std::span(data, size)).subspan(1);
    std::size_t const cuts = std::min<std::size_t>(data[0], input.size());
    std::string const stream = stream_of(as_text(input.subspan(cuts)));

    Heard const whole = hear_whole(stream);
    check(whole == hear_cut(stream, input.first(cuts)));
    check(whole
        == hear_cut(stream, std::vector<std::byte>(std::min<std::size_t>(stream.size(), 2000))));

    for (std::string const& line : whole.lines)
        check(line.size() <= limits::line_bytes_max and line.find('\n') == std::string::npos);
    return 0;
}
