// What the operator may look at: who is there, and what they take.

#pragma once

#include "core/store.hpp"
#include "server/workshop.hpp"

#include <string>

namespace duet {

/// One line for each person: handle, name, devices, since when.
void report_people(Store& store, Customer& customer);

/// The persons whose texts take the most, with what they take; and what is left of the disk on which
/// `directory` lies.
void report_usage(Store& store, std::string const& directory, Customer& customer);

} // namespace duet
