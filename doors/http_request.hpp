// The head of an HTTP/1.1 request (RFC 9112), as far as a server needs it that answers questions and takes
// nothing: what is asked for, and where the head ends.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace duet {

struct HttpRequest {
    std::string_view method; // "GET"; letters A to Z
    std::string_view target; // "/metrics"; printable ASCII
    bool has_body;           // something follows the head: the connection cannot be used again
    std::size_t used;        // bytes of the input that the head took
};

/// Reads one head: the line of the request, its fields, the empty line.
///
/// Shape   lines that end with \r\n (a bare \n is taken too), at most limits::http_head_bytes_max in all. A field is a
///         name, a colon, a value; one that is folded over two lines is refused.
/// Gives   views into `input`; nullopt while more must come.
/// Errors  http_head_too_long, http_malformed: close the connection.
Result<std::optional<HttpRequest>> read_http_request(Bytes input);

} // namespace duet
