// What can be asked about those whom one talks with directly, without talking.

#pragma once

#include "terminal/order.hpp"
#include "terminal/profile.hpp"

#include <optional>
#include <string>

namespace duet {

/// Carries out an order that is about somebody who was met directly. Nothing if it is about nobody of these:
/// then it is for a device on a server.
std::optional<int> run_direct_verb(Order const& order, Profile const& profile);

/// Whoever is forgotten is not let in any more; the talk stays readable, under another name.
int run_forget(std::string const& person, Profile const& profile);

/// Shows our fingerprint, and a partner's beside it.
int run_key(std::string const& person, Profile const& profile);

} // namespace duet
