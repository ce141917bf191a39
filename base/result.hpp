// A value, or the reason why there is none.
//
// What a peer or the world does wrong is a value (docs/decisions/0002-errors.md): a function that can
// fail says so in its type, and nothing in duet throws. Only this file knows that Result is
// std::expected.

#pragma once

#include <expected>
#include <utility>

namespace duet {

/// What can be wrong with what a peer or a user says. One list for all of duet; `sentence` has the
/// words.
enum class Error {
    // lines
    line_too_long, // more than limits::line_bytes_max bytes without their \n
    not_utf8,      // bytes that are no UTF-8 (RFC 3629)

    // endpoints
    port_alone,         // "8000": the system would take it for an address
    port_not_a_number,  // "host:http"
    port_out_of_range,  // "host:65536"
    bracket_not_closed, // "[::1"
    host_too_long,
    path_missing, // "unix:"
    path_too_long,
};

/// A sentence for the reader, without a full stop: "the line is longer than 16384 bytes".
char const* sentence(Error error);

template <typename Value, typename Reason = Error>
using Result = std::expected<Value, Reason>;

/// The other half of a Result: `return fail(Error::not_utf8);`
template <typename Reason>
std::unexpected<Reason> fail(Reason reason)
{
    return std::unexpected<Reason>(std::move(reason));
}

} // namespace duet

/// Takes the value of a Result, or leaves the function with its error. One TRY to a statement.
// A statement expression, which both our compilers have: only so can an expression return.
#define TRY(expression)                                                                            \
    __extension__({                                                                                \
        auto try_result_ = (expression);                                                           \
        if (not try_result_.has_value())                                                           \
            return ::duet::fail(std::move(try_result_).error());                                   \
        std::move(try_result_).value();                                                            \
    })

/// The same where there is no value, only a reason.
#define TRY_VOID(expression)                                                                       \
    do {                                                                                           \
        if (auto try_result_ = (expression); not try_result_.has_value())                          \
            return ::duet::fail(std::move(try_result_).error());                                   \
    } while (false)
