// All that a server keeps of one person, as lines of JSON: what the law calls a copy of one's data.

#pragma once

#include "core/store.hpp"
#include "server/workshop.hpp"

namespace duet {

/// Tells `customer`, one object a line: the person; each device; each contact, and behind it what was said there, by
/// both, in order. What is gone says so. Ends with the code of the verb.
void export_person(Store& store, Person const& person, Customer& customer);

} // namespace duet
