// Where the files of the direct talks are, whom a word on the command line means, and what a link may name.

#pragma once

#include "direct/household.hpp"
#include "net/address.hpp"
#include "terminal/profile.hpp"

#include <optional>
#include <string>
#include <vector>

namespace duet {

/// Beside the files of a device on a server, in the profile's directory.
std::string direct_directory(Profile const& profile);

/// Makes it, for its owner alone. Gives errno, or 0.
int make_direct_directory(Profile const& profile);

/// Under which name this user has logged in.
std::string login_name();

/// Whom to call.
struct CallTarget {
    std::optional<Partner> partner; // known already
    CallOrder order;
};

/// A person, a link, or where somebody is: in this order.
/// Errors  those of links and endpoints; "never_met": nobody knows where that person is.
Result<CallTarget, Failure> find_target(Partners& partners, std::string const& whom);

struct PlaceToName {
    std::string text;       // "192.0.2.7:8000"
    std::string from_where; // in the user's language; empty if nobody knows
    bool is_for_all = false;
};

/// Where somebody who listens at `place` can be called; the first one is for the link. Never empty.
std::vector<PlaceToName> places_to_name(Address const& place, std::string const& host_name);

} // namespace duet
