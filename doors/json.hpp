// The JSON-lines door: requests and events as JSON objects, one a line (docs/protocol.md).
//
// Both directions of both: a server decodes requests and encodes events, a device the other way round,
// and a test holds decode(encode(x)) to x. What is unknown is passed over where the protocol says so:
// unknown fields always, unknown events by giving nothing.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/event.hpp"
#include "core/request.hpp"
#include "doors/json_value.hpp"

#include <optional>
#include <string>

namespace duet {

class JsonDoor {
public:
    /// One line, without its end.
    /// Gives   UnknownRequest for a type that is not known here.
    /// Errors  not_json, not_utf8, field_*: close.
    Result<Request> decode_request(Bytes line);

    /// As above; for an event of a type that is not known here nullopt, or an UnknownEvent if it has a
    /// feed number, since that counts.
    Result<std::optional<Event>> decode_event(Bytes line);

private:
    JsonReader reader_;
};

/// Appends one line, its end included.
void encode(Request const& request, std::string& output);
void encode(Event const& event, std::string& output);

} // namespace duet
