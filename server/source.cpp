#include "server/source.hpp"

#include <netinet/in.h>

#include <cstring>

namespace duet {

Source Source::of(Address const& address)
{
    Address const real = address.unmapped();
    Source source;
    if (real.is_loopback())
        return source;
    if (real.family() == AF_INET) {
        source.kind_ = Kind::fourth;
        source.network_ = reinterpret_cast<sockaddr_in const*>(real.data())->sin_addr.s_addr;
    } else {
        source.kind_ = Kind::sixth;
        auto const& bytes = reinterpret_cast<sockaddr_in6 const*>(real.data())->sin6_addr;
        std::memcpy(&source.network_, &bytes, sizeof source.network_);
    }
    return source;
}

} // namespace duet
