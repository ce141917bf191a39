// Bytes as they come from a socket, and the same bytes seen as text.
//
// A view owns nothing: it is good for the length of the call that it was lent to.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace duet {

using Bytes = std::span<std::byte const>;

inline Bytes as_bytes(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string_view as_text(Bytes bytes)
{
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

} // namespace duet
