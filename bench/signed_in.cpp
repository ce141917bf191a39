// What a signed-in device that says nothing costs in the memory of a server.
//
//     bench_signed_in PORT SECRET COUNT PID
//
// COUNT people come in by invitations of the first, whose SECRET is given; then all their devices sign in
// and stay. Measured is the proportional set size (PSS) of the server, whose process is PID, when nobody
// is connected and when all are.

#include "bench/device.hpp"
#include "bench/measure.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace duet::bench {

namespace {

constexpr std::uint32_t first_source = 0x7F646465; // 127.100.100.101
constexpr std::size_t callers_each_source = 6'000;

/// For the server's index to take what it was told, and for goodbyes.
constexpr std::chrono::seconds rest {3};

std::size_t proportional_set_size(std::string const& process)
{
    std::ifstream rollup("/proc/" + process + "/smaps_rollup");
    for (std::string word; rollup >> word;) {
        std::size_t kilobytes = 0;
        if (word == "Pss:" and rollup >> kilobytes)
            return kilobytes * 1024;
    }
    stop("the system does not tell the proportional set size");
}

std::uint32_t source_of(std::size_t i)
{
    return first_source + static_cast<std::uint32_t>(i / callers_each_source);
}

void measure(
    std::uint16_t port, std::string const& secret, std::size_t count, std::string const& process)
{
    std::vector<Device> devices(count);
    {
        Device first;
        first.connect(port);
        first.enrol(secret, "first");
        first.sign_in();
        for (std::size_t i = 0; i < count; ++i) {
            devices[i].connect(port, source_of(i));
            devices[i].enrol(first.invite(), "p" + std::to_string(i));
            devices[i].give_away();
        }
    }
    std::this_thread::sleep_for(rest);
    std::size_t const before = proportional_set_size(process);
    for (std::size_t i = 0; i < count; ++i) {
        devices[i].connect(port, source_of(i));
        devices[i].sign_in();
    }
    std::this_thread::sleep_for(rest);
    std::size_t const after = proportional_set_size(process);
    tell("devices", static_cast<double>(count));
    tell("bytes_each",
        (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(count));
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    if (count != 5)
        stop("bench_signed_in PORT SECRET COUNT PID");
    raise_descriptor_limit();
    auto const number = [&](int i) { return std::strtoul(values[i], nullptr, 10); };
    measure(static_cast<std::uint16_t>(number(1)), values[2], number(3), values[4]);
}
