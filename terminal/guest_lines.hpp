// What a guest and the process that holds the profile say to each other: lines of JSON.
//
//     holder  {"type":"hello","version":1,"pid":4711}     who I am, and that I am awake
//     guest   {"type":"order","verb":"say", …}            see terminal/order.hpp
//     holder  {"type":"begun"}                            it is being carried out
//     holder  {"type":"out","text":"…"}                   for standard output
//     holder  {"type":"err","text":"…"}                   for standard error
//     holder  {"type":"at","feed":43}                     from here another holder would go on
//     guest   {"type":"line","number":1,"text":"…"}       typed; and {"type":"end"} at the end
//     holder  {"type":"took","number":1}                  it is in the outbox, or was refused
//     holder  {"type":"lost"}                             something typed will never be sent
//     holder  {"type":"exit","code":0}                    it is over
//
// The guest says nothing before `hello`, and a holder begins nothing for a guest whom `begun` did not reach.
// A guest that has waited long enough shuts its receiving side down and reads what is there: if `begun` is
// not among it, nothing was done, and nothing will be. When a holder ends before
// the order has, the guest goes on elsewhere: what it gave has a key, so nothing is done twice.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duet {

inline constexpr std::uint64_t guest_lines_version = 1;

/// So long a guest waits for `hello`, and for `begun`.
inline constexpr std::chrono::milliseconds holder_answer_time_max {2000};

/// A line, with its end, has at most so many bytes. It has room for the longest text, escaped twice.
inline constexpr std::size_t guest_line_bytes_max = 200 * 1024;

// The simple ones, as whole lines.
std::string line_of(std::string_view type);
std::string line_of(std::string_view type, std::string_view text);
std::string line_of(std::string_view type, char const* key, std::uint64_t number);

/// Who is at the other end of a Unix socket, as the kernel knows it. nullopt if it is another user.
std::optional<pid_t> own_peer(int socket);

/// Whether the other end has closed, which shows even while there is something to read.
bool has_left(int socket);

} // namespace duet
