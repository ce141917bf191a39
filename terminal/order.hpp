// What somebody wants of their device: one verb of the command line, ready to be carried out.
//
// It is carried out by whichever process holds the profile, so it can be written on a line of JSON and
// read again there; nothing in it depends on where it was typed.

#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "doors/json_value.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace duet {

struct Order {
    enum class Verb : std::uint8_t {
        say,
        watch,
        history,
        people,
        invite,
        devices,
        revoke,
        link_device,
        export_all,
        talk,
        confirm,
        accept,
        refuse,
        block,
        unblock,
        delete_talk,
        report,
        recovery,
        leave,
        settings,
        key_of,
    };
    /// What `say` waits for.
    enum class Until : std::uint8_t { sent, delivered, read };

    Verb verb = Verb::people;
    std::string person; // say, history, talk
    std::string text;   // say; confirm: the device's name
    std::string key;    // say: the same key is the same message
    Until until = Until::sent;
    bool is_json = false;
    bool is_plain = false;    // link_device
    bool is_verbose = false;  // say
    bool ends_typing = false; // talk: somebody sits at a keyboard, whose end is the talk's
    std::optional<std::uint64_t> from = {};       // watch, talk: the first feed number to show
    std::optional<std::uint64_t> limit = {};      // history
    std::optional<std::uint64_t> timeout_ms = {}; // none: as long as it takes, or what is usual
    std::string setting = {};                     // settings: empty: they are shown
    std::uint64_t seq = 0;                        // report
    std::uint64_t device = 0;                     // revoke
    std::string path;                             // export_all: absolute
};

/// Writes an order as a line of JSON onto the end of `line`.
void write_order(std::string& line, Order const& order);

/// Errors  those of the fields: field_missing, field_wrong.
Result<Order> read_order(JsonObject const& object);

} // namespace duet
