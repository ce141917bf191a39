// The two ends of a pipeline that carries very much text:
//
//     bench_bulk pour BYTES [ko]    writes lines of 80 bytes to standard output, BYTES in all or a few less
//     bench_bulk drain BYTES [ko]   reads standard input to its end, and is content if it is exactly that
//
// The lines are a block that is repeated, so that pouring and comparing cost next to nothing beside
// what is measured. With `ko` they are Korean: three bytes to most letters.

#include "bench/measure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace duet::bench {

namespace {

constexpr std::size_t line_bytes = 80; // with its end
constexpr std::size_t block_lines = 4096;
constexpr std::size_t read_bytes = 64 * 1024; // what a pipe holds

/// Line `number`: no two in a block are the same, and each is exactly line_bytes long.
std::string line(std::size_t number, bool is_korean)
{
    std::string text = std::to_string(number) + ' ';
    std::string_view const words =
        is_korean ? "안녕하세요 여기 있나요 " : "the quick brown fox jumps over the lazy dog ";
    while (text.size() + words.size() < line_bytes)
        text += words;
    text.resize(line_bytes - 1, '.');
    return text + '\n';
}

std::string block(bool is_korean)
{
    std::string block;
    for (std::size_t i = 0; i < block_lines; ++i)
        block += line(i, is_korean);
    return block;
}

std::size_t whole_lines(std::size_t bytes)
{
    return bytes - bytes % line_bytes;
}

void pour(std::size_t bytes, std::string_view block)
{
    for (std::size_t poured = 0; poured < bytes;) {
        auto const rest = block.substr(poured % block.size(), bytes - poured);
        poured += static_cast<std::size_t>(
            must(::write(STDOUT_FILENO, rest.data(), std::min(rest.size(), read_bytes)), "write"));
    }
}

void drain(std::size_t bytes, std::string_view block)
{
    std::vector<char> room(read_bytes);
    std::size_t drained = 0;
    for (;;) {
        auto const came =
            static_cast<std::size_t>(must(::read(STDIN_FILENO, room.data(), room.size()), "read"));
        if (came == 0)
            break;
        for (std::size_t at = 0; at < came;) {
            auto const expected = block.substr((drained + at) % block.size(), came - at);
            if (std::memcmp(room.data() + at, expected.data(), expected.size()) != 0)
                stop("what came is not what was sent");
            at += expected.size();
        }
        drained += came;
    }
    if (drained != bytes)
        stop(("only " + std::to_string(drained) + " bytes came").c_str());
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    if (count < 3)
        stop("pour or drain, and how many bytes?");
    std::string_view const verb = values[1];
    std::size_t const bytes = whole_lines(std::strtoul(values[2], nullptr, 10));
    std::string const lines = block(count > 3 and std::string_view(values[3]) == "ko");
    if (verb == "pour")
        pour(bytes, lines);
    else
        drain(bytes, lines);
}
