// Where a device lives on this machine, and where the process that holds it is met.
//
// Data: $XDG_DATA_HOME/duet/NAME (~/.local/share without it). The socket: $XDG_RUNTIME_DIR/duet, and a
// folder in the data as well, since not every process of a user's has that variable (cron). Folders are for
// this user alone (mode 0700), and one that is not is not used.

#pragma once

#include "net/descriptor.hpp"
#include "net/endpoint.hpp"

#include <string>
#include <string_view>
#include <vector>

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

/// Finds the folders of the socket, and makes them: who holds the profile is in all of them, so who looks
/// takes the first where somebody is. Empty if there is none that is ours alone, or the profile has no
/// directory.
std::vector<MeetingPlace> meeting_places_of(Profile const& profile);

} // namespace duet
