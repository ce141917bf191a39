// Where a device lives on this machine, and where the process that holds it is met.
//
// Data: $XDG_DATA_HOME/duet/NAME (~/.local/share without it). The socket: $XDG_RUNTIME_DIR/duet, or, where
// there is none, a folder in the data. Folders are for this user alone (mode 0700), and one that is not
// is not used.

#pragma once

#include "net/descriptor.hpp"
#include "net/endpoint.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace duet {

class Profile {
public:
    /// True if it can be a profile's name: 1 to 32 of letters, digits and `._-`, not beginning with `.`
    /// or `-`.
    static bool is_name(std::string_view text);

    explicit Profile(std::string name);

    [[nodiscard]] std::string const& name() const { return name_; }

    /// Where the client's files are, if they are.
    [[nodiscard]] std::string const& directory() const { return directory_; }
    [[nodiscard]] bool exists() const;

    /// Makes the folders above `directory`. Gives errno, or 0.
    [[nodiscard]] int make_parents() const;

private:
    std::string name_;
    std::string directory_;
};

/// Where the socket of a profile is. Its path goes through the open folder, so that it is short enough for
/// a socket wherever it lies; so the folder must stay open while the path is used.
struct MeetingPlace {
    Descriptor folder;
    Endpoint endpoint;
};

/// Finds the folder of the socket, and makes it. nullopt if there is none that is ours alone, or the
/// profile has no directory.
std::optional<MeetingPlace> meeting_place_of(Profile const& profile);

} // namespace duet
