// A value, or the reason why there is none.
//
// What a peer or the world does wrong is a value (docs/decisions/0002-errors.md): a function that can
// fail says so in its type, and nothing in duet throws. Only this file knows that Result is
// std::expected.

#pragma once

#include <expected>
#include <optional>
#include <string_view>
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
    address_range_wrong, // "10.0.0.0/33", a name

    // what machines say before anybody speaks
    proxy_header_wrong, // not the PROXY protocol, version 2
    http_malformed,     // no HTTP/1.1 request
    http_head_too_long,

    // links, codes and phrases
    link_malformed,
    code_malformed,
    code_incomplete, // "7": its name alone, without its secret
    word_unknown,    // not in pairing/words.hpp
    phrase_incomplete,
    phrase_mistyped, // its checksum does not fit

    // the form of a request
    not_json, // the line is no JSON object (RFC 8259), or something follows it
    field_missing,
    field_doubled,
    field_wrong,       // of another type, or out of its range
    control_character, // in a text: all but \n and \t are refused
    text_too_long,
    text_empty,
    unknown_request,

    // who may ask
    version_unknown,
    not_encrypted, // a device's language, where it is spoken inside TLS alone
    not_signed_in,
    out_of_order, // hello twice, a second sign-in
    proof_wrong,
    device_unknown,
    device_revoked,
    secret_unknown, // never given out, used by another key, or too old: all alike
    handle_wrong,
    handle_taken,
    devices_full,
    recovery_missing, // who comes by a recovery phrase must bring another
    not_confirmed,    // by another device of the same person
    signed_in_too_late,

    // what may be
    not_connected, // with whoever has that handle, or nobody has it: all alike
    not_reachable, // a contact who has left, was erased, or blocks: all alike
    blocked,       // by whoever asks
    to_oneself,
    kind_unknown,
    over_quota,
    no_such_entry,
    request_waiting, // there is no answer to the one before
    requests_full,
    already_connected,
    no_such_request,
    not_permitted, // to invite: the operator alone does it here
    feed_ahead,    // `got` of what was not sent
    feed_backwards,

    // not now
    n_skipped, // an n beyond the next
    too_fast,
    window_full,
    store_full,

    // why a connection ends
    replaced, // the same device has signed in elsewhere
    revoked,
    suspended,
    silent_too_long,
    too_slow,
    moved, // the server is at another address now
    server_stopping,
};

/// A sentence for the reader, without a full stop: "the line is longer than 16384 bytes".
char const* sentence(Error error);

/// Its one word on the wire and in the log: "line_too_long".
char const* word(Error error);

/// The error of that word; nullopt if there is none.
std::optional<Error> error_of(std::string_view word);

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
        *std::move(try_result_);                                                                   \
    })

/// The same where there is no value, only a reason.
#define TRY_VOID(expression)                                                                       \
    do {                                                                                           \
        if (auto try_result_ = (expression); not try_result_.has_value())                          \
            return ::duet::fail(std::move(try_result_).error());                                   \
    } while (false)
