// The plain-lines door: UTF-8 text, a line each, for netcat, telnet and everybody.
//
// No greeting and no framing: the first line is the first message. What comes out of here is valid
// UTF-8, and nothing else in duet looks again. Control characters are text; to show them safely is
// the matter of whoever shows them.

#pragma once

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace duet {

/// One line, seen in the bytes that it came in.
struct Line {
    std::string_view text; // valid UTF-8, without its end
    std::size_t used;      // bytes of the input that it took, its end included
};

/// Finds the first line of `input`.
///
/// Shape   UTF-8 up to the first \n, at most `bytes_max` bytes; a \r before the \n is dropped and not
///         counted.
/// Gives   the line, a view into `input`; nullopt while more must come, and then `input` is never
///         longer than bytes_max + 1.
/// Errors  line_too_long, not_utf8: this stream cannot be trusted again, so close it.
/// Source  docs/protocol.md, "Plain lines".
Result<std::optional<Line>> next_line(Bytes input, std::size_t bytes_max = limits::line_bytes_max);

/// What stands in `input`, which has no \n, at the end of a stream: a last line without its end.
///
/// Gives   the line; nullopt if `input` is empty.
/// Errors  as next_line.
Result<std::optional<Line>> last_line(Bytes input);

/// Appends the line and its end to `output`. `text` must be a line: valid, short enough, without \n.
void append_line(std::string& output, std::string_view text);

/// True if `text` is the word that ends a talk: `quit` in any letter case, and nothing else.
bool is_quit(std::string_view text);

/// True if `text` looks like the first line of an HTTP request (RFC 9112, section 3): a browser or a
/// scanner that came to the wrong door.
bool is_http_request(std::string_view text);

} // namespace duet
