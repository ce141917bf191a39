// The law: what is read as a link, written in either of its forms, is read as the same link again.

#include "base/check.hpp"
#include "pairing/link.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using duet::Link;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    // Nobody guesses a hash: half of the inputs get one, so that what is around it is looked at.
    std::string const hash(43, 'A');
    for (std::string const& one :
        {std::string(text), "duet://" + std::string(text) + "/#" + hash + ".a",
            "duet://h/#" + hash + '.' + std::string(text)}) {
        auto const link = Link::parse(one);
        if (not link.has_value())
            continue;
        auto const again = Link::parse(link->text());
        duet::check(again.has_value());
        duet::check(*again == *link);
        auto const by_web = Link::parse(link->web_text());
        duet::check(by_web.has_value());
        duet::check(*by_web == *link);
    }
    return 0;
}
