// Carries out an order, here or in the process that holds the profile: who gives it cannot tell.

#pragma once

#include "terminal/order.hpp"
#include "terminal/profile.hpp"

namespace duet {

/// Gives what to tell the shell.
int run_order(Order order, Profile const& profile);

} // namespace duet
