// Why a socket could not do what it was asked: what was tried, on which endpoint, and the system's
// own words. A value, as every error of the world is.

#pragma once

#include "base/result.hpp"

#include <string>

namespace duet {

struct SocketError {
    char const* tried;    // "connect to", "listen on", "receive from": the endpoint follows
    std::string endpoint; // as Endpoint::text or Address::text gives it
    int code;             // errno, or 0 where it has no number (a name that nobody knows)
    std::string words;    // the system's: "Connection refused"

    /// "connect to 127.0.0.1:8000: Connection refused"
    [[nodiscard]] std::string text() const;
};

/// The error that errno (or `code`) speaks of.
SocketError socket_error(char const* tried, std::string endpoint);
SocketError socket_error(char const* tried, std::string endpoint, int code);

template <typename Value>
using SocketResult = Result<Value, SocketError>;

} // namespace duet
