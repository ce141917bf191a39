// A record in words, on one line, for the eyes of an operator. What people say to each other is not among
// them, only how long it is.

#pragma once

#include "core/record.hpp"

#include <string>

namespace duet {

/// "entry 5 of 1 and 2, by 1 (device 3, n 7), feeds 9 and 12, 11 bytes"
std::string in_words(Record const& record);

} // namespace duet
