#include "base/result.hpp"

#include <algorithm>
#include <iterator>

namespace duet {

namespace {

struct Named {
    Error error;
    char const* word;
};

constexpr Named named[] = {
    {Error::line_too_long, "line_too_long"},
    {Error::not_utf8, "not_utf8"},
    {Error::port_alone, "port_alone"},
    {Error::port_not_a_number, "port_not_a_number"},
    {Error::port_out_of_range, "port_out_of_range"},
    {Error::bracket_not_closed, "bracket_not_closed"},
    {Error::host_too_long, "host_too_long"},
    {Error::path_missing, "path_missing"},
    {Error::path_too_long, "path_too_long"},
    {Error::link_malformed, "link_malformed"},
    {Error::code_malformed, "code_malformed"},
    {Error::code_incomplete, "code_incomplete"},
    {Error::word_unknown, "word_unknown"},
    {Error::phrase_incomplete, "phrase_incomplete"},
    {Error::phrase_mistyped, "phrase_mistyped"},
    {Error::address_range_wrong, "address_range_wrong"},
    {Error::proxy_header_wrong, "proxy_header_wrong"},
    {Error::http_malformed, "http_malformed"},
    {Error::http_head_too_long, "http_head_too_long"},
    {Error::not_json, "not_json"},
    {Error::field_missing, "field_missing"},
    {Error::field_doubled, "field_doubled"},
    {Error::field_wrong, "field_wrong"},
    {Error::control_character, "control_character"},
    {Error::text_too_long, "text_too_long"},
    {Error::text_empty, "text_empty"},
    {Error::unknown_request, "unknown_request"},
    {Error::version_unknown, "version_unknown"},
    {Error::not_encrypted, "not_encrypted"},
    {Error::not_signed_in, "not_signed_in"},
    {Error::out_of_order, "out_of_order"},
    {Error::proof_wrong, "proof_wrong"},
    {Error::device_unknown, "device_unknown"},
    {Error::device_revoked, "device_revoked"},
    {Error::secret_unknown, "secret_unknown"},
    {Error::handle_wrong, "handle_wrong"},
    {Error::handle_taken, "handle_taken"},
    {Error::devices_full, "devices_full"},
    {Error::recovery_missing, "recovery_missing"},
    {Error::not_confirmed, "not_confirmed"},
    {Error::signed_in_too_late, "signed_in_too_late"},
    {Error::not_connected, "not_connected"},
    {Error::not_reachable, "not_reachable"},
    {Error::blocked, "blocked"},
    {Error::to_oneself, "to_oneself"},
    {Error::kind_unknown, "kind_unknown"},
    {Error::over_quota, "over_quota"},
    {Error::no_such_entry, "no_such_entry"},
    {Error::request_waiting, "request_waiting"},
    {Error::requests_full, "requests_full"},
    {Error::already_connected, "already_connected"},
    {Error::no_such_request, "no_such_request"},
    {Error::not_permitted, "not_permitted"},
    {Error::feed_ahead, "feed_ahead"},
    {Error::feed_backwards, "feed_backwards"},
    {Error::n_skipped, "n_skipped"},
    {Error::too_fast, "too_fast"},
    {Error::window_full, "window_full"},
    {Error::store_full, "store_full"},
    {Error::replaced, "replaced"},
    {Error::revoked, "revoked"},
    {Error::suspended, "suspended"},
    {Error::silent_too_long, "silent_too_long"},
    {Error::too_slow, "too_slow"},
    {Error::moved, "moved"},
    {Error::server_stopping, "server_stopping"},
};

} // namespace

char const* word(Error error)
{
    auto const found = std::ranges::find(named, error, &Named::error);
    return found == std::ranges::end(named) ? "unknown" : found->word;
}

std::optional<Error> error_of(std::string_view word)
{
    auto const found =
        std::ranges::find_if(named, [word](Named const& one) { return one.word == word; });
    return found == std::ranges::end(named) ? std::nullopt : std::optional(found->error);
}

char const* sentence(Error error)
{
    switch (error) {
    case Error::line_too_long:
        return "the line is longer than 16384 bytes";
    case Error::not_utf8:
        return "the line is not UTF-8";
    case Error::port_alone:
        return "a port alone is no address; put a colon before it (:8000)";
    case Error::port_not_a_number:
        return "the port is not a number";
    case Error::port_out_of_range:
        return "the port is not between 0 and 65535";
    case Error::bracket_not_closed:
        return "the bracket is not closed; an IPv6 address is written [::1]:8000";
    case Error::host_too_long:
        return "the host is longer than 255 bytes";
    case Error::path_missing:
        return "the path is missing after unix:";
    case Error::path_too_long:
        return "the path is longer than 107 bytes";
    case Error::link_malformed:
        return "this is no whole link";
    case Error::code_malformed:
        return "this is no code; one looks like 7-sunset-guitar or 7-0849-0033";
    case Error::code_incomplete:
        return "the code is not complete: its two words are its secret";
    case Error::word_unknown:
        return "a word is none of those that codes and phrases are made of";
    case Error::phrase_incomplete:
        return "a recovery phrase has 13 words";
    case Error::phrase_mistyped:
        return "a word of the phrase is mistyped";
    case Error::address_range_wrong:
        return "this is no address and no range of them, as 192.0.2.1 or 10.0.0.0/8";
    case Error::proxy_header_wrong:
        return "this is not the PROXY protocol, version 2";
    case Error::http_malformed:
        return "this is no HTTP request";
    case Error::http_head_too_long:
        return "the head of the request is too long";
    case Error::not_json:
        return "the line is not one JSON object";
    case Error::field_missing:
        return "a field is missing";
    case Error::field_doubled:
        return "a field stands there twice";
    case Error::field_wrong:
        return "a field has the wrong type or is out of its range";
    case Error::control_character:
        return "the text has a control character in it";
    case Error::text_too_long:
        return "the text is too long";
    case Error::text_empty:
        return "the text is empty";
    case Error::unknown_request:
        return "there is no such request";
    case Error::version_unknown:
        return "this version of the protocol is not spoken here";
    case Error::not_encrypted:
        return "devices are heard over TLS alone";
    case Error::not_signed_in:
        return "sign in first";
    case Error::out_of_order:
        return "that was said already on this connection";
    case Error::proof_wrong:
        return "the proof does not fit the identity";
    case Error::device_unknown:
        return "no device has this identity";
    case Error::device_revoked:
        return "this device was revoked";
    case Error::secret_unknown:
        return "this secret is unknown, used or too old";
    case Error::handle_wrong:
        return "a handle is 1 to 32 of a-z, 0-9, dot, dash and underline, and begins with a letter "
               "or "
               "digit";
    case Error::handle_taken:
        return "this handle is taken";
    case Error::devices_full:
        return "this person has too many devices; revoke one first";
    case Error::recovery_missing:
        return "a new recovery phrase must be brought with the old one";
    case Error::not_confirmed:
        return "no other device of the same person has said yes";
    case Error::signed_in_too_late:
        return "the time to sign in is over";
    case Error::not_connected:
        return "you are not connected with anybody of that name";
    case Error::not_reachable:
        return "this person cannot be reached";
    case Error::blocked:
        return "you have blocked this person";
    case Error::to_oneself:
        return "nobody can talk to themselves here";
    case Error::kind_unknown:
        return "there is no such kind of message";
    case Error::over_quota:
        return "the space for this person's messages is used up";
    case Error::no_such_entry:
        return "there is no such entry";
    case Error::request_waiting:
        return "your request waits for an answer";
    case Error::requests_full:
        return "too many of your requests wait for an answer";
    case Error::already_connected:
        return "you are connected already";
    case Error::no_such_request:
        return "nobody of that name waits for your answer";
    case Error::not_permitted:
        return "this is the operator's to do here";
    case Error::feed_ahead:
        return "more was confirmed than was sent";
    case Error::feed_backwards:
        return "the confirmed number went backwards";
    case Error::n_skipped:
        return "a number was left out";
    case Error::too_fast:
        return "too fast";
    case Error::window_full:
        return "too many are unanswered";
    case Error::store_full:
        return "the store is full";
    case Error::replaced:
        return "the same device has signed in elsewhere";
    case Error::revoked:
        return "the device was revoked";
    case Error::suspended:
        return "the operator has suspended this person";
    case Error::silent_too_long:
        return "nothing was heard for too long";
    case Error::too_slow:
        return "what was sent was not taken";
    case Error::moved:
        return "the server has moved";
    case Error::server_stopping:
        return "the server is stopping";
    }
    return "an error without a name";
}

} // namespace duet
