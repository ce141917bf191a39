// The plain-lines door alone, without a socket: bytes to lines, and the UTF-8 check within. Held
// against memchr, which finds the ends of the same lines and checks nothing.

#include "base/utf8.hpp"
#include "doors/lines.hpp"

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

namespace {

using duet::as_bytes;
using duet::Bytes;

enum Language : std::int64_t { english, korean };

/// About 256 KiB of lines, as a full read buffer has them.
std::string some_lines(std::int64_t line_bytes, std::int64_t language)
{
    std::string_view const words =
        language == korean ? "안녕하세요 여기 있나요 " : "the quick brown fox jumps over ";
    std::string line;
    while (line.size() + words.size() < static_cast<std::size_t>(line_bytes))
        line += words;
    line.resize(static_cast<std::size_t>(line_bytes) - 1, '.');
    line += '\n';

    std::string lines;
    while (lines.size() < 256 * 1024)
        lines += line;
    return lines;
}

void count_bytes(benchmark::State& state, std::string const& lines)
{
    state.SetBytesProcessed(
        static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(lines.size()));
}

void next_line(benchmark::State& state)
{
    std::string const lines = some_lines(state.range(0), state.range(1));
    while (state.KeepRunning()) {
        Bytes input = as_bytes(lines);
        while (not input.empty())
            input = input.subspan(duet::next_line(input).value().value().used);
    }
    count_bytes(state, lines);
}

void check_utf8(benchmark::State& state)
{
    std::string const lines = some_lines(state.range(0), state.range(1));
    while (state.KeepRunning())
        benchmark::DoNotOptimize(duet::check_utf8(as_bytes(lines)));
    count_bytes(state, lines);
}

void memchr_alone(benchmark::State& state)
{
    std::string const lines = some_lines(state.range(0), state.range(1));
    while (state.KeepRunning()) {
        std::string_view input = lines;
        while (not input.empty()) {
            auto const* const end =
                static_cast<char const*>(std::memchr(input.data(), '\n', input.size()));
            input.remove_prefix(static_cast<std::size_t>(end - input.data()) + 1);
            benchmark::DoNotOptimize(input);
        }
    }
    count_bytes(state, lines);
}

} // namespace

BENCHMARK(next_line)->Args({80, english})->Args({80, korean})->Args({16384, english});
BENCHMARK(check_utf8)->Args({80, english})->Args({80, korean});
BENCHMARK(memchr_alone)->Args({80, english});
