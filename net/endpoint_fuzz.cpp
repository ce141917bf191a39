// The law: what is read as an endpoint, printed, is read as the same endpoint again.

#include "base/check.hpp"
#include "net/endpoint.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using duet::Endpoint;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const endpoint = Endpoint::parse(text);
    if (not endpoint.has_value()) {
        duet::check(duet::sentence(endpoint.error()) != nullptr);
        return 0;
    }
    auto const again = Endpoint::parse(endpoint->text());
    duet::check(again.has_value());
    duet::check(*again == *endpoint);
    duet::check(again->text() == endpoint->text());
    return 0;
}
