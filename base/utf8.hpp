// UTF-8, as RFC 3629 has it.
//
// The check is our own because everything else trusts it: what has passed here is shown, relayed and
// stored without another look. It is held against utf8proc by utf8_fuzz.cpp.

#pragma once

#include "base/bytes.hpp"

#include <cstddef>

namespace duet {

/// What a look at bytes has found.
struct Utf8Check {
    std::size_t valid_bytes; // the longest prefix made of whole, valid code points
    bool may_continue;       // what follows that prefix is the beginning of a code point, cut short
};

/// Looks for the end of what is valid UTF-8 in `bytes`.
///
/// Gives   valid_bytes == bytes.size() if all of it is valid; otherwise the offset of the first code
///         point that is not, and whether more bytes could still make it one.
/// Source  RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
Utf8Check check_utf8(Bytes bytes);

/// True if all of `bytes` is valid UTF-8.
inline bool is_utf8(Bytes bytes)
{
    return check_utf8(bytes).valid_bytes == bytes.size();
}

} // namespace duet
